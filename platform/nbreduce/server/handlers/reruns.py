"""Reruns: planned, and filed; of one reduction, and of many."""

from typing import Annotated

from pydantic import Field

from nbreduce.bulk_draft import Choice
from nbreduce.bulk_reruns import BulkFiled, BulkPlan, bulk_state, file_many, plan_many
from nbreduce.catalogue.bulk import BulkState
from nbreduce.reruns import Changes, RerunPlan, file_rerun, plan_one
from nbreduce.server.base import ResourceHandler
from nbreduce.server.operation import operation
from nbreduce.server.wire import Filed

Key = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9-]{8,64}$",
        description="Made up by whoever asks: what is asked for again under it is filed once.",
    ),
]


class RerunBody(Changes):
    """Which values shall be other than they were; all others stay."""

    template_sha256: str | None = Field(
        default=None, description="Of the plan that was seen; refused where it is another one now."
    )
    key: Key | None = None


class BulkPlanBody(Choice):
    """Which reductions, and which part of their list."""

    offset: int = Field(default=0, ge=0, le=10**6)
    limit: int = Field(default=200, ge=1, le=1000)


class BulkBody(Choice):
    """Which reductions, and with which values."""

    templates: dict[str, str] = Field(
        default_factory=dict,
        description="As in the plan that was seen; refused where one is another now.",
    )
    key: Key | None = None


class PlanHandler(ResourceHandler):
    """`/reductions/{name}/plan`."""

    @operation("Say what a rerun would be, and all that is wrong with it", RerunPlan, body=Changes)
    def post(self, name: str, body: Changes) -> RerunPlan:
        """Plan a rerun."""
        return plan_one(self.workspace, name, body)


class RerunHandler(ResourceHandler):
    """`/reductions/{name}/rerun`."""

    @operation(
        "Reduce again with other values, as a new version", Filed, body=RerunBody, status=202
    )
    def post(self, name: str, body: RerunBody) -> Filed:
        """File a rerun."""
        return Filed(
            request=file_rerun(
                self.workspace, name, body, self.person, seen=body.template_sha256, key=body.key
            )
        )


class BulkPlanHandler(ResourceHandler):
    """`/reruns/plan`."""

    @operation("Say what many reruns would be", BulkPlan, body=BulkPlanBody)
    def post(self, body: BulkPlanBody) -> BulkPlan:
        """Plan many reruns."""
        return plan_many(self.workspace, body, body.offset, body.limit)


class BulkHandler(ResourceHandler):
    """`/reruns`."""

    @operation("Reduce many again, each as a new version", BulkFiled, body=BulkBody, status=202)
    def post(self, body: BulkBody) -> BulkFiled:
        """File many reruns."""
        return file_many(self.workspace, body, self.person, body.templates, body.key)


class BulkStateHandler(ResourceHandler):
    """`/reruns/{key}`."""

    @operation("Say how many reruns that were filed together stand", BulkState)
    def get(self, key: str) -> BulkState:
        """Say how they stand."""
        return bulk_state(self.workspace, key)
