"""The examiner: from a report to what it came to, once the run's file is finished."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from time import monotonic

from nbreduce.archive.store import Archive
from nbreduce.config import IntakeConfig
from nbreduce.domain.record import ReportRecord
from nbreduce.domain.run import FileStamp, RunMetadata
from nbreduce.domain.template import Instrument, Template
from nbreduce.intake.clerk import Conclusion
from nbreduce.intake.nexus import MetadataReader, UnreadableRun
from nbreduce.intake.nexus_fields import number_in_name
from nbreduce.intake.settle import Gone, Settled, Settling
from nbreduce.planning.plan import Plan, plan_run
from nbreduce.templates.library import InstrumentError, TemplateLibrary
from nbreduce.triggers.runfiles import find_run_file


class Examiner:
    """Looks at reported runs: is the file there and finished, what does it say, and which templates apply.

    Parameters
    ----------
    archive:
        Keeps the templates that are used, as they are now.
    folders:
        Data folders by instrument, in which a run that was reported by its number is looked for.
    """

    def __init__(
        self,
        archive: Archive,
        library: TemplateLibrary,
        reader: MetadataReader,
        config: IntakeConfig,
        folders: Mapping[str, Iterable[Path]],
    ) -> None:
        self.archive = archive
        self.library = library
        self.reader = reader
        self.patience = config.wait_for_file
        self.folders = {name: tuple(paths) for name, paths in folders.items()}
        self.settling = Settling(config)
        self._awaited: dict[int, float] = {}

    def examine(self, record: ReportRecord) -> Conclusion | None:
        """Say what a report came to; None while its file is not there or not finished.

        Raises
        ------
        NbreduceError
            The archive or a template cannot be used just now.
        """
        try:
            instrument = self.library.instrument(record.instrument)
        except InstrumentError as error:
            key = record.instrument
            stranger = Instrument(key=key, name=key, prefixes=(key,))
            return _skipped(record, stranger, _path(record.path), str(error))
        path = _path(record.path) or self._look_for(record, instrument)
        if path is None:
            return self._missing(record, instrument)
        verdict = self.settling.check(path, _path(record.sentinel))
        match verdict:
            case Settled():
                return self._read(record, instrument, path, verdict.stamp)
            case Gone() if record.path is not None:
                reason = f"the file vanished before it could be read: {verdict.reason}"
                return _skipped(record, instrument, path, reason)
        return None

    def forget(self, record: ReportRecord) -> None:
        """Drop what is remembered of a report."""
        self._awaited.pop(record.id, None)

    def _look_for(self, record: ReportRecord, instrument: Instrument) -> Path | None:
        """Look for the file of a run that was reported by its number."""
        self._awaited.setdefault(record.id, monotonic())
        if record.run_number is None:
            return None
        folders = self.folders.get(instrument.key, ())
        return find_run_file(folders, instrument.prefixes, instrument.padding, record.run_number)

    def _missing(self, record: ReportRecord, instrument: Instrument) -> Conclusion | None:
        folders = self.folders.get(instrument.key, ())
        if folders and monotonic() - self._awaited[record.id] < self.patience:
            return None
        places = ", ".join(str(folder) for folder in folders) or "no data folder"
        return _skipped(
            record, instrument, None, f"no file of run {record.run_number} was found in {places}"
        )

    def _read(
        self, record: ReportRecord, instrument: Instrument, path: Path, stamp: FileStamp | None
    ) -> Conclusion:
        try:
            metadata = self.reader.read(path, instrument.prefixes)
        except UnreadableRun as error:
            return _skipped(record, instrument, path, str(error), stamp)
        plan = self._plan(record, instrument, path, metadata)
        return Conclusion(
            instrument=instrument.key, metadata=metadata, plan=plan, path=path, stamp=stamp
        )

    def _plan(
        self, record: ReportRecord, instrument: Instrument, path: Path, metadata: RunMetadata
    ) -> Plan:
        templates = list(self.library.templates(instrument.key, commit=True))
        plan = plan_run(metadata, path, instrument, templates, record.parameters, record.templates)
        wanted = {planned.template for planned in plan.reductions}
        for template in templates:
            if isinstance(template, Template) and template.name in wanted:
                self.archive.keep_template(template)
        return plan


def _skipped(
    record: ReportRecord,
    instrument: Instrument,
    path: Path | None,
    reason: str,
    stamp: FileStamp | None = None,
) -> Conclusion:
    """Conclude that a run cannot be used; its number is told by the report or by the file's name."""
    named = None if path is None else number_in_name(path.stem, instrument.prefixes)
    metadata = RunMetadata(run_number=record.run_number or named)
    plan = Plan(skipped=reason)
    return Conclusion(
        instrument=instrument.key, metadata=metadata, plan=plan, path=path, stamp=stamp
    )


def _path(text: str | None) -> Path | None:
    return None if text is None else Path(text)
