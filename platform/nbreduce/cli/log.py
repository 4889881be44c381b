"""Logs of the service: lines on the terminal, and a file that does not grow for ever."""

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

_OWN = "nbreduce"
_FILE_BYTES = 10_000_000
_FILES = 5


def configure_logging(path: Path, verbose: bool, terminal: bool = True) -> None:
    """Send nbreduce's own lines to the terminal, and everything worth keeping to a file."""
    from rich.console import Console
    from rich.logging import RichHandler

    # A log that cannot be written, on a full disk say, must not spoil the work.
    logging.raiseExceptions = False
    path.parent.mkdir(parents=True, exist_ok=True)
    file = RotatingFileHandler(path, maxBytes=_FILE_BYTES, backupCount=_FILES, encoding="utf-8")
    file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [file]
    root.setLevel(logging.WARNING)
    logging.getLogger("distributed").setLevel(logging.WARNING)
    own = logging.getLogger(_OWN)
    own.setLevel(logging.DEBUG if verbose else logging.INFO)
    if terminal:
        handler = RichHandler(
            console=Console(stderr=True), show_path=verbose, log_time_format="%X", markup=False
        )
        own.addHandler(handler)
