"""Reports of finished runs, and what became of them."""

from nbreduce.domain.errors import NotFound
from nbreduce.reporting import known_report
from nbreduce.server.base import ResourceHandler, read_id
from nbreduce.server.operation import operation
from nbreduce.server.wire_reports import ReportAnswer


class ReportHandler(ResourceHandler):
    """`/reports/{id}`."""

    @operation("Show a report, and what became of it", ReportAnswer)
    def get(self, id: str) -> ReportAnswer:
        """Show a report."""
        number = read_id(id)
        if number is None:
            raise NotFound(f"there is no report {id}")
        known = known_report(self.workspace, number)
        report, run = known.report, known.run
        return ReportAnswer(
            report=report.id,
            trigger=report.trigger,
            instrument=report.instrument,
            path=report.path,
            run_number=report.run_number,
            received=report.received,
            run=f"{run.instrument}/{run.name}" if run else None,
            skipped=run.skipped if run else None,
            reductions=known.reductions,
            note=report.note,
        )
