"""The desk: answers what people ask of the service."""

import logging
from pathlib import Path

from nbreduce.archive.store import Archive
from nbreduce.catalogue import reductions, runs
from nbreduce.catalogue.core import Catalogue
from nbreduce.catalogue.requests import Request, RequestKind, answer_request, open_requests
from nbreduce.domain.errors import NbreduceError, Unavailable
from nbreduce.domain.model import Values
from nbreduce.domain.parameters import SUPPLIED, Source
from nbreduce.domain.reduction import Reduction, Run
from nbreduce.domain.run import RunMetadata
from nbreduce.domain.states import ENDED
from nbreduce.domain.template import Template
from nbreduce.execution.dispatcher import Dispatcher
from nbreduce.intake.clerk import new_reduction
from nbreduce.planning.plan import Planned, plan_template
from nbreduce.templates.library import TemplateLibrary

log = logging.getLogger(__name__)


class RequestRefused(NbreduceError):
    """A request that cannot be met."""


class Desk:
    """Answers the requests that stand in the catalogue, one by one."""

    def __init__(
        self,
        catalogue: Catalogue,
        archive: Archive,
        library: TemplateLibrary,
        dispatcher: Dispatcher,
    ) -> None:
        self.catalogue = catalogue
        self.archive = archive
        self.library = library
        self.dispatcher = dispatcher
        self._waiting: set[int] = set()

    def serve(self) -> None:
        """Answer all open requests; those that the archive keeps from being met stay open."""
        with self.catalogue.read() as session:
            requests = open_requests(session)
        for request in requests:
            try:
                self._meet(request)
            except Unavailable as error:
                if request.id not in self._waiting:
                    log.warning("request %d waits: %s", request.id, error)
                self._waiting.add(request.id)
            except NbreduceError as error:
                with self.catalogue.write() as session:
                    answer_request(session, request.id, False, str(error))
        self._waiting &= {request.id for request in requests}

    def _meet(self, request: Request) -> None:
        with self.catalogue.read() as session:
            reduction = reductions.find_reduction(session, request.reduction)
            if reduction is None:
                raise RequestRefused(f"there is no reduction {request.reduction!r}")
            run = runs.get_run(session, reduction.run_id)
        match request.kind:
            case RequestKind.CANCEL:
                self._cancel(reduction, run, request)
            case RequestKind.RERUN:
                self._rerun(reduction, run, request)

    def _cancel(self, reduction: Reduction, run: Run, request: Request) -> None:
        if reduction.state in ENDED:
            raise RequestRefused(f"{reduction.name} has ended already: {reduction.state}")
        self.dispatcher.cancel(reduction, run, f"cancelled by {request.requested_by}")
        with self.catalogue.write() as session:
            answer_request(session, request.id, True, reduction.name)

    def _rerun(self, reduction: Reduction, run: Run, request: Request) -> None:
        template, planned = plan_rerun(self.library, reduction, run, request.parameters)
        self.archive.keep_template(template)
        with self.catalogue.write() as session:
            made = new_reduction(
                session, self.archive, run, planned, request.requested_by, rerun_of=reduction.name
            )
            reductions.add_reduction(session, made)
            # In the same transaction: a request that was met is never met again.
            answer_request(session, request.id, True, made.name)


def plan_rerun(
    library: TemplateLibrary, reduction: Reduction, run: Run, changes: Values
) -> tuple[Template, Planned]:
    """Plan a reduction like another one, with some values changed, by the template as it is now.

    Values that were asked for explicitly before are asked for again.

    Raises
    ------
    NbreduceError
        The template or the run's file is gone, or a value is not allowed.
    """
    if run.path is None:
        raise RequestRefused(f"the run {run.instrument} {run.name} has no file")
    instrument = library.instrument(run.instrument)
    template = library.template(run.instrument, reduction.template)
    still = {parameter.name for parameter in template.parameters} - SUPPLIED
    asked = {
        name: value.value
        for name, value in reduction.parameters.items()
        if value.source is Source.REQUEST and name in still
    }
    planned = plan_template(
        _metadata(run), Path(run.path), instrument, template, {**asked, **changes}
    )
    return template, planned


def _metadata(run: Run) -> RunMetadata:
    fields = RunMetadata.model_fields.keys() & Run.model_fields.keys()
    return RunMetadata(**{name: getattr(run, name) for name in fields})
