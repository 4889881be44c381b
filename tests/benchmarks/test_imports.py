"""How long the command line takes to answer, against Python itself."""

import subprocess
import sys
import time
from statistics import median

from support.numbers import Show

REPEATS = 7


def test_import_times(show: Show) -> None:
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "import nbreduce": [sys.executable, "-c", "import nbreduce"],
        "nbreduce --help": [sys.executable, "-m", "nbreduce", "--help"],
        "nbreduce --version": [sys.executable, "-m", "nbreduce", "--version"],
    }
    seconds = {
        name: median(_timed(command) for _ in range(REPEATS)) for name, command in commands.items()
    }
    for name, took in seconds.items():
        show(name, f"{took:.3f} s", f"{took / seconds['python -c pass']:.1f} x bare Python")


def _timed(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - began
