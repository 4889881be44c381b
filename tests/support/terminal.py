"""A terminal in which the papers' commands are typed."""

import os
import shutil
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

from support.commands import clean_environment
from support.papers import read, words_of
from support.waiting import wait_for

# The raw file that the papers name.
RUN_FILE = "ENGINX00241391.nxs"
# These go on until they are stopped; each is known to work by what it then says.
LASTING = {"up": "Serving", "lab": "JupyterLab: http"}


class Terminal:
    """Runs lines one after another; those that last go on in the background until the end.

    Who `sudo` names is whoever runs the tests, and systemd's part is played by what its unit says.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lasting: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *_: object) -> None:
        for process in reversed(self.lasting):
            process.terminate()
            process.wait(60)

    def type(self, line: str) -> None:
        if line.startswith("sudo -u "):
            assert line.split()[2] == unit()["User"]
        (words,) = words_of(line)
        match words:
            case ["cd", folder]:
                shutil.copy(self.folder / RUN_FILE, self.folder / folder)
                self.folder = self.folder / folder
            case ["systemctl", "stop", "nbreduce"]:
                self._stop_service()
            case ["systemctl", "start", "nbreduce"]:
                command = unit()["ExecStart"].replace("/srv/nbreduce", "srv-nbreduce")
                self.type(command.removeprefix("/opt/nbreduce/bin/"))
            case ["nbreduce", name, *_] if name in LASTING:
                self._start(name, [sys.executable, "-m", *words])
            case ["nbreduce" | "jupyter", *_]:
                self._run(line, [sys.executable, "-m", *words])
            case ["python", *rest]:
                self._run(line, [sys.executable, *rest])
            case ["rm" | "ln", *_]:
                self._run(line, ["bash", "-c", line])
            case _:
                raise AssertionError(f"the papers show a command that no test runs: {line}")

    def _run(self, line: str, command: list[str]) -> None:
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        assert done.returncode == 0, f"{line}: {done.stdout}{done.stderr}"

    def _start(self, name: str, command: list[str]) -> None:
        sign = LASTING[name]
        said = self.folder / f"{name}-{len(self.lasting)}.said"
        with said.open("wb") as stream:
            process = subprocess.Popen(
                command,
                cwd=self.folder,
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
            )
        self.lasting.append(process)

        def ready() -> bool:
            assert process.poll() is None, said.read_text()
            return sign in said.read_text()

        wait_for(ready, f"{command[3:]} says {sign!r}", 90)

    def _stop_service(self) -> None:
        running = [process for process in self.lasting if "up" in _words(process)]
        assert len(running) == 1
        running[0].terminate()
        assert running[0].wait(60) == 0
        self.lasting.remove(running[0])


def _words(process: "subprocess.Popen[bytes]") -> list[str]:
    assert isinstance(process.args, list)
    return [str(word) for word in process.args]


def unit() -> dict[str, str]:
    """Return the service's part of the systemd unit."""
    parser = ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(read("server_config/systemd/nbreduce.service"))
    return dict(parser["Service"])


def environment() -> dict[str, str]:
    """Return the variables of what is typed."""
    return clean_environment(
        NBREDUCE_MANIFESTS__ASK_INDEX="false", HOME=os.environ.get("HOME", "/")
    )
