"""`nbreduce up` as a process: started, stopped, killed, and looked after."""

import signal
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import psutil

from support.commands import clean_environment, command_line
from support.waiting import wait_for

START_PATIENCE = 90.0


class Service:
    """A running `nbreduce up`.

    Parameters
    ----------
    workspace:
        Folder of its workspace.
    variables:
        Added to its environment.
    """

    def __init__(self, workspace: Path, variables: Mapping[str, str] | None = None) -> None:
        self.workspace = workspace
        self._output = workspace.parent / f"{workspace.name}.out"
        with self._output.open("ab") as stream:
            self._begin = stream.tell()
            self.process = subprocess.Popen(
                command_line("up", "-w", workspace),
                env=clean_environment(**(variables or {})),
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
            )
        self._known: dict[int, psutil.Process] = {}

    @property
    def output(self) -> str:
        """What it has printed since it was started."""
        return self._output.read_bytes()[self._begin :].decode("utf-8", "replace")

    @property
    def running(self) -> bool:
        """Whether it runs."""
        return self.process.poll() is None

    def wait_until_serving(self) -> None:
        """Wait until it says that it serves."""

        def look() -> bool:
            assert self.running, f"the service ended: {self.output}"
            return "Serving" in self.output

        wait_for(look, "the service serves", START_PATIENCE)

    def stop(self, number: int = signal.SIGTERM, patience: float = 30.0) -> None:
        """Ask it to stop; it must end with exit code 0, without a traceback, and leave no process behind."""
        self.remember()
        self.process.send_signal(number)
        code = self.process.wait(patience)
        assert code == 0, f"exit code {code}: {self.output}"
        assert "Traceback" not in self.output, self.output
        self.check_nothing_left()

    def remember(self) -> None:
        """Take note of the processes that it has started."""
        if self.running:
            for one in psutil.Process(self.process.pid).children(recursive=True):
                self._known[one.pid] = one

    def check_nothing_left(self, patience: float = 5.0) -> None:
        """See that no process of its own lives, nor any that works in its workspace."""
        wait_for(lambda: not self._left(), f"processes are left: {self._left()}", patience)

    def _left(self) -> list[str]:
        known = [one for one in self._known.values() if lives(one)]
        return [_describe(one) for one in [*known, *processes_in(self.workspace)]]

    def kill(self) -> None:
        """Kill the service itself, nothing else; what it started is on its own."""
        self.remember()
        self.process.kill()
        self.process.wait(10)

    def kill_all(self) -> None:
        """End whatever is left of it, so that a failed test leaves nothing behind."""
        self.remember()
        self.process.kill()
        self.process.wait(10)
        for one in [*self._known.values(), *processes_in(self.workspace)]:
            if lives(one):
                _kill(one)

    def workers(self) -> list[psutil.Process]:
        """Return its Dask workers."""
        children = psutil.Process(self.process.pid).children(recursive=False)
        return [one for one in children if "spawn_main" in " ".join(_command(one))]


def processes_in(folder: Path) -> list[psutil.Process]:
    """Return the processes that work in a folder, or whose command names it."""
    return list(_processes_in(folder.resolve()))


def _processes_in(folder: Path) -> Iterator[psutil.Process]:
    own = {psutil.Process().pid, *(parent.pid for parent in psutil.Process().parents())}
    for one in psutil.process_iter():
        if one.pid in own or not lives(one):
            continue
        try:
            words, place = " ".join(one.cmdline()), one.cwd()
        except psutil.Error:
            continue
        if str(folder) in words or Path(place).is_relative_to(folder):
            yield one


def kernels_in(folder: Path) -> list[psutil.Process]:
    """Return the kernels that work in a folder."""
    return [one for one in processes_in(folder) if "ipykernel" in " ".join(_command(one))]


def lives(process: psutil.Process) -> bool:
    """Whether a process runs."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def _describe(process: psutil.Process) -> str:
    return f"{process.pid} {' '.join(_command(process))[:120]}"


def _kill(process: psutil.Process) -> None:
    try:
        process.kill()
    except psutil.NoSuchProcess:
        return
