"""Kernels of reductions in this Jupyter server: found by what Jupyter's own managers know, and started through them."""

import asyncio
from pathlib import PurePosixPath
from queue import Empty
from typing import Any

from jupyter_client.kernelspec import NoSuchKernel
from jupyter_client.provisioning.factory import KernelProvisionerFactory

from nbreduce.domain.errors import Conflict, NbreduceError
from nbreduce.kernels.provisioner import KEYWORD, NAME, ReductionProvisioner
from nbreduce.kernels.takeover import Takeover

_USUAL = "local-provisioner"
_MOVE_PATIENCE = 2.0


class KernelNotStarted(NbreduceError):
    """A kernel that Jupyter could not start."""


def offer_provisioner(serverapp: Any) -> None:
    """Let the server's kernels be started by our provisioner, unless someone chose another one.

    It starts all but those of reductions as the usual one does. Kernelspecs that name a provisioner keep theirs.
    """
    factory = KernelProvisionerFactory.instance(parent=serverapp)
    if NAME not in factory.get_provisioner_entries():
        serverapp.log.warning(
            "nbreduce: its kernel provisioner is not registered; install nbreduce again"
        )
    elif factory.default_provisioner_name == _USUAL:
        factory.default_provisioner_name = NAME


def running_kernel(manager: Any, reduction: str) -> tuple[str, bool] | None:
    """Return the id of a reduction's kernel in this server, and whether it is the kept one."""
    for kernel_id in manager.list_kernel_ids():
        provisioner = getattr(manager.get_kernel(kernel_id), "provisioner", None)
        if not isinstance(provisioner, ReductionProvisioner) or provisioner.takeover is None:
            continue
        if provisioner.takeover.reduction == reduction:
            return kernel_id, provisioner.adopted
    return None


async def start(manager: Any, takeover: Takeover, session_name: str) -> tuple[str, bool]:
    """Start a reduction's kernel; return its id, and whether it is the kept one.

    Raises
    ------
    KernelNotStarted
        Jupyter could not start it.
    """
    try:
        kernel_id = await _started(manager, takeover, session_name)
    except BaseException as error:
        await asyncio.to_thread(takeover.abandon)
        if not isinstance(error, (NoSuchKernel, OSError, RuntimeError)):
            raise
        raise KernelNotStarted(
            f"the kernel {takeover.kernelspec!r} of {takeover.reduction} did not start: {error}",
            "See the log of the Jupyter server, and 'jupyter kernelspec list'",
        ) from error
    kernel = manager.get_kernel(kernel_id)
    if kernel.provisioner.adopted:
        await asyncio.to_thread(takeover.settle)
        await _move(kernel, takeover)
    return kernel_id, kernel.provisioner.adopted


async def session_of(sessions: Any, path: str, kernel_id: str | None) -> str | None:
    """Return the id of the session that binds a notebook to a kernel, None where the notebook has no kernel.

    Raises
    ------
    Conflict
        The notebook has another kernel.
    """
    if not await sessions.session_exists(path=path):
        return None
    model: dict[str, Any] = await sessions.get_session(path=path)
    if model["kernel"]["id"] != kernel_id:
        raise Conflict(f"{path} has another kernel", "Shut that down first")
    return str(model["id"])


async def bind(sessions: Any, path: str, kernel_id: str) -> str:
    """Bind a notebook to a kernel; return the session's id.

    Raises
    ------
    Conflict
        The notebook has another kernel.
    """
    found = await session_of(sessions, path, kernel_id)
    if found is not None:
        return found
    name = PurePosixPath(path).name
    made = await sessions.create_session(path=path, name=name, type="notebook", kernel_id=kernel_id)
    return str(made["id"])


async def _started(manager: Any, takeover: Takeover, session_name: str) -> str:
    _check_provisioner(manager, takeover.kernelspec)
    kernel_id: str = await manager.start_kernel(
        kernel_name=takeover.kernelspec,
        cwd=str(takeover.directory),
        env={**takeover.variables, "JPY_SESSION_NAME": session_name},
        **{KEYWORD: takeover},
    )
    try:
        # A server may be set to go on before its kernels have started.
        await asyncio.wrap_future(manager.get_kernel(kernel_id).ready)
    except BaseException:
        await manager.shutdown_kernel(kernel_id, now=True)
        raise
    return kernel_id


def _check_provisioner(manager: Any, kernelspec: str) -> None:
    usual = KernelProvisionerFactory.instance().default_provisioner_name
    metadata = manager.kernel_spec_manager.get_kernel_spec(kernelspec).metadata
    found = metadata.get("kernel_provisioner", {}).get("provisioner_name", usual)
    if found != NAME:
        raise KernelNotStarted(
            f"this Jupyter server starts the kernel {kernelspec!r} by the provisioner {found!r}",
            f"Let KernelProvisionerFactory.default_provisioner_name be {NAME!r}",
        )


async def _move(kernel: Any, takeover: Takeover) -> None:
    """Let an adopted kernel work in its scratch folder: that of its reduction is sealed.

    A kernel that does not answer in time moves when it comes to it.
    """
    client = kernel.client()
    client.start_channels(shell=True, iopub=False, stdin=False, hb=False, control=False)
    code = f"__import__('os').chdir({str(takeover.directory)!r})"
    asked = client.execute(code, silent=True, store_history=False, stop_on_error=False)
    try:
        async with asyncio.timeout(_MOVE_PATIENCE):
            while (await client.get_shell_msg())["parent_header"].get("msg_id") != asked:
                continue
    except (TimeoutError, Empty):
        pass
    finally:
        client.stop_channels()
