"""A template tried on a run, apart from archive and catalogue."""

from collections.abc import Callable, Iterable
from pathlib import Path

from nbreduce.archive.store import Archive
from nbreduce.config import Config
from nbreduce.domain.model import Model, now
from nbreduce.domain.reduction import Attempt, Reduction, Run, reduction_name
from nbreduce.domain.run import run_name, stamp_of
from nbreduce.domain.states import FailureKind, State
from nbreduce.execution.order import WorkOrder
from nbreduce.execution.session import Progress, Session
from nbreduce.intake.nexus import MetadataReader
from nbreduce.planning.plan import plan_template
from nbreduce.templates.library import TemplateLibrary, read_template
from nbreduce.templates.values import parse_assignments, parse_request


class Trial(Model):
    """How a trial ended, and where its notebook is."""

    state: State
    failure: FailureKind | None
    reason: str
    notebook: Path


def try_template(
    path: Path,
    run_file: Path,
    folder: Path,
    assignments: Iterable[str] = (),
    config: Config | None = None,
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> Trial:
    """Execute a template on a raw file, as the service would, into a folder of its own.

    Parameters
    ----------
    folder:
        Where the result goes; laid out as an archive.
    assignments:
        ``name=value`` texts.
    config:
        Of the workspace whose environments are meant; without one, the kernelspec ``python3`` is taken.

    Raises
    ------
    NbreduceError
        The template, the file or a value cannot be used.
    """
    from nbreduce.execution.worker import perform

    template = read_template(path)
    instrument = TemplateLibrary(path.parent.parent).instrument(path.parent.name)
    values = parse_request(template.parameters, parse_assignments(assignments))
    with MetadataReader() as reader:
        metadata = reader.read(run_file, instrument.prefixes)
    planned = plan_template(metadata, run_file, instrument, template, values)
    stamp, time = stamp_of(run_file.stat()), now()
    name = run_name(metadata.run_number, run_file)
    run = Run(
        **metadata.model_dump(exclude={"instrument_name"}),
        id=1,
        instrument=instrument.key,
        name=name,
        path=str(run_file),
        size=stamp.size,
        mtime_ns=stamp.mtime_ns,
        skipped=None,
        added=time,
    )
    archive = Archive(folder)
    archive.prepare()
    version = _free_version(archive, run, template.name)
    reduction = Reduction(
        **planned.model_dump(exclude={"parameters"}),
        parameters=planned.parameters,
        id=1,
        run_id=1,
        name=reduction_name(instrument.key, name, template.name, version),
        version=version,
        state=State.RUNNING,
        queued=time,
        attempts=(Attempt(number=1, submitted=time),),
    )
    environment = config.environments.get(planned.environment) if config else None
    order = WorkOrder(
        run=run,
        reduction=reduction,
        template=template.metadata,
        template_folder=archive.keep_template(template),
        kernel_path=archive.keep_kernel_modules(),
        archive=folder,
        kernelspec=environment.kernelspec if environment else "python3",
        ask_index=False,
        manifest_timeout=60,
    )
    outcome = perform(order, Session(on_progress=on_progress), time)
    return Trial(
        state=outcome.state,
        failure=outcome.failure,
        reason=outcome.reason,
        notebook=archive.layout.notebook(run, reduction),
    )


def _free_version(archive: Archive, run: Run, template: str) -> int:
    folder = archive.layout.template(run, template)
    taken = [int(path.name[1:]) for path in folder.glob("v*") if path.name[1:].isdigit()]
    return max(taken, default=0) + 1
