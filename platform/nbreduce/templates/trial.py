"""A template tried on a run, apart from archive and catalogue."""

from collections.abc import Iterable
from pathlib import Path

from nbreduce.archive.store import Archive
from nbreduce.config import Config
from nbreduce.domain.model import Model, Values, now
from nbreduce.domain.reduction import Attempt, Reduction, Run, ended_by, reduction_name
from nbreduce.domain.run import RunMetadata, run_name, stamp_of
from nbreduce.domain.states import FailureKind, State
from nbreduce.domain.template import Instrument, Template
from nbreduce.execution.order import WorkOrder
from nbreduce.execution.session import Session
from nbreduce.intake.nexus import MetadataReader
from nbreduce.planning.plan import Planned, plan_template
from nbreduce.templates.library import TemplateLibrary, read_template
from nbreduce.templates.values import parse_assignments, parse_request


class Trial(Model):
    """How a trial ended, and where its notebook is; `reduction` is what it would have been in the archive."""

    state: State
    failure: FailureKind | None
    reason: str
    notebook: Path
    reduction: Reduction


def trial_values(path: Path, assignments: Iterable[str]) -> Values:
    """Read the values of a trial from ``name=value`` texts.

    Raises
    ------
    NbreduceError
        The template or a value cannot be used.
    """
    return parse_request(read_template(path).parameters, parse_assignments(assignments))


def try_template(
    path: Path,
    run_file: Path,
    folder: Path,
    values: Values | None = None,
    config: Config | None = None,
    session: Session | None = None,
) -> Trial:
    """Execute a template on a raw file, as the service would, into a folder of its own.

    Parameters
    ----------
    folder:
        Where the result goes; laid out as an archive.
    values:
        Of parameters; all others are as for a new run.
    config:
        Of the workspace whose environments are meant; without one, the kernelspec ``python3`` is taken.
    session:
        Where progress goes, and by which the trial can be cancelled.

    Raises
    ------
    NbreduceError
        The template, the file or a value cannot be used.
    """
    from nbreduce.execution.worker import perform

    template = read_template(path)
    instrument = TemplateLibrary(path.parent.parent).instrument(path.parent.name)
    with MetadataReader() as reader:
        metadata = reader.read(run_file, instrument.prefixes)
    planned = plan_template(metadata, run_file, instrument, template, values or {})
    run = _run(metadata, run_file, instrument)
    archive = Archive(folder)
    archive.prepare()
    reduction = _reduction(run, planned, archive.highest_version(run, template.name) + 1)
    order = _order(run, reduction, template, archive, config)
    begun = reduction.attempts[-1].submitted
    outcome = perform(order, session or Session(), begun)
    return Trial(
        state=outcome.state,
        failure=outcome.failure,
        reason=outcome.reason,
        notebook=archive.layout.notebook(run, reduction),
        reduction=ended_by(reduction, outcome),
    )


def _run(metadata: RunMetadata, run_file: Path, instrument: Instrument) -> Run:
    stamp = stamp_of(run_file.stat())
    return Run(
        **metadata.model_dump(exclude={"instrument_name"}),
        id=1,
        instrument=instrument.key,
        name=run_name(metadata.run_number, run_file),
        path=str(run_file),
        size=stamp.size,
        mtime_ns=stamp.mtime_ns,
        skipped=None,
        added=now(),
    )


def _reduction(run: Run, planned: Planned, version: int) -> Reduction:
    time = now()
    return Reduction(
        **planned.model_dump(exclude={"parameters"}),
        parameters=planned.parameters,
        id=1,
        run_id=1,
        name=reduction_name(run.instrument, run.name, f"{planned.template}-trial", version),
        version=version,
        state=State.RUNNING,
        queued=time,
        attempts=(Attempt(number=1, submitted=time),),
    )


def _order(
    run: Run, reduction: Reduction, template: Template, archive: Archive, config: Config | None
) -> WorkOrder:
    environment = config.environments.get(reduction.environment) if config else None
    return WorkOrder(
        run=run,
        reduction=reduction,
        template=template.metadata,
        template_folder=archive.keep_template(template),
        kernel_path=archive.keep_kernel_modules(),
        archive=archive.root,
        kernelspec=environment.kernelspec if environment else "python3",
        ask_index=False,
        manifest_timeout=60,
        trial=True,
    )
