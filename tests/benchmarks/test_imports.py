"""How long the command line takes to answer, against Python itself."""

import subprocess
import sys
import time
from statistics import median

from support.numbers import Show

REPEATS = 7
# Times that of bare Python in the same run.
AT_MOST = {"import nbreduce": 10, "nbreduce --help": 60, "nbreduce --version": 60}


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
    for name, most in AT_MOST.items():
        assert seconds[name] < most * seconds["python -c pass"], name


def _timed(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - began
