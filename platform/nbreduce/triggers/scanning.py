"""Finding raw files in a folder, without following links out of it.

Paths are plain strings here: a folder may hold 100,000 files.
"""
# ruff: noqa: PTH112, PTH116, PTH118, PTH120

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from nbreduce.domain.run import stamp_of
from nbreduce.triggers.matching import Matcher, is_temporary

Stamp = tuple[int, int]


@dataclass(frozen=True)
class Found:
    """Something with the name of a raw file.

    Parameters
    ----------
    path:
        Absolute.
    mtime_ns:
        When it was changed, in nanoseconds since 1970.
    stamp:
        Size in bytes and `mtime_ns`; None for what is not an ordinary file, a folder for instance.
    """

    path: str
    mtime_ns: int
    stamp: Stamp | None


class Scanner:
    """Looks for raw files below a folder.

    Parameters
    ----------
    root:
        Absolute path of the folder.
    matcher:
        Which names are raw files.
    trouble:
        Told, in words, of folders that can't be read and links that are not followed.
    """

    def __init__(self, root: str, matcher: Matcher, trouble: Callable[[str], None]) -> None:
        self._root = root
        self._matcher = matcher
        self._trouble = trouble

    def scan(self) -> Iterator[Found]:
        """Find all raw files."""
        return self._below(self._root)

    def look(self, path: str) -> Iterator[Found]:
        """Find the raw files at a path below the folder: the one there, or all in it where it is a folder itself."""
        relative = self._relative(path)
        if not relative or any(is_temporary(part) for part in relative.split("/")):
            return
        if not self._is_below_without_links(path):
            return
        try:
            status = os.lstat(path)
        except OSError:
            return
        yield from self._entry(path, status)
        if stat.S_ISDIR(status.st_mode):
            yield from self._below(path)

    def _below(self, top: str) -> Iterator[Found]:
        folders = [top]
        while folders:
            folder = folders.pop()
            if not self._matcher.reaches(self._relative(folder)):
                continue
            for path, status in self._listing(folder):
                yield from self._entry(path, status)
                if stat.S_ISDIR(status.st_mode):
                    folders.append(path)

    def _listing(self, folder: str) -> Iterator[tuple[str, os.stat_result]]:
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if is_temporary(entry.name):
                        continue
                    self._tell_of_linked_folder(entry)
                    if self._may_matter(entry):
                        try:
                            yield entry.path, entry.stat(follow_symlinks=False)
                        except FileNotFoundError:
                            continue
        except FileNotFoundError:
            return
        except OSError as error:
            self._trouble(f"the folder {_shown(folder)} can't be read: {error.strerror}")

    def _tell_of_linked_folder(self, entry: os.DirEntry[str]) -> None:
        if not entry.is_symlink() or not self._matcher.reaches(self._relative(entry.path)):
            return
        if os.path.isdir(entry.path):
            self._trouble(f"the link {_shown(entry.path)} leads to a folder; not followed")

    def _may_matter(self, entry: os.DirEntry[str]) -> bool:
        return entry.is_dir(follow_symlinks=False) or self._matcher.matches(
            self._relative(entry.path)
        )

    def _entry(self, path: str, status: os.stat_result) -> Iterator[Found]:
        if stat.S_ISDIR(status.st_mode) and not self._matcher.takes_folders:
            return
        if not self._matcher.matches(self._relative(path)):
            return
        if stat.S_ISLNK(status.st_mode):
            target = self._target(path)
            if target is None:
                return
            status = target
        now = stamp_of(status)
        regular = stat.S_ISREG(status.st_mode)
        yield Found(path, now.mtime_ns, (now.size, now.mtime_ns) if regular else None)

    def _target(self, link: str) -> os.stat_result | None:
        try:
            status, target = os.stat(link), os.path.realpath(link)
        except OSError:
            return None
        if not _is_below(target, os.path.realpath(self._root)):
            self._trouble(f"the link {_shown(link)} leads out of the folder; not followed")
            return None
        return status

    def _is_below_without_links(self, path: str) -> bool:
        folder = os.path.dirname(path)
        inside = os.path.relpath(folder, self._root)
        expected = os.path.normpath(os.path.join(os.path.realpath(self._root), inside))
        return os.path.realpath(folder) == expected

    def _relative(self, path: str) -> str:
        return path[len(self._root) :].strip("/")


def _is_below(path: str, folder: str) -> bool:
    return path.startswith(folder.rstrip("/") + "/")


def _shown(path: str) -> str:
    return path.encode("utf-8", "backslashreplace").decode()
