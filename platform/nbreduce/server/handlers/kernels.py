"""The kernel of an ended reduction, to go on with."""

from typing import Any

from jupyter_core.utils import ensure_async
from pydantic import Field

from nbreduce.domain.errors import NotFound
from nbreduce.domain.model import Model, Time
from nbreduce.kernels.takeover import kept_kernel, take_over
from nbreduce.lookup import known_reduction
from nbreduce.server.base import ResourceHandler
from nbreduce.server.operation import operation
from nbreduce.server.reduction_kernels import bind, running_kernel, session_of, start


class KernelState(Model):
    """Whether the kernel of a reduction is there.

    `kept_until` is set while one is kept that this server can adopt, `kernel_id` while one runs in this server.
    """

    kept_until: Time | None = None
    kernel_id: str | None = None


class KernelBody(Model):
    """What the kernel is for."""

    path: str | None = Field(
        default=None,
        max_length=4000,
        description="Notebook that is bound to the kernel by a session; none only starts the kernel.",
    )


class KernelAnswer(Model):
    """A reduction's kernel in this server.

    `kept` says that it is in the state after the reduction, `started` that it is here only since this request.
    `left_out` are the files that were too large to come along into its scratch folder then.
    """

    kernel_id: str
    session_id: str | None
    kept: bool
    started: bool
    reason: str
    left_out: tuple[str, ...]


class KernelHandler(ResourceHandler):
    """`/reductions/{name}/kernel`."""

    @operation("Say whether the kernel of a reduction is there", KernelState)
    async def get(self, name: str) -> KernelState:
        """Look for the kernel."""
        _, reduction = await self.shared.operations.run(known_reduction, self.workspace, name)
        running = running_kernel(self.kernel_manager, reduction.name)
        kept = await self.shared.operations.run(kept_kernel, self.workspace, reduction.name)
        return KernelState(
            kept_until=kept.until if kept else None, kernel_id=running[0] if running else None
        )

    @operation(
        "Give a reduction a live kernel: the one that was kept, or a fresh one",
        KernelAnswer,
        body=KernelBody,
        status=201,
    )
    async def post(self, name: str, body: KernelBody) -> KernelAnswer:
        """Find, adopt or start the kernel."""
        await self.require_kernels()
        if body.path is not None:
            await self._check_notebook(body.path)
        run, reduction = await self.shared.operations.run(known_reduction, self.workspace, name)
        async with self.shared.kernel_starts:
            running = running_kernel(self.kernel_manager, reduction.name)
            if body.path is not None:
                # Before anything is started: a refusal shall leave nothing behind.
                await session_of(self.session_manager, body.path, running and running[0])
            left_out: tuple[str, ...] = ()
            if running is None:
                taken = await self.shared.operations.run(take_over, self.workspace, run, reduction)
                kernel_id, kept = await start(self.kernel_manager, taken, body.path or name)
                left_out = taken.left_out
            else:
                kernel_id, kept = running
            session_id = (
                None
                if body.path is None
                else await bind(self.session_manager, body.path, kernel_id)
            )
        return KernelAnswer(
            kernel_id=kernel_id,
            session_id=session_id,
            kept=kept,
            started=running is None,
            reason=_reason(reduction.name, kept, running is None),
            left_out=left_out,
        )

    async def _check_notebook(self, path: str) -> None:
        contents: Any = self.contents_manager
        if not await ensure_async(contents.file_exists(path)):
            raise NotFound(f"there is no notebook {path!r} on this server")


def _reason(name: str, kept: bool, started: bool) -> str:
    if not started:
        return f"{name} has a kernel on this server already"
    if kept:
        return f"the kernel of {name} was kept: it is in the state after the last cell"
    return f"the kernel of {name} has ended; this is a fresh one in the same environment"
