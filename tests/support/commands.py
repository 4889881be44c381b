"""The command line as people have it: a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.powers import bound_command

TIMEOUT = 60


@dataclass(frozen=True)
class Told:
    """What a command said.

    Parameters
    ----------
    code:
        Its exit code.
    out, err:
        What it printed.
    """

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its output, parsed."""
        return json.loads(self.out)

    @property
    def words(self) -> str:
        """All that it printed, on one line."""
        return " ".join(f"{self.out} {self.err}".split())


def command_line(*arguments: str | Path) -> list[str]:
    """Return the words that start nbreduce, heeding file permissions even for root."""
    return bound_command([sys.executable, "-m", "nbreduce", *map(str, arguments)])


def clean_environment(**variables: str) -> dict[str, str]:
    """Return this process's environment without settings of a workspace of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NBREDUCE_")}
    return {**kept, "COLUMNS": "200", "NO_COLOR": "1", **variables}


def nbreduce(
    *arguments: str | Path,
    cwd: Path | None = None,
    variables: Mapping[str, str] | None = None,
    timeout: float = TIMEOUT,
) -> Told:
    """Run a command to its end; none may ever show a traceback."""
    ended = subprocess.run(
        command_line(*arguments),
        cwd=cwd,
        env=clean_environment(**(variables or {})),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    told = Told(ended.returncode, ended.stdout, ended.stderr)
    assert "Traceback" not in told.out + told.err, f"{arguments}: {told.err}"
    return told
