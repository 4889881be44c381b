"""Report how far a reduction has come."""

import math

from nbreduce_kernel import _display

MEDIA_TYPE = "application/vnd.nbreduce.progress+json"

DISPLAY_ID = "nbreduce-progress"

_shown_in: object = None


def progress(fraction: float, message: str = "") -> None:
    """Show progress; the first call in a cell makes the display and later ones update it.

    Parameters
    ----------
    fraction
        Part of the work that is done, from 0 to 1.
    message
        What is being done, in a few words.

    Raises
    ------
    ValueError
        If the fraction is not a number from 0 to 1.
    """
    value = float(fraction)
    if math.isnan(value) or not 0 <= value <= 1:
        raise ValueError(f"progress needs a fraction from 0 to 1, not {fraction!r}.")
    text = f"{value:4.0%} {message}".rstrip()
    bundle = {MEDIA_TYPE: {"fraction": value, "message": message}, "text/plain": text}
    _display.emit(bundle, display_id=DISPLAY_ID, update=_seen())


def _seen() -> bool:
    """Whether the cell that runs now has its progress display already."""
    global _shown_in
    if not _display.in_kernel():
        return False
    from IPython import get_ipython

    cell = get_ipython().execution_count
    seen = bool(_shown_in == cell)
    _shown_in = cell
    return seen
