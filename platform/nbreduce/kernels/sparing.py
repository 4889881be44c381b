"""Whether a kernel can be left alive when its reduction has ended: the record must not hang on it."""

from pathlib import Path
from queue import Empty
from typing import Any

from nbreduce.kernels.processes import companions_of, files_in_writing

_PATIENCE = 1.0


def is_at_rest(pid: int, folder: Path | None) -> bool:
    """Say whether a kernel has no processes of its own, and no file in a folder in writing: its end would complete it.

    Raises
    ------
    OSError
        The kernel has ended.
    """
    return not companions_of(pid) and (folder is None or not files_in_writing(pid, folder))


async def leave_log(client: Any, log: Path) -> bool:
    """Let a kernel write its output to a log no more; say whether it does as it was told.

    Parameters
    ----------
    client:
        An asynchronous client of the kernel, which executes nothing just now.
    """
    code = f"__import__('nbreduce_kernel._lifeline', fromlist=['leave']).leave({str(log)!r})"
    asked = client.execute(code, silent=True, store_history=False, stop_on_error=False)
    try:
        while True:
            reply = await client.get_shell_msg(timeout=_PATIENCE)
            if reply["parent_header"].get("msg_id") == asked:
                return bool(reply["content"]["status"] == "ok")
    except Empty:
        return False
