"""`nbreduce environment …`."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nbreduce.cli.output import (
    EXIT_FAILED,
    JsonOption,
    WorkspaceOption,
    console,
    open_workspace,
    print_json,
    print_table,
)

if TYPE_CHECKING:
    from nbreduce.environments import KernelEnvironment, ManifestStore
    from nbreduce.workspace import Workspace

app = typer.Typer(help="The environments in which kernels run.", no_args_is_help=True)


@app.command("list")
def list_environments(as_json: JsonOption = False, workspace: WorkspaceOption = None) -> None:
    """List the workspace's environments, and what is known of them."""
    opened = open_workspace(workspace)
    store = _store(opened)
    entries = opened.config.environments.items()
    found = [_describe(name, entry.kernelspec, store) for name, entry in entries]
    if as_json:
        print_json(found)
        return
    columns = ["environment", "kernelspec", "interpreter", "state"]
    rows = ([str(item[column] or "") for column in ("name", *columns[1:])] for item in found)
    print_table(columns, rows, "No environments are configured.")


@app.command()
def lock(
    name: Annotated[str, typer.Argument(help="Name of an environment.")] = "default",
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Record an environment now: every package with its version, and its hash where the package index knows it."""
    from rich.console import Console

    from nbreduce.environments import services

    opened = open_workspace(workspace)
    environment = _find(opened, name)
    with Console(stderr=True).status(f"Recording environment {name}…"):
        ref = services.lock(_store(opened), environment, timeout=opened.config.manifests.timeout)
    if as_json:
        missing = list(ref.hashes_missing)
        print_json(
            {
                "path": str(ref.path),
                "sha256": ref.sha256,
                "packages": ref.package_count,
                "hashes_missing": missing,
            }
        )
        return
    console().print(
        f"{ref.package_count} packages, {len(ref.hashes_missing)} without hash: {ref.path}",
        soft_wrap=True,
    )
    for warning in ref.warnings:
        console().print(f"  {warning}", markup=False, soft_wrap=True)


@app.command()
def verify(
    reduction: Annotated[
        str, typer.Argument(help="Name of a reduction, as in ENGINX241391-powder-v1.")
    ],
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Say how a reduction's environment differs now from what it was; the exit code is 1 where it does."""
    from nbreduce.archive.layout import MANIFEST_FILE
    from nbreduce.environments import services
    from nbreduce.lookup import known_reduction

    opened = open_workspace(workspace)
    run, found = known_reduction(opened, reduction)
    manifest = opened.archive.layout.reduction(run, found) / MANIFEST_FILE
    differences = services.verify(_find(opened, found.environment), manifest)
    if as_json:
        print_json([asdict(difference) for difference in differences])
    for one in () if as_json else differences:
        console().print(
            f"{one.kind} {one.subject}: {one.before or 'nothing'} → {one.after or 'nothing'}",
            markup=False,
        )
    if differences:
        raise typer.Exit(EXIT_FAILED)
    if not as_json:
        console().print(f"{found.environment} is as it was for {found.name}.")


def _store(workspace: "Workspace") -> "ManifestStore":
    from nbreduce.environments import ManifestStore

    return ManifestStore(workspace.archive.layout.manifests)


def _find(workspace: "Workspace", name: str) -> "KernelEnvironment":
    """Return a configured environment."""
    from nbreduce.domain.errors import NbreduceError
    from nbreduce.environments import find

    entry = workspace.config.environments.get(name)
    if entry is None:
        known = ", ".join(workspace.config.environments)
        raise NbreduceError(f"there is no environment {name!r}", f"Environments: {known}")
    return find(entry.kernelspec)


def _describe(name: str, kernelspec: str, store: "ManifestStore") -> dict[str, Any]:
    from nbreduce.environments import EnvironmentProblem, find, services

    base = {"name": name, "kernelspec": kernelspec, "interpreter": None, "manifest": None}
    try:
        found = services.describe(find(kernelspec), store)
    except EnvironmentProblem as error:
        return {**base, "state": str(error)}
    base["interpreter"] = found.interpreter
    if not found.manifest:
        return {**base, "state": found.problem or "no manifest yet; its first reduction makes one"}
    words = f"{found.package_count} packages"
    words += f", {found.hashes_missing} without hash" if found.hashes_missing else ""
    return {**base, "manifest": found.manifest, "state": words}
