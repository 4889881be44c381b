"""Show an ipywidgets control that makes no false promise where no kernel runs."""

from typing import Any

from nbreduce_kernel import _display

MEDIA_TYPE = "application/vnd.nbreduce.control+json"

DEFAULT_NOTE = "Open with a kernel and run this cell to use its control."


def show(widget: Any, note: str = DEFAULT_NOTE) -> None:
    """Display a widget where its kernel runs, and a note everywhere else.

    A plain widget display leaves a dead control in an executed notebook. This one stores the note
    and the widget's model id; the JupyterLab extension draws the control only while the kernel that
    made it is alive.

    Parameters
    ----------
    widget
        An `ipywidgets.DOMWidget`.
    note
        What a reader without kernel sees instead, as plain text: what the control is for.

    Raises
    ------
    TypeError
        If the object is not an ipywidgets control.
    """
    model_id = getattr(widget, "model_id", None)
    if not isinstance(model_id, str):
        raise TypeError(f"controls.show needs an ipywidgets control, not {type(widget).__name__}.")
    _display.emit(
        {
            MEDIA_TYPE: {"model_id": model_id, "note": note},
            "text/markdown": f"*{note}*",
            "text/plain": note,
        }
    )
