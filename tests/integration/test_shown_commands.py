"""Every command that the papers show is run, in their order, in a folder of its own."""

import dataclasses
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from nbreduce.simulation.files import write_run
from nbreduce.simulation.plan import plan_day
from support.commands import clean_environment
from support.waiting import wait_for

REPOSITORY = Path(__file__).resolve().parents[2]
PAPERS = ("README.md", "server_config/README.md", "notebook_templates/README.md")
# These go on until they are stopped; each is known to work by what it then says.
LASTING = {"up": "Serving", "lab": "JupyterLab: http"}
RUN_FILE = "ENGINX00241391.nxs"


def blocks(paper: str) -> list[list[str]]:
    """Return the lines of each block of commands."""
    text = (REPOSITORY / paper).read_text(encoding="utf-8")
    return [
        block.strip().splitlines() for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL)
    ]


def installs(line: str) -> bool:
    """Say whether a line makes an environment of its own: those are run by CI, on a fresh checkout."""
    return ".venv" in line


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder as a user has it: templates, and the raw file that the papers name."""
    (planned,) = plan_day(1, 1, ["ENGINX"])
    planned = dataclasses.replace(planned, run_number=241391)
    raw = write_run(planned, tmp_path / "measured")
    shutil.copyfile(raw, tmp_path / RUN_FILE)
    shutil.copytree(REPOSITORY / "notebook_templates", tmp_path / "notebook_templates")
    return tmp_path


@pytest.mark.timeout(600)
@pytest.mark.parametrize("paper", PAPERS)
def test_commands_work_as_shown(paper: str, place: Path) -> None:
    lines = [line for block in blocks(paper) for line in block if not installs(line)]
    assert lines
    with _Terminal(place) as terminal:
        for line in lines:
            terminal.type(line.replace("/srv/nbreduce", "srv-nbreduce"))


def test_lines_that_install_are_run_by_ci() -> None:
    shown = [line for block in blocks("README.md") for line in block if installs(line)]
    demo, tests = shown
    assert demo.endswith("pip install . && .venv/bin/nbreduce demo")
    script = (REPOSITORY / ".ci" / "run").read_text(encoding="utf-8")
    assert "README.md" in script
    assert re.search(r"pip install -e '\.\[test\]' && \.venv/bin/pytest$", tests)
    checks = [line for block in blocks("CONTRIBUTING.md") for line in block]
    for tool in ("ruff check .", "ruff format --check .", "mypy"):
        assert any(tool in line for line in checks)
        assert f".venv/bin/{tool}" in script


class _Terminal:
    """Runs lines one after another; those that last go on in the background until the end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lasting: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> "_Terminal":
        return self

    def __exit__(self, *_: object) -> None:
        for process in reversed(self.lasting):
            process.terminate()
            process.wait(60)

    def type(self, line: str) -> None:
        words = shlex.split(line)
        if words[0] == "cd":
            shutil.copy(self.folder / RUN_FILE, self.folder / words[1])
            self.folder = self.folder / words[1]
            return
        assert words[0] == "nbreduce", f"the papers show a command that is not ours: {line}"
        if words[1] == "catalogue":
            self._stop_service()
        command = [sys.executable, "-m", *words]
        if words[1] in LASTING:
            self._start(command, LASTING[words[1]])
        else:
            done = subprocess.run(
                command,
                cwd=self.folder,
                env=_environment(),
                capture_output=True,
                text=True,
                timeout=180,
                check=False,
            )
            assert done.returncode == 0, f"{line}: {done.stdout}{done.stderr}"

    def _start(self, command: list[str], sign: str) -> None:
        said = self.folder / f"{command[3]}.said"
        with said.open("wb") as stream:
            process = subprocess.Popen(
                command,
                cwd=self.folder,
                env=_environment(),
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
        for process in self.lasting:
            process.terminate()
            assert process.wait(60) == 0
        self.lasting.clear()


def _environment() -> dict[str, str]:
    return clean_environment(
        NBREDUCE_MANIFESTS__ASK_INDEX="false", HOME=os.environ.get("HOME", "/")
    )
