"""What all handlers share."""

import asyncio
from functools import cached_property
from pathlib import Path

from nbreduce.domain.errors import NbreduceError, Unavailable
from nbreduce.server.feed import Feed
from nbreduce.server.threads import Threads
from nbreduce.trials.desk import TrialDesk
from nbreduce.workspace import Workspace

_OPERATIONS = 16
_WATCHES = 8


class NoWorkspace(Unavailable):
    """The server was started where no workspace is."""


class ServerContext:
    """One workspace, as this server sees it.

    Parameters
    ----------
    root:
        Folder that the server's contents start at.
    found:
        The workspace's folder, or why there is none.

    Attributes
    ----------
    problem:
        Why there is no workspace; None where there is one.
    kernel_starts:
        Held while a reduction's kernel is looked for and started: two who ask at once get the same one.
    operations, watches:
        Threads of what is asked for, and of those who watch: a slow file system that keeps the one keeps not the other.
    """

    def __init__(self, root: Path, found: Path | NbreduceError) -> None:
        self.root = root
        self.kernel_starts = asyncio.Lock()
        self.operations = Threads(_OPERATIONS, "operation")
        self.watches = Threads(_WATCHES, "watch")
        self.problem: NbreduceError | None = found if isinstance(found, NbreduceError) else None
        self._workspace: Workspace | None = None
        if isinstance(found, Path):
            try:
                self._workspace = Workspace.load(found)
            except NbreduceError as error:
                self.problem = error

    @property
    def workspace(self) -> Workspace:
        """The workspace.

        Raises
        ------
        NoWorkspace
            There is none, or its configuration cannot be used.
        """
        if self._workspace is None:
            assert self.problem is not None
            raise NoWorkspace(self.problem.message, self.problem.hint)
        return self._workspace

    @cached_property
    def feed(self) -> Feed:
        """What is pushed to everyone who follows."""
        return Feed(self)

    @cached_property
    def trials(self) -> TrialDesk:
        """What starts trials of templates, and cancels them."""
        return TrialDesk(self.workspace.path)

    def contents_path(self, path: Path) -> str | None:
        """Return where the server's contents have a file, None where it is not there or they do not reach it."""
        return self.contents_place(path) if path.exists() else None

    def contents_place(self, path: Path) -> str | None:
        """Return where the server's contents have a file if it is there, None where they do not reach it."""
        if not path.is_relative_to(self.root):
            return None
        return path.relative_to(self.root).as_posix()

    async def close(self) -> None:
        """Stop what is pushed, end trials, and close the catalogue."""
        self.operations.close()
        self.watches.close()
        if "trials" in self.__dict__:
            await asyncio.to_thread(self.trials.close)
        if "feed" in self.__dict__:
            await self.feed.close()
        if self._workspace is not None and "catalogue" in self._workspace.__dict__:
            self._workspace.catalogue.close()
