"""Write the list of Mantid's algorithms that the check of templates knows: `write_mantid_algorithms.py FACTS.json`.

The facts map algorithm to version to property, as Mantid's own `AlgorithmFactory` and `getProperties` tell them.
"""

import json
import sys
from pathlib import Path

TARGET = Path(__file__).resolve().parents[2] / "platform/nbreduce/templates/mantid_algorithms.txt"
HEAD = """\
# Mantid's algorithms, each with its properties, of all its versions together.
# Source: AlgorithmFactory and getProperties of Mantid, in a runtime of 2019; later algorithms by name only.
"""


def main(facts: Path) -> None:
    algorithms = json.loads(facts.read_text(encoding="utf-8"))["algorithms"]
    lines = [_line(name, versions) for name, versions in sorted(algorithms.items())]
    TARGET.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")


def _line(name: str, versions: dict[str, dict[str, object]]) -> str:
    properties = sorted({one for version in versions.values() for one in version})
    return f"{name}: {' '.join(properties)}" if properties else name


if __name__ == "__main__":
    main(Path(sys.argv[1]))
