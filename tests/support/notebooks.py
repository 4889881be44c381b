"""Small templates for tests of the platform: they need no science package and take a fraction of a second."""

import json
from pathlib import Path
from typing import Any

PARAMETERS = """\
from pathlib import Path
from typing import Annotated, Literal

run_file: Path = ""  # supplied: the raw file
run_number: int = 0  # supplied: its number
output_dir: Path = "outputs"  # supplied: where results go
scale: Annotated[float, {"gt": 0, "le": 10}] = 1.0  # factor on the result
mode: Literal["plain", "fancy"] = "plain"  # how it is done
gate: str = ""  # file that the second cell waits for"""

READ = """\
from pathlib import Path

size = Path(run_file).stat().st_size
print("read", size)"""

WAIT = """\
import time

while gate and not Path(gate).exists():
    time.sleep(0.02)"""

WRITE = """\
from nbreduce_kernel import keep

result = Path(output_dir) / "result.txt"
result.write_text(f"{run_number} {size * scale} {mode}")
keep(result, "the result")"""


def notebook(
    *cells: str, parameters: str | None = PARAMETERS, metadata: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Return a template; `metadata` goes over its own, `parameters=None` leaves their cell out."""
    first = [] if parameters is None else [_cell("parameters", parameters, ["parameters"])]
    rest = [_cell(f"step-{number}", source, []) for number, source in enumerate(cells, 1)]
    return {
        "cells": first + rest,
        "metadata": {
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "nbreduce": {"title": "A test", "timeout": 60, **(metadata or {})},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def work(**metadata: Any) -> dict[str, Any]:
    """Return the usual template: it reads, waits for the gate where one is named, and keeps a result."""
    return notebook(READ, WAIT, WRITE, metadata=metadata)


def save(content: dict[str, Any], path: Path) -> Path:
    """Write a template."""
    path.write_text(json.dumps(content, indent=1), encoding="utf-8")
    return path


def _cell(name: str, source: str, tags: list[str]) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": name,
        "metadata": {"tags": tags} if tags else {},
        "execution_count": None,
        "outputs": [],
        "source": source,
    }
