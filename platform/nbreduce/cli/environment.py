"""`nbreduce environment …`."""

from typing import Any

import typer

from nbreduce.cli.output import JsonOption, WorkspaceOption, open_workspace, print_json, print_table

app = typer.Typer(help="The environments in which kernels run.", no_args_is_help=True)


@app.command("list")
def list_environments(as_json: JsonOption = False, workspace: WorkspaceOption = None) -> None:
    """List the workspace's environments, and what is known of them."""
    found = [
        _describe(name, kernelspec, opened_manifests)
        for name, kernelspec, opened_manifests in _entries(workspace)
    ]
    if as_json:
        print_json(found)
        return
    rows = (
        [
            str(item["name"]),
            str(item["kernelspec"]),
            str(item["interpreter"] or ""),
            str(item["state"]),
        ]
        for item in found
    )
    print_table(
        ["environment", "kernelspec", "interpreter", "state"],
        rows,
        "No environments are configured.",
    )


def _entries(workspace: Any) -> list[tuple[str, str, Any]]:
    opened = open_workspace(workspace)
    manifests = opened.archive.layout.manifests
    return [
        (name, entry.kernelspec, manifests) for name, entry in opened.config.environments.items()
    ]


def _describe(name: str, kernelspec: str, manifests: Any) -> dict[str, Any]:
    from nbreduce.environments import EnvironmentProblem, ManifestStore, find

    base = {"name": name, "kernelspec": kernelspec, "interpreter": None, "manifest": None}
    try:
        environment = find(kernelspec)
        stored = ManifestStore(manifests).stored(environment)
    except EnvironmentProblem as error:
        return {**base, "state": str(error)}
    base["interpreter"] = str(environment.interpreter)
    if stored is None:
        return {**base, "state": "no manifest yet; its first reduction makes one"}
    missing = len(stored.hashes_missing)
    words = f"{stored.package_count} packages" + (f", {missing} without hash" if missing else "")
    return {**base, "manifest": stored.sha256, "state": words}
