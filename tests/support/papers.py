"""The papers, and what they tell a reader to type."""

import re
import shlex
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
PAPERS = (
    "README.md",
    "CONTRIBUTING.md",
    "GLOSSARY.md",
    "extensions/README.md",
    "notebook_templates/README.md",
    "server_config/README.md",
)
PROGRAMS = frozenset(
    [
        "apt",
        "bash",
        "cd",
        "git",
        "jlpm",
        "jupyter",
        "jupyter-builder",
        "ln",
        "mypy",
        "nbreduce",
        "node",
        "npm",
        "pip",
        "pytest",
        "python",
        "python3",
        "rm",
        "ruff",
        "sudo",
        "systemctl",
    ]
)
_FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_INLINE = re.compile(r"`([^`]+)`")


def read(paper: str) -> str:
    return (REPOSITORY / paper).read_text(encoding="utf-8")


def fences(paper: str, *languages: str) -> list[str]:
    """Return the fenced blocks of a paper, of some languages or of all."""
    return [
        text
        for language, text in _FENCED.findall(read(paper))
        if not languages or language in languages
    ]


def shown_lines(paper: str) -> list[str]:
    """Return the lines of all blocks of commands."""
    return [line for block in fences(paper, "console") for line in block.strip().splitlines()]


def stray_lines(paper: str) -> list[str]:
    """Return lines that look like commands in blocks of no language, or of a shell."""
    lines = [
        line for block in fences(paper, "", "sh", "bash", "shell") for line in block.splitlines()
    ]
    return [line for line in lines if _program(line) in PROGRAMS]


def inline_commands(paper: str) -> list[str]:
    """Return the commands within sentences: a program with at least one word more."""
    spans = (" ".join(span.split()) for span in _INLINE.findall(_FENCED.sub("", read(paper))))
    return [span for span in spans if " " in span and _program(span) in PROGRAMS]


def words_of(line: str) -> list[list[str]]:
    """Return the words of a line's commands, without who runs them and where the program is."""
    return [_plain(shlex.split(part)) for part in line.split(" && ")]


def _plain(words: list[str]) -> list[str]:
    if words[:1] == ["sudo"]:
        words = words[3:] if words[1] == "-u" else words[1:]
    return [words[0].removeprefix("../").removeprefix(".venv/bin/"), *words[1:]]


def _program(line: str) -> str:
    return re.sub(r"^(\.\./)?\.venv/bin/", "", line.strip()).split(" ")[0]
