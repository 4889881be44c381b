"""Reductions: what is known of them, and what can be asked of the service about one."""

from pydantic import Field

from nbreduce.catalogue import events
from nbreduce.catalogue.listing import (
    ReductionFilter,
    briefs_of,
    count_reductions,
    list_reductions,
)
from nbreduce.domain.errors import NbreduceError
from nbreduce.domain.reduction import Reduction, Run
from nbreduce.domain.states import ENDED
from nbreduce.lookup import known_reduction
from nbreduce.server.base import ResourceHandler
from nbreduce.server.lines import progress_line, reduction_lines
from nbreduce.server.operation import operation
from nbreduce.server.wire import Filed, NothingAsked, ReductionAnswer, ReductionPage
from nbreduce.submission import file_cancel


class ReductionQuery(ReductionFilter):
    """Which reductions, and which part of their list."""

    limit: int = Field(default=100, ge=1, le=500)
    offset: int = Field(default=0, ge=0, le=10**9)

    def filter(self) -> ReductionFilter:
        """Return which reductions."""
        fields = ReductionFilter.model_fields
        return ReductionFilter(**{name: getattr(self, name) for name in fields})


class ReductionsHandler(ResourceHandler):
    """`/reductions`."""

    @operation("List reductions, newest first", ReductionPage, query=ReductionQuery)
    def get(self, query: ReductionQuery) -> ReductionPage:
        """List reductions."""
        given = query.filter()
        with self.workspace.catalogue.read() as session:
            found = list_reductions(session, given, query.limit, query.offset)
            return ReductionPage(
                reductions=reduction_lines(self.shared, session, found),
                offset=query.offset,
                total=count_reductions(session, given),
            )


class ReductionHandler(ResourceHandler):
    """`/reductions/{name}`."""

    @operation("Show all that is known of a reduction", ReductionAnswer)
    def get(self, name: str) -> ReductionAnswer:
        """Show a reduction."""
        run, reduction = known_reduction(self.workspace, name)
        with self.workspace.catalogue.read() as session:
            siblings = briefs_of(session, [run.id])[run.id]
            progress = events.latest_progress(session, [reduction.id]).get(reduction.id)
        versions = [one.name for one in siblings if one.template == reduction.template]
        layout, ended = self.workspace.archive.layout, reduction.state in ENDED
        known, changed = self._template(run, reduction)
        return ReductionAnswer(
            run=run,
            reduction=reduction,
            progress=progress_line(progress),
            notebook=self.shared.contents_path(layout.notebook(run, reduction)) if ended else None,
            folder=self.shared.contents_path(layout.reduction(run, reduction)) if ended else None,
            versions=tuple(reversed(versions)),
            template_known=known,
            template_changed=changed,
        )

    def _template(self, run: Run, reduction: Reduction) -> tuple[bool, bool]:
        try:
            template = self.workspace.library.template(
                run.instrument, reduction.template, commit=False
            )
        except NbreduceError:
            return False, False
        return True, template.sha256 != reduction.template_sha256


class CancelHandler(ResourceHandler):
    """`/reductions/{name}/cancel`."""

    @operation("End a reduction that is queued or running", Filed, body=NothingAsked, status=202)
    def post(self, name: str, body: NothingAsked) -> Filed:
        """File a cancel."""
        return Filed(request=file_cancel(self.workspace, name, self.person))
