"""What a watcher makes of a transcript."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def lines_of(path: Path) -> list[dict[str, Any]]:
    """Return the lines of a transcript."""
    return [json.loads(line) for line in path.read_text(encoding="ascii").splitlines()]


def replay(lines: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return the notebook that a transcript tells of."""
    content: dict[str, Any] = {}
    for line in lines:
        match line["kind"]:
            case "notebook":
                content = line["content"]
            case "outputs":
                outputs = content["cells"][line["index"]]["outputs"]
                assert line["from"] <= len(outputs)
                outputs[line["from"] :] = line["outputs"]
            case "end":
                content["cells"][line["index"]]["execution_count"] = line["execution_count"]
    return content


def outputs_of(notebook: Any) -> list[Any]:
    """Return the outputs of a notebook's code cells."""
    return [cell["outputs"] for cell in notebook["cells"] if cell["cell_type"] == "code"]
