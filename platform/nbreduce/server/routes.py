"""Every address of the API."""

import re
from typing import Any

from nbreduce.server.base import NothingHere
from nbreduce.server.handlers.authoring import (
    CheckHandler,
    NewInstrumentHandler,
    NewTemplateHandler,
    PublishHandler,
)
from nbreduce.server.handlers.comparisons import (
    ComparisonCellsHandler,
    ComparisonHandler,
    ComparisonPlotsHandler,
)
from nbreduce.server.handlers.environments import EnvironmentsHandler
from nbreduce.server.handlers.events import EventsHandler, PushHandler
from nbreduce.server.handlers.files import LogHandler, ManifestHandler, OutputHandler
from nbreduce.server.handlers.health import HealthHandler
from nbreduce.server.handlers.kernels import KernelHandler
from nbreduce.server.handlers.openapi import OpenApiHandler
from nbreduce.server.handlers.provenance import (
    CheckInputsHandler,
    CopyHandler,
    ProvenanceHandler,
)
from nbreduce.server.handlers.reductions import CancelHandler, ReductionHandler, ReductionsHandler
from nbreduce.server.handlers.reports import ReportHandler
from nbreduce.server.handlers.requests import RequestHandler
from nbreduce.server.handlers.reruns import (
    BulkHandler,
    BulkPlanHandler,
    BulkStateHandler,
    PlanHandler,
    RerunHandler,
)
from nbreduce.server.handlers.runs import ExperimentsHandler, RunHandler, RunsHandler
from nbreduce.server.handlers.templates import TemplateHandler
from nbreduce.server.handlers.trials import TrialHandler, TrialsHandler
from nbreduce.server.handlers.watch import WatchHandler

PREFIX = "/nbreduce/api"

ROUTES: dict[str, type[Any]] = {
    "/openapi.json": OpenApiHandler,
    "/health": HealthHandler,
    "/instruments": NewInstrumentHandler,
    "/templates": NewTemplateHandler,
    "/templates/{instrument}/{name}": TemplateHandler,
    "/templates/{instrument}/{name}/check": CheckHandler,
    "/templates/{instrument}/{name}/versions": PublishHandler,
    "/trials": TrialsHandler,
    "/trials/{id}": TrialHandler,
    "/environments": EnvironmentsHandler,
    "/experiments": ExperimentsHandler,
    "/reports/{id}": ReportHandler,
    "/runs": RunsHandler,
    "/runs/{instrument}/{name}": RunHandler,
    "/reductions": ReductionsHandler,
    "/reductions/{name}": ReductionHandler,
    "/reductions/{name}/plan": PlanHandler,
    "/reductions/{name}/rerun": RerunHandler,
    "/reductions/{name}/cancel": CancelHandler,
    "/reductions/{name}/check-inputs": CheckInputsHandler,
    "/reductions/{name}/copy": CopyHandler,
    "/reductions/{name}/log": LogHandler,
    "/reductions/{name}/manifest": ManifestHandler,
    "/reductions/{name}/outputs/{path}": OutputHandler,
    "/reductions/{name}/provenance": ProvenanceHandler,
    "/reductions/{name}/kernel": KernelHandler,
    "/reductions/{name}/watch": WatchHandler,
    "/reruns": BulkHandler,
    "/reruns/plan": BulkPlanHandler,
    "/reruns/{key}": BulkStateHandler,
    "/comparison": ComparisonHandler,
    "/comparison/cells": ComparisonCellsHandler,
    "/comparison/plots": ComparisonPlotsHandler,
    "/requests/{id}": RequestHandler,
    "/events": EventsHandler,
    "/events/stream": PushHandler,
}


def tornado_handlers() -> list[tuple[str, type[Any]]]:
    """Return the routes as Tornado takes them; what is at none of them is told so in JSON too."""
    routes = [(_pattern(path), handler) for path, handler in ROUTES.items()]
    return [*routes, (rf"{PREFIX}(?:/.*)?", NothingHere)]


def _pattern(path: str) -> str:
    # `path` is one with slashes; every other name is one part of an address.
    pattern = path.replace(".", r"\.").replace("{path}", "(?P<path>.+)")
    return PREFIX + re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern)
