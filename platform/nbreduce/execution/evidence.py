"""What is recorded of an attempt beside its notebook: inputs, environment, outputs."""

import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

from nbreduce.archive.files import sha256_of
from nbreduce.archive.layout import LOG_FILE, MANIFEST_FILE
from nbreduce.domain.reduction import Input, Manifest, Output, OutputDeclaration
from nbreduce.domain.run import stamp_of
from nbreduce.environments import EnvironmentProblem, ManifestRef, ManifestStore, find
from nbreduce.execution.order import WorkOrder
from nbreduce.execution.outcome import InputError, declarations_of

MAX_WARNINGS = 20


def input_paths(order: WorkOrder) -> list[Path]:
    """Return the raw files of an order."""
    return [] if order.run.path is None else [Path(order.run.path)]


def check_inputs(order: WorkOrder) -> None:
    """Raise `InputError` unless every raw file can be opened."""
    for path in input_paths(order):
        try:
            path.open("rb").close()
        except OSError as error:
            reason = error.strerror or str(error)
            raise InputError(f"the run's file {path} cannot be read any more ({reason})") from error


def checksum_inputs(order: WorkOrder) -> tuple[Input, ...]:
    """Return the raw files as they are; one that cannot be read is left out."""
    found = []
    for path in input_paths(order):
        with suppress(OSError):
            status = path.stat()
            digest = sha256_of(path)
            found.append(Input(path=str(path), **stamp_of(status).model_dump(), sha256=digest))
    return tuple(found)


def input_warnings(order: WorkOrder, inputs: tuple[Input, ...]) -> list[str]:
    """Say which raw files are not as they were when their metadata were read."""
    read = {one.path for one in inputs}
    missing = [str(path) for path in input_paths(order) if str(path) not in read]
    warnings = [f"no checksum: {path} could not be read to its end" for path in missing]
    if inputs and order.run.mtime_ns is not None and inputs[0].mtime_ns != order.run.mtime_ns:
        warnings.append("the run's file has changed since its metadata were read")
    return warnings


def manifest_of(order: WorkOrder, folder: Path) -> ManifestRef | str:
    """Return the manifest of the kernel's environment, or in words why there is none."""
    try:
        environment = find(order.kernelspec)
        store = ManifestStore(folder)
        return store.ensure(environment, ask_index=order.ask_index, timeout=order.manifest_timeout)
    except EnvironmentProblem as error:
        return str(error)


def manifest_words(ref: ManifestRef | str) -> Manifest | None:
    """Return what the record says of a manifest."""
    if isinstance(ref, str):
        return None
    return Manifest(
        sha256=ref.sha256,
        packages=ref.package_count,
        hashes_missing=len(ref.hashes_missing),
        warnings=ref.warnings,
    )


def collect_outputs(
    order: WorkOrder, notebook: Any, staged: Path
) -> tuple[tuple[Output, ...], list[str]]:
    """Return the declared files with their checksums, and what is odd about the folder, in words."""
    shutil.rmtree(staged / "__pycache__", ignore_errors=True)
    declarations, warnings = declarations_of(notebook)
    outputs = []
    for declaration in declarations:
        try:
            output = _as_output(declaration, staged)
        except OSError as error:
            warnings.append(
                f"the declared output {declaration.path} cannot be read ({error.strerror})"
            )
            continue
        if output is None:
            warnings.append(f"the declared output {declaration.path} is not there")
        else:
            outputs.append(output)
    warnings += [
        f"{name} was written but not declared" for name in _undeclared(order, outputs, staged)
    ]
    return tuple(outputs), warnings[:MAX_WARNINGS]


def _as_output(declaration: OutputDeclaration, staged: Path) -> Output | None:
    path = staged / declaration.path
    inside = path.resolve().is_relative_to(staged.resolve())
    if not inside or path.is_symlink() or not path.is_file():
        return None
    return Output(**declaration.model_dump(), size=path.stat().st_size, sha256=sha256_of(path))


def _undeclared(order: WorkOrder, outputs: list[Output], staged: Path) -> list[str]:
    expected = {output.path for output in outputs}
    expected |= {path.name for path in order.template_folder.iterdir()}
    expected |= {LOG_FILE, MANIFEST_FILE}
    present = {
        path.relative_to(staged).as_posix() for path in staged.rglob("*") if not path.is_dir()
    }
    return sorted(present - expected)
