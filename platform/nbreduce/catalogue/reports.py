"""Reports: taken durably, settled once they are runs."""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from nbreduce.catalogue.convert import report_from
from nbreduce.catalogue.orm import ReportRow
from nbreduce.domain.record import ReportRecord
from nbreduce.domain.run import FileStamp, Report


def add_report(session: Session, report: Report, stamp: FileStamp | None) -> int:
    """Take a report; it is pending until `settle_report`."""
    row = ReportRow(
        trigger=report.trigger,
        instrument=report.instrument,
        path=_text(report.path),
        run_number=report.run_number,
        size=stamp.size if stamp else None,
        mtime_ns=stamp.mtime_ns if stamp else None,
        received=report.received,
        parameters=report.parameters,
        templates=list(report.templates),
        sentinel=_text(report.sentinel),
        note="",
    )
    session.add(row)
    session.flush()
    return row.id


def _text(path: Path | None) -> str | None:
    """Turn a path into text; bytes of a name that are not UTF-8 become visible escapes."""
    return None if path is None else str(path).encode("utf-8", "backslashreplace").decode()


def pending_reports(session: Session, limit: int = 500, after: int = 0) -> Sequence[ReportRecord]:
    """Return reports that are not runs yet, oldest first."""
    query = (
        select(ReportRow)
        .where(ReportRow.run_id.is_(None), ReportRow.id > after)
        .order_by(ReportRow.id)
    )
    return [report_from(row) for row in session.scalars(query.limit(limit))]


def settle_report(
    session: Session, report_id: int, run_id: int, note: str, stamp: FileStamp | None
) -> None:
    """Say which run a report was about, and how it was understood."""
    values: dict[str, object] = {"run_id": run_id, "note": note}
    if stamp is not None:
        values |= {"size": stamp.size, "mtime_ns": stamp.mtime_ns}
    session.execute(update(ReportRow).where(ReportRow.id == report_id).values(values))


def reports_of(session: Session, run_id: int) -> Sequence[ReportRecord]:
    """Return all reports of a run, oldest first."""
    rows = session.scalars(
        select(ReportRow).where(ReportRow.run_id == run_id).order_by(ReportRow.id)
    )
    return [report_from(row) for row in rows]


def find_report(session: Session, report_id: int) -> ReportRecord | None:
    """Return a report, None where there is none."""
    row = session.get(ReportRow, report_id)
    return report_from(row) if row else None


def run_of_report(session: Session, report_id: int) -> int | None:
    """Return the run that a report became, or None while it is pending."""
    return session.scalar(select(ReportRow.run_id).where(ReportRow.id == report_id))


def known_files(session: Session, instrument: str) -> dict[Path, FileStamp]:
    """Return the files of an instrument that were reported, as they were at their last report."""
    columns = (ReportRow.path, ReportRow.size, ReportRow.mtime_ns)
    query = select(*columns).where(ReportRow.instrument == instrument).order_by(ReportRow.id)
    return {
        Path(path): FileStamp(size=size, mtime_ns=mtime_ns)
        for path, size, mtime_ns in session.execute(query)
        if path is not None and size is not None and mtime_ns is not None
    }


def last_reported_number(session: Session, instrument: str, trigger: str) -> int | None:
    """Return the run number that a trigger reported last."""
    return session.scalar(
        select(ReportRow.run_number)
        .where(
            ReportRow.instrument == instrument,
            ReportRow.trigger == trigger,
            ReportRow.run_number.is_not(None),
        )
        .order_by(ReportRow.id.desc())
        .limit(1)
    )
