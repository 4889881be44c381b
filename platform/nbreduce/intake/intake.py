"""The intake: from reports to runs and queued reductions."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from time import monotonic

from sqlalchemy.orm import Session

from nbreduce.archive.files import ArchiveUnavailable
from nbreduce.archive.store import Archive
from nbreduce.catalogue import events, reductions, reports, runs
from nbreduce.catalogue.core import Catalogue
from nbreduce.config import Config
from nbreduce.domain.events import EventKind
from nbreduce.domain.model import Model, now
from nbreduce.domain.record import EventRecord, ReportRecord, RunRecord
from nbreduce.domain.reduction import Reduction, Run, reduction_name
from nbreduce.domain.run import FileStamp, Report, RunMetadata, run_name
from nbreduce.domain.states import State
from nbreduce.domain.template import Instrument, Template
from nbreduce.intake.nexus import MetadataReader, UnreadableRun
from nbreduce.intake.nexus_fields import number_in_name
from nbreduce.intake.settle import Gone, Settled, SettleSettings, Settling
from nbreduce.planning.plan import Plan, Planned, plan_run
from nbreduce.templates.library import InstrumentError, TemplateLibrary
from nbreduce.triggers.runfiles import find_run_file

log = logging.getLogger(__name__)

_IDLE = 0.25
_WAITING = 0.05
_LOOK_AGAIN = 1.0
_PAGE = 500


@dataclass
class Awaited:
    """A run that was reported by its number, and whose file is looked for."""

    since: float
    next_look: float = 0.0
    path: Path | None = None


class Intake:
    """Takes reports durably, and makes runs of them once their files are finished.

    It is the sink of all triggers. Reports that other processes filed in the catalogue are found there.

    Parameters
    ----------
    folders:
        Data folders by instrument, in which a run that was reported by its number is looked for.
    wake:
        Called when reductions were queued.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        archive: Archive,
        library: TemplateLibrary,
        reader: MetadataReader,
        config: Config,
        folders: Mapping[str, Iterable[Path]],
        wake: Callable[[], None],
    ) -> None:
        self.catalogue = catalogue
        self.archive = archive
        self.library = library
        self.reader = reader
        self.patience = config.intake.wait_for_file
        self.folders = {name: tuple(paths) for name, paths in folders.items()}
        self.settling = Settling(
            SettleSettings(
                stable_for=config.intake.stable_for,
                give_up_after=config.intake.give_up_after,
                ask_kernel=config.intake.ask_kernel,
            )
        )
        self.wake = wake
        self._news = Event()
        self._awaited: dict[int, Awaited] = {}

    def report(self, report: Report) -> None:
        """Take a report; it is durable when this returns."""
        stamp = _stamp_of(report.path)
        with self.catalogue.write() as session:
            reports.add_report(session, report, stamp)
        self._news.set()

    def known_files(self, instrument: str) -> dict[Path, FileStamp]:
        """Return the files of an instrument that were reported before, as they were then."""
        with self.catalogue.read() as session:
            return reports.known_files(session, instrument)

    def last_run_number(self, instrument: str, trigger: str) -> int | None:
        """Return the run number that a trigger reported last."""
        with self.catalogue.read() as session:
            return reports.last_reported_number(session, instrument, trigger)

    def warn(self, trigger: str, message: str) -> None:
        """Tell people of something odd that is not a run."""
        log.warning("%s: %s", trigger, message)
        with self.catalogue.write() as session:
            events.add_event(
                session, EventKind.WARNING, now(), {"source": trigger, "message": message}
            )

    def run(self, stop: Event) -> None:
        """Take in reports until `stop` is set."""
        while not stop.is_set():
            waiting = self.step()
            self._news.wait(_WAITING if waiting else _IDLE)
            self._news.clear()

    def step(self) -> bool:
        """Take in all reports whose files are finished; say whether some are not."""
        waiting, after = False, 0
        while True:
            with self.catalogue.read() as session:
                pending = reports.pending_reports(session, _PAGE, after)
            for record in pending:
                waiting |= not self._take_safely(record)
                after = record.id
            if len(pending) < _PAGE:
                return waiting

    def _take_safely(self, record: ReportRecord) -> bool:
        try:
            return self._take(record)
        except ArchiveUnavailable as error:
            log.warning("report %d waits: %s", record.id, error)
            return False

    def _take(self, record: ReportRecord) -> bool:
        """Make a run of a report, if its file is finished; say whether it was."""
        try:
            instrument = self.library.instrument(record.instrument)
        except InstrumentError as error:
            instrument = Instrument(
                key=record.instrument, name=record.instrument, prefixes=(record.instrument,)
            )
            named = None if record.path is None else Path(record.path)
            return self._conclude(record, instrument, named, None, Plan(skipped=str(error)))
        path = Path(record.path) if record.path is not None else self._look_for(record, instrument)
        if path is None:
            return self._still_missing(record, instrument)
        verdict = self.settling.check(path, Path(record.sentinel) if record.sentinel else None)
        match verdict:
            case Settled():
                return self._take_file(record, instrument, path, verdict.stamp)
            case Gone() if record.path is not None:
                reason = f"the file vanished before it could be read: {verdict.reason}"
                return self._conclude(record, instrument, path, None, Plan(skipped=reason))
        return False

    def _look_for(self, record: ReportRecord, instrument: Instrument) -> Path | None:
        """Look for the file of a run that was reported by its number, now and then."""
        time = monotonic()
        awaited = self._awaited.setdefault(record.id, Awaited(since=time))
        if record.run_number is None or time < awaited.next_look:
            return awaited.path
        awaited.next_look = time + _LOOK_AGAIN
        folders = self.folders.get(instrument.key, ())
        awaited.path = find_run_file(
            folders, instrument.prefixes, instrument.padding, record.run_number
        )
        return awaited.path

    def _still_missing(self, record: ReportRecord, instrument: Instrument) -> bool:
        folders = self.folders.get(instrument.key, ())
        if folders and monotonic() - self._awaited[record.id].since < self.patience:
            return False
        places = ", ".join(str(folder) for folder in folders) or "no data folder"
        reason = f"no file of run {record.run_number} was found in {places}"
        return self._conclude(record, instrument, None, None, Plan(skipped=reason))

    def _take_file(
        self, record: ReportRecord, instrument: Instrument, path: Path, stamp: FileStamp | None
    ) -> bool:
        try:
            metadata = self.reader.read(path, instrument.prefixes)
        except UnreadableRun as error:
            return self._conclude(record, instrument, path, stamp, Plan(skipped=str(error)))
        plan = self._plan(record, instrument, path, metadata)
        return self._conclude(record, instrument, path, stamp, plan, metadata)

    def _plan(
        self, record: ReportRecord, instrument: Instrument, path: Path, metadata: RunMetadata
    ) -> Plan:
        templates = list(self.library.templates(instrument.key))
        plan = plan_run(metadata, path, instrument, templates, record.parameters, record.templates)
        wanted = {planned.template for planned in plan.reductions}
        for template in templates:
            if isinstance(template, Template) and template.name in wanted:
                self.archive.keep_template(template)
        return plan

    def _conclude(
        self,
        record: ReportRecord,
        instrument: Instrument,
        path: Path | None,
        stamp: FileStamp | None,
        plan: Plan,
        metadata: RunMetadata | None = None,
    ) -> bool:
        """Write down what a report came to, in the catalogue and beside the run, in one transaction."""
        metadata = metadata or _unread(record, instrument, path)
        with self.catalogue.write() as session:
            name = run_name(metadata.run_number, path)
            known = runs.find_run(session, instrument.key, name)
            verdict = judge(known, record, stamp, plan)
            run = _run(session, known, instrument, name, path, stamp, plan, metadata)
            if verdict.save_run:
                runs.save_run(session, run, now())
            else:
                assert known is not None
                run = known
            queued = plan.reductions if verdict.reduce else ()
            for planned in queued:
                reductions.add_reduction(
                    session, new_reduction(session, run, planned, record.trigger)
                )
            reports.settle_report(session, record.id, run.id, verdict.note, stamp)
            session.flush()
            self.archive.write_run(run_record(session, run))
        self._awaited.pop(record.id, None)
        log.info("%s %s: %s", instrument.key, name, verdict.note)
        if queued:
            self.wake()
        return True


