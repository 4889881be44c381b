"""A workspace whose service and JupyterLab can be killed and started again."""

from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from support.lab import Lab, running_lab
from support.services import Service
from support.sites import Site
from support.watched import Watched, submit, watched_site


class Bench:
    """A workspace with reductions to be watched, its service, and a JupyterLab on it.

    Parameters
    ----------
    folder:
        Where all of it is.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.site: Site = watched_site(folder / "site")
        self.numbers = iter(range(1, 100))
        self.submitted: list[Watched] = []
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        # Labs end first: they work in the folder that a service must leave empty of processes.
        self._services = self._stack.enter_context(ExitStack())
        self._labs = self._stack.enter_context(ExitStack())
        self.service: Service = self.start_service()
        self.lab: Lab = self.start_lab()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def start_service(self) -> Service:
        """Start the service, for the first time or after it was killed."""
        return self._services.enter_context(self.site.serving())

    def start_lab(self, again: Lab | None = None) -> Lab:
        """Start JupyterLab, at the address of one that was killed where that is given; its home stays."""
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        return self._labs.enter_context(running_lab(home, self.site.path, again))

    def submit(self) -> Watched:
        """Submit a run whose reduction waits at its gates."""
        watched = submit(self.site, next(self.numbers))
        self.submitted.append(watched)
        return watched

    def open_gates(self) -> None:
        """Let all reductions pass, so that none waits when the next test begins."""
        for watched in self.submitted:
            watched.open(1)
            watched.open(2)
