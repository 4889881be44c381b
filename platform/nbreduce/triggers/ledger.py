"""Which files were reported already."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from nbreduce.domain.run import FileStamp
from nbreduce.triggers.scanning import Found, Stamp


class Ledger:
    """Remembers which files were reported, and in which state.

    Parameters
    ----------
    known:
        Files that were reported before.
    since:
        Files changed before this time are ignored.
    """

    def __init__(self, known: dict[Path, FileStamp], since: datetime | None = None) -> None:
        self._reported: dict[str, Stamp | None] = {}
        self._changed: dict[str, Stamp] = {}
        self._since_ns = 0 if since is None else int(since.timestamp() * 1e9)
        self.learn(known)

    def learn(self, known: dict[Path, FileStamp]) -> None:
        """Take in what others know of files that were reported."""
        for path, stamp in known.items():
            self._reported[visible(str(path))] = (stamp.size, stamp.mtime_ns)

    def news(self, found: Iterable[Found]) -> list[Found]:
        """Return what is to be reported, oldest first.

        That is every new file at once, and a file that was reported in another state as soon as two looks in a row show
        it in one state: a file that grows is reported when it appears and when it has come to rest.
        """
        fresh = [item for item in found if item.mtime_ns >= self._since_ns and self._is_news(item)]
        return sorted(fresh, key=lambda item: item.mtime_ns)

    def is_new(self, item: Found) -> bool:
        """Whether a file was never reported."""
        return visible(item.path) not in self._reported

    def is_changed(self, item: Found) -> bool:
        """Whether a file was reported before in another state; what is not an ordinary file never changes."""
        known = self._reported.get(visible(item.path), item.stamp)
        return item.stamp is not None and known != item.stamp

    def reported(self, item: Found) -> None:
        """Note that a file was reported."""
        self._reported[visible(item.path)] = item.stamp
        self._changed.pop(visible(item.path), None)

    def _is_news(self, item: Found) -> bool:
        if self.is_new(item):
            return True
        key, before = visible(item.path), self._changed.pop(visible(item.path), None)
        if item.stamp is None or not self.is_changed(item):
            return False
        self._changed[key] = item.stamp
        return before == item.stamp


def visible(path: str) -> str:
    """Return a path as it can be stored: bytes of a name that are not UTF-8 become escapes."""
    return path if path.isascii() else path.encode("utf-8", "backslashreplace").decode()
