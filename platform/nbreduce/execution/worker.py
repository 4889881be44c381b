"""What a worker does with an order: from a staged folder to a sealed one in the archive."""

import os
import shutil
import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import nbformat
import papermill

import nbreduce
from nbreduce.archive.files import ArchiveUnavailable, link_or_copy, remove_tree, writing
from nbreduce.archive.layout import LOG_FILE, MANIFEST_FILE
from nbreduce.archive.records import METADATA_KEY
from nbreduce.archive.store import Archive, AttemptGivenUp
from nbreduce.domain.model import now
from nbreduce.domain.record import Record
from nbreduce.domain.reduction import Input, Outcome, Reduction, differences, ended_by
from nbreduce.environments import ManifestRef, find
from nbreduce.execution.evidence import (
    check_inputs,
    checksum_inputs,
    collect_outputs,
    input_warnings,
    manifest_of,
    manifest_words,
)
from nbreduce.execution.literals import parameterised
from nbreduce.execution.order import WorkOrder
from nbreduce.execution.outcome import (
    Ending,
    KernelError,
    ending_of,
    tells_of_storage,
    timings_of,
)
from nbreduce.execution.session import Session
from nbreduce.execution.transcript import Transcript
from nbreduce.kernels.launch import reduction_variables


def perform(order: WorkOrder, session: Session, started: datetime) -> Outcome:
    """Execute one attempt and put its result into the archive.

    Parameters
    ----------
    started:
        When the worker began, as it told the service.
    session:
        Where progress goes, and by which the attempt can be cancelled; the order's limits are set on it.

    Returns
    -------
    :
        How it ended. All that it says is in the archive already.

    Raises
    ------
    ArchiveUnavailable
        The result cannot be kept: the archive is full or not writable. Nothing is left in the reduction's place.
    AttemptGivenUp
        The attempt was withdrawn, before it began or while it ran; its staged folder was taken away.
    ReductionExists
        Something is in the reduction's place already.
    """
    archive = Archive(order.archive)
    with writing(order.archive):
        staged = archive.stage(order.reduction, order.attempt)
    session.transcript = Transcript(
        archive.layout.watch(order.reduction, order.attempt), session.note
    )
    try:
        outcome, notebook = _execute_staged(order, session, archive, staged, started)
        reduction = ended_by(order.reduction, outcome)
        with writing(order.archive):
            _write_notebook(order, reduction, notebook, staged)
            archive.publish(staged, order.run, reduction)
    except BaseException as error:
        remove_tree(staged)
        if archive.is_given_up(order.reduction, order.attempt):
            raise AttemptGivenUp(f"{order.key} was given up while it ran") from error
        if isinstance(error, OSError) and tells_of_storage(error):
            raise ArchiveUnavailable(f"the archive cannot be written ({error})") from error
        raise
    finally:
        session.transcript.remove()
    return outcome


def record_unexecuted(order: WorkOrder, reduction: Reduction) -> None:
    """Put a reduction that ended without a kernel into the archive: its notebook, parameterised, never executed.

    Raises
    ------
    ArchiveUnavailable
        It cannot be kept.
    """
    archive = Archive(order.archive)
    with writing(order.archive):
        staged = archive.stage(reduction, 0)
        try:
            _copy_companions(order, staged)
            (staged / LOG_FILE).write_text(f"not executed: {reduction.reason}\n", encoding="utf-8")
            _write_notebook(
                order,
                reduction,
                _parameterised(order),
                staged,
            )
            archive.publish(staged, order.run, reduction)
        except BaseException:
            remove_tree(staged)
            raise


