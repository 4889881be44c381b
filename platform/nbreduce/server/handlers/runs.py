"""Runs, and the experiments that they belong to."""

from pydantic import Field

from nbreduce.catalogue.listing import RunFilter, count_experiments, count_runs, list_runs
from nbreduce.lookup import known_run
from nbreduce.reporting import make_reports, report_all
from nbreduce.server.base import ResourceHandler
from nbreduce.server.lines import run_lines
from nbreduce.server.operation import operation
from nbreduce.server.wire import ExperimentLine, ExperimentList, RunLine, RunPage
from nbreduce.server.wire_reports import Reported, RunsBody


class RunQuery(RunFilter):
    """Which runs, and which part of their list."""

    limit: int = Field(default=100, ge=1, le=500)
    offset: int = Field(default=0, ge=0, le=10**9)

    def filter(self) -> RunFilter:
        """Return which runs."""
        return RunFilter(**{name: getattr(self, name) for name in RunFilter.model_fields})


class RunsHandler(ResourceHandler):
    """`/runs`."""

    @operation("List runs, newest first", RunPage, query=RunQuery)
    def get(self, query: RunQuery) -> RunPage:
        """List runs."""
        with self.workspace.catalogue.read() as session:
            found = list_runs(session, query.filter(), query.limit, query.offset)
            return RunPage(
                runs=run_lines(self.shared, session, found),
                offset=query.offset,
                total=count_runs(session, query.filter()),
            )

    @operation("Report finished runs", Reported, body=RunsBody, status=202)
    def post(self, body: RunsBody) -> Reported:
        """Report runs, as `nbreduce submit` does."""
        made = make_reports(
            self.workspace,
            body.instrument,
            body.runs,
            body.parameters,
            body.templates,
            trigger="rest",
        )
        return Reported(reports=tuple(report_all(self.workspace, made)))


class RunHandler(ResourceHandler):
    """`/runs/{instrument}/{name}`."""

    @operation("Show a run with its reductions", RunLine)
    def get(self, instrument: str, name: str) -> RunLine:
        """Show a run."""
        run = known_run(self.workspace, instrument, name)
        with self.workspace.catalogue.read() as session:
            return run_lines(self.shared, session, [run])[0]


class ExperimentsHandler(ResourceHandler):
    """`/experiments`."""

    @operation(
        "Count runs by experiment, that with the newest run first", ExperimentList, query=RunFilter
    )
    def get(self, query: RunFilter) -> ExperimentList:
        """Count runs by experiment."""
        with self.workspace.catalogue.read() as session:
            found = count_experiments(session, query)
        return ExperimentList(
            experiments=tuple(ExperimentLine(**one.model_dump()) for one in found)
        )
