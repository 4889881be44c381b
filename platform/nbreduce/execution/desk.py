"""The desk: answers what people ask of the service."""

import logging
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from time import monotonic

from nbreduce.archive.store import Archive
from nbreduce.catalogue import reductions, runs
from nbreduce.catalogue.core import Catalogue
from nbreduce.catalogue.requests import (
    Request,
    RequestKind,
    answer_request,
    forget_requests,
    open_requests,
)
from nbreduce.domain.errors import NbreduceError, Unavailable
from nbreduce.domain.model import Values, now
from nbreduce.domain.parameters import SUPPLIED, Source, Value
from nbreduce.domain.reduction import Reduction, Run
from nbreduce.domain.run import RunMetadata
from nbreduce.domain.states import ENDED
from nbreduce.domain.template import Template
from nbreduce.execution.dispatcher import Dispatcher
from nbreduce.intake.clerk import new_reduction
from nbreduce.planning.plan import Planned, plan_template
from nbreduce.templates.library import TemplateLibrary

log = logging.getLogger(__name__)


# Seconds that answering may keep the dispatcher, which shares its thread.
_MOMENT = 0.1
# How long answers are kept for whoever waits for them, and how often, in s, older ones are taken away.
_ANSWERS_KEPT = timedelta(days=1)
_FORGET_EVERY = 3600.0


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
        self._forgotten = -_FORGET_EVERY

    def serve(self) -> None:
        """Answer open requests for a moment, at least one; those that the archive keeps from being met stay open.

        Of those that were filed in bulk only as many are met as workers will soon have room for: what waits of a bulk
        waits here, not in the queue before the runs that finish meanwhile.
        """
        self._forget()
        deadline = monotonic() + _MOMENT
        requests = self._open()
        for number, request in enumerate(requests, 1):
            self._answer(request)
            if monotonic() > deadline and number < len(requests):
                # There is more to do: the dispatcher shall not wait for a message.
                self.dispatcher.wake()
                break

    def _forget(self) -> None:
        if monotonic() - self._forgotten < _FORGET_EVERY:
            return
        with self.catalogue.write() as session:
            forget_requests(session, now() - _ANSWERS_KEPT)
        self._forgotten = monotonic()

    def _open(self) -> list[Request]:
        with self.catalogue.read() as session:
            requests = list(open_requests(session))
            room = 2 * self.dispatcher.executor.slots - reductions.count_queued(session)
            if room > 0:
                requests += open_requests(session, bulk=True, limit=room)
        self._waiting &= {request.id for request in requests}
        return requests

    def _answer(self, request: Request) -> None:
        try:
            self._meet(request)
        except Unavailable as error:
            if request.id not in self._waiting:
                log.warning("request %d waits: %s", request.id, error)
            self._waiting.add(request.id)
        except NbreduceError as error:
            self._refuse(request, str(error))
        except Exception as error:
            # A defect; that one request meets it must not keep all others waiting.
            log.exception("request %d cannot be met", request.id)
            self._refuse(request, f"it cannot be met ({type(error).__name__}: {error})")

    def _refuse(self, request: Request, words: str) -> None:
        with self.catalogue.write() as session:
            answer_request(session, request.id, False, words)

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
    template = library.template(run.instrument, reduction.template, commit=True)
    request = {**asked_before(template, reduction.parameters), **changes}
    return template, plan_template(metadata_of(run), Path(run.path), instrument, template, request)


def asked_before(template: Template, parameters: Mapping[str, Value]) -> Values:
    """Return the values that were asked for explicitly, of those parameters that a template still has."""
    still = {parameter.name for parameter in template.parameters} - SUPPLIED
    return {
        name: value.value
        for name, value in parameters.items()
        if value.source is Source.REQUEST and name in still
    }


def metadata_of(run: Run) -> RunMetadata:
    """Return what planning needs to know of a run."""
    fields = RunMetadata.model_fields.keys() & Run.model_fields.keys()
    return RunMetadata(**{name: getattr(run, name) for name in fields})
