"""Display messages, or plain lines where there is no kernel to send them."""

import sys
from collections.abc import Mapping
from typing import Any

Bundle = Mapping[str, Any]


def in_kernel() -> bool:
    """Whether this code runs in a Jupyter kernel, whose output a notebook keeps.

    False in a plain script and in a terminal IPython, without importing IPython for it.
    """
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell is not None and getattr(shell, "kernel", None) is not None


def emit(bundle: Bundle, *, display_id: str | None = None, update: bool = False) -> None:
    """Display a MIME bundle; outside a kernel print its ``text/plain``.

    Parameters
    ----------
    bundle
        Data by media type, ``text/plain`` among them.
    display_id
        Name of the display, for later updates.
    update
        Replace the display of that name instead of making a new one.
    """
    if not in_kernel():
        print(bundle["text/plain"], flush=True)  # noqa: T201
        return
    import IPython.display

    show: Any = IPython.display.display
    show(dict(bundle), raw=True, display_id=display_id, update=update)