def _execute_staged(
    order: WorkOrder, session: Session, archive: Archive, staged: Path, started: datetime
) -> tuple[Outcome, Any]:
    _copy_companions(order, staged)
    notebook = _parameterised(order)
    with (
        (staged / LOG_FILE).open("a", encoding="utf-8") as session.log,
        ThreadPoolExecutor(2, thread_name_prefix="nbreduce-evidence") as pool,
    ):
        session.note(f"nbreduce {nbreduce.__version__}: {order.key} on {worker_name()}")
        inputs = pool.submit(checksum_inputs, order)
        manifest = pool.submit(manifest_of, order, archive.layout.manifests)
        error = _run(order, notebook, staged, session)
        session.transcript.ended()
        if tells_of_storage(error):
            # The archive's disk, or one of the notebook's own? Only the first is not the notebook's fault.
            archive.check_room()
        executed = notebook if session.notebook is None else session.notebook
        ending = ending_of(error, session)
        session.note(f"{ending.state} {ending.reason}".strip())
        outcome = _outcome(
            order, ending, executed, staged, started, inputs.result(), manifest.result()
        )
    session.log = None
    return outcome, executed


def _run(order: WorkOrder, notebook: Any, staged: Path, session: Session) -> Exception | None:
    """Execute the notebook; return what kept it from ending well."""
    try:
        check_inputs(order)
        _execute(order, notebook, staged, session)
    except Exception as error:
        return error
    return None


def _copy_companions(order: WorkOrder, staged: Path) -> None:
    own = f"{order.reduction.template}.ipynb"
    for path in order.template_folder.iterdir():
        if path.is_file() and path.name != own:
            shutil.copyfile(path, staged / path.name)


def _parameterised(order: WorkOrder) -> Any:
    return parameterised(order.template_folder, order.reduction, order.kernelspec)


def _execute(order: WorkOrder, notebook: Any, staged: Path, session: Session) -> None:
    environment = find(order.kernelspec)
    notebook.metadata["kernelspec"] = {
        "name": environment.name,
        "display_name": environment.display_name,
        "language": "python",
    }
    session.directory = staged
    session.timeout = order.template.timeout
    session.cell_timeout = order.template.cell_timeout
    session.variables = reduction_variables(order.template.resources.cores, order.kernel_path)
    try:
        papermill.execute_notebook(
            notebook,
            None,
            engine_name="nbreduce",
            kernel_name=environment.name,
            progress_bar=False,
            session=session,
        )
    except (RuntimeError, TimeoutError, OSError) as error:
        if session.notebook is None or any(
            timing.status != "pending" for timing in timings_of(session.notebook)
        ):
            raise
        raise KernelError(f"the kernel {environment.name!r} did not start: {error}") from error


def _outcome(
    order: WorkOrder,
    ending: Ending,
    notebook: Any,
    staged: Path,
    started: datetime,
    inputs: tuple[Input, ...],
    manifest: ManifestRef | str,
) -> Outcome:
    outputs, warnings = collect_outputs(order, notebook, staged)
    warnings += input_warnings(order, inputs)
    if isinstance(manifest, str):
        warnings.append(f"no manifest: {manifest}")
    else:
        link_or_copy(manifest.path, staged / MANIFEST_FILE)
    timings = timings_of(notebook)
    outcome = Outcome(
        **ending.model_dump(),
        worker=worker_name(),
        started=started,
        ended=now(),
        cells=len(timings),
        inputs=inputs,
        outputs=outputs,
        timings=timings,
        manifest=manifest_words(manifest),
        warnings=tuple(warnings),
    )
    if order.base is None:
        return outcome
    changed = differences(order.base, ended_by(order.reduction, outcome))
    return outcome.model_copy(update={"differs": changed})


def _write_notebook(order: WorkOrder, reduction: Reduction, notebook: Any, staged: Path) -> None:
    record = Record(
        nbreduce=nbreduce.__version__,
        run=order.run,
        reduction=reduction,
        template=order.template,
        trial=order.trial,
    )
    notebook.metadata[METADATA_KEY] = record.model_dump(mode="json")
    notebook.nbformat_minor = max(notebook.nbformat_minor, 5)
    _, notebook = nbformat.validator.normalize(notebook)
    (staged / f"{reduction.name}.ipynb").write_text(nbformat.writes(notebook), encoding="utf-8")


def worker_name() -> str:
    """Return where this is: host and process."""
    return f"{socket.gethostname()}:{os.getpid()}"