class Verdict(Model):
    """What a report means for what is known of its run."""

    note: str
    save_run: bool
    reduce: bool


def judge(known: Run | None, record: ReportRecord, stamp: FileStamp | None, plan: Plan) -> Verdict:
    """Decide what a report means for its run: a run seen twice is one run.

    A run that was skipped gets another chance when its file is not what it was, or when what kept it from being reduced
    (a template, an instrument) was mended since. One that is reduced is reduced again only when the report asks for
    templates or values of its own.
    """
    if known is None:
        return Verdict(note=plan.skipped or "new run", save_run=True, reduce=True)
    unchanged = stamp == known.stamp
    mended = known.skipped is not None and plan.skipped is None
    if record.parameters or record.templates:
        save = mended or not unchanged
        return Verdict(note=plan.skipped or "reduced as asked", save_run=save, reduce=True)
    if mended or (known.skipped is not None and not unchanged):
        return Verdict(note=plan.skipped or "usable now", save_run=True, reduce=True)
    if unchanged or stamp is None:
        return Verdict(note="known already", save_run=False, reduce=False)
    return Verdict(
        note="the file has changed since it was reduced; rerun to reduce it as it is now",
        save_run=False,
        reduce=False,
    )


def new_reduction(
    session: Session, run: Run, planned: Planned, requested_by: str, rerun_of: str | None = None
) -> Reduction:
    """Make the next version of a template's reductions of a run, queued."""
    version = reductions.next_version(session, run.id, planned.template)
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


def _run(
    session: Session,
    known: Run | None,
    instrument: Instrument,
    name: str,
    path: Path | None,
    stamp: FileStamp | None,
    plan: Plan,
    metadata: RunMetadata,
) -> Run:
    told = metadata.model_dump(exclude={"instrument_name", "notes"})
    return Run(
        **told,
        id=known.id if known else runs.next_run_id(session),
        instrument=instrument.key,
        name=name,
        path=None if path is None else str(path),
        size=stamp.size if stamp else None,
        mtime_ns=stamp.mtime_ns if stamp else None,
        notes=(*metadata.notes, *plan.notes),
        skipped=plan.skipped,
        added=known.added if known else now(),
    )


def _unread(record: ReportRecord, instrument: Instrument, path: Path | None) -> RunMetadata:
    """Tell what is known of a run whose file cannot be read: its number, from the report or the file's name."""
    named = None if path is None else number_in_name(path.stem, instrument.prefixes)
    return RunMetadata(run_number=record.run_number or named)


def _stamp_of(path: Path | None) -> FileStamp | None:
    try:
        status = None if path is None else path.stat()
    except (OSError, ValueError):
        return None
    return None if status is None else FileStamp(size=status.st_size, mtime_ns=status.st_mtime_ns)
