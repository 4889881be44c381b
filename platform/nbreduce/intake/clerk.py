"""The clerk: writes down what a report came to, in the catalogue and beside the run."""

import logging
from pathlib import Path

from sqlalchemy.orm import Session

from nbreduce.archive.store import Archive
from nbreduce.catalogue import events, reductions, reports, runs
from nbreduce.catalogue.core import Catalogue
from nbreduce.domain.model import Model, now
from nbreduce.domain.record import EventRecord, ReportRecord, RunRecord
from nbreduce.domain.reduction import Reduction, Run, reduction_name
from nbreduce.domain.run import FileStamp, RunMetadata, run_name
from nbreduce.domain.states import State
from nbreduce.intake.verdict import judge
from nbreduce.planning.plan import Plan, Planned

log = logging.getLogger(__name__)


class Conclusion(Model):
    """What a report came to: a run, as far as its file tells, and the reductions that it gets."""

    instrument: str
    metadata: RunMetadata
    plan: Plan
    path: Path | None = None
    stamp: FileStamp | None = None


class Clerk:
    """Writes conclusions down."""

    def __init__(self, catalogue: Catalogue, archive: Archive) -> None:
        self.catalogue = catalogue
        self.archive = archive

    def write(self, record: ReportRecord, conclusion: Conclusion) -> bool:
        """Write a conclusion down in one transaction; say whether reductions were queued.

        The run's own record is written before the transaction commits: what the catalogue knows, the archive knows.

        Raises
        ------
        ArchiveUnavailable
            The archive cannot be written; nothing is changed.
        """
        plan = conclusion.plan
        name = run_name(conclusion.metadata.run_number, conclusion.path)
        with self.catalogue.write() as session:
            known = runs.find_run(session, conclusion.instrument, name)
            reduced = known is not None and bool(
                reductions.reductions_of(session, [known.id])[known.id]
            )
            verdict = judge(known, reduced, record, conclusion.stamp, plan)
            run = known
            if run is None or verdict.save_run:
                run = _run(session, known, name, conclusion)
                runs.save_run(session, run, now())
            queued = plan.reductions if verdict.reduce else ()
            for planned in queued:
                made = new_reduction(session, self.archive, run, planned, record.trigger)
                reductions.add_reduction(session, made)
            reports.settle_report(session, record.id, run.id, verdict.note, conclusion.stamp)
            session.flush()
            self.archive.write_run(run_record(session, run))
        log.info("%s %s: %s", conclusion.instrument, name, verdict.note)
        return bool(queued)


def new_reduction(
    session: Session,
    archive: Archive,
    run: Run,
    planned: Planned,
    requested_by: str,
    rerun_of: str | None = None,
) -> Reduction:
    """Make the next version of a template's reductions of a run, queued.

    A version that only the archive knows, of a record that a rebuild could not read, is not given again.
    """
    known = reductions.next_version(session, run.id, planned.template)
    version = max(known, archive.highest_version(run, planned.template) + 1)
    return Reduction(
        id=reductions.next_reduction_id(session),
        run_id=run.id,
        name=reduction_name(run.instrument, run.name, planned.template, version),
        template=planned.template,
        version=version,
        state=State.QUEUED,
        parameters=planned.parameters,
        template_sha256=planned.template_sha256,
        template_commit=planned.template_commit,
        environment=planned.environment,
        requested_by=requested_by,
        rerun_of=rerun_of,
        queued=now(),
    )


def run_record(session: Session, run: Run) -> RunRecord:
    """Collect what the archive keeps of a run itself."""
    return RunRecord(
        run=run,
        reports=tuple(reports.reports_of(session, run.id)),
        events=tuple(
            EventRecord(time=event.time, kind=event.kind, data=event.data)
            for event in events.run_events(session, run.id)
        ),
    )


def _run(session: Session, known: Run | None, name: str, conclusion: Conclusion) -> Run:
    metadata, plan, stamp = conclusion.metadata, conclusion.plan, conclusion.stamp
    told = metadata.model_dump(exclude={"instrument_name", "notes"})
    if known is not None and known.skipped is None:
        # Its reductions are in the archive under this experiment.
        told["experiment"] = known.experiment
    return Run(
        **told,
        id=known.id if known else runs.next_run_id(session),
        instrument=conclusion.instrument,
        name=name,
        path=None if conclusion.path is None else str(conclusion.path),
        size=stamp.size if stamp else None,
        mtime_ns=stamp.mtime_ns if stamp else None,
        notes=(*metadata.notes, *plan.notes),
        skipped=plan.skipped,
        added=known.added if known else now(),
    )
