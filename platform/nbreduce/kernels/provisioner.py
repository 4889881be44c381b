"""How Jupyter gets hold of a reduction's kernel: an entry point of its kernel provisioners.

Jupyter's manager, restarter and culler need nothing else: they ask the provisioner whether the kernel lives, and let it
send signals, end the kernel, and start it again.
"""

import asyncio
from typing import Any

from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from nbreduce.kernels.launch import can_be_held, held_arguments, held_variables, join_paths
from nbreduce.kernels.takeover import Takeover

NAME = "nbreduce"
KEYWORD = "takeover"


class ReductionProvisioner(LocalProvisioner):
    """Starts kernels as usual; one that is started with a `Takeover` is that reduction's.

    The first start of a kept kernel adopts it. Each later one, as by a restart, is that of a fresh kernel.
    """

    takeover: Takeover | None = None
    adopted = False

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Prepare a start."""
        takeover: Takeover | None = kwargs.pop(KEYWORD, None)
        if takeover is None:
            return await super().pre_launch(**kwargs)
        self.takeover = takeover
        self.adopted = takeover.process is not None
        if self.adopted:
            return {**kwargs, "cmd": []}
        return await self._held(takeover, kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Start a kernel, or adopt the kept one."""
        if not self.adopted:
            return await super().launch_kernel(cmd, **kwargs)
        assert self.takeover is not None and self.takeover.connection is not None
        process, self.takeover.process = self.takeover.process, None
        assert process is not None
        # What the base class asks of its child, it may ask of this one.
        self.process: Any = process
        self.pid = self.pgid = process.pid
        self.cwd = self.takeover.directory
        self.connection_info: Any = self.takeover.connection
        return self.connection_info

    async def cleanup(self, restart: bool = False) -> None:
        """Take the kernel's folder away, unless it is restarted."""
        await super().cleanup(restart=restart)
        if self.takeover is not None and not restart:
            await asyncio.to_thread(self.takeover.lease.remove)

    async def _held(self, takeover: Takeover, kwargs: dict[str, Any]) -> dict[str, Any]:
        """Prepare the start of a fresh kernel, which hangs on its lease where it can."""
        join_paths(self.kernel_spec, takeover.variables)
        if not can_be_held(self.kernel_spec.argv):
            return await super().pre_launch(**kwargs)
        kwargs["extra_arguments"] = [*kwargs.get("extra_arguments", []), *held_arguments()]
        prepared: dict[str, Any] = await super().pre_launch(**kwargs)
        prepared["env"].update(held_variables(takeover.lease.folder))
        prepared["independent"] = True
        return prepared
