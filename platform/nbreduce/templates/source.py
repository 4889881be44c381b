"""The code of a notebook, as Python: cells parsed one by one and put together, magics taken out."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from nbreduce.templates.notebook import source_of
from nbreduce.templates.syntax import parse

MAX_SOURCE = 1_000_000
_PYTHON_BODIES = {"time", "timeit", "capture", "prun"}
_FOREIGN_BODIES = {
    *("bash", "sh", "script", "perl", "ruby", "writefile", "markdown"),
    *("html", "HTML", "javascript", "js", "latex", "svg", "SVG"),
}
_HARMLESS = {
    *("autoreload", "cd", "conda", "config", "env", "load_ext", "ls", "matplotlib", "pip"),
    *("precision", "pwd", "timeit", "who", "whos"),
}
_MAGIC = re.compile(r"^(?P<indent>\s*)(?:(?P<target>[\w, ]+?)\s*=\s*)?(?P<sign>%|!!?)(?P<rest>.*)$")
_HELP = re.compile(r"^(?P<indent>\s*)(?:\?{1,2}[\w.*%]+|%?[\w.*]+\?{1,2})\s*$")
_REACHES_NAMES = {"exec", "globals", "locals", "vars"}
_REACHES_SHELL = {"run_line_magic", "run_cell_magic", "push", "ex"}


class NotPython(Exception):
    """A cell that Python cannot read; `line` counts from 1 within it, 0 where it is not known."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True)
class Part:
    """A code cell as Python.

    Attributes
    ----------
    index:
        Of the cell, from 0 over all cells.
    tree:
        Its code; None where it is none of Python's, or cannot be read.
    opaque:
        Whether it may define names that cannot be seen here.
    trouble:
        Why it cannot be read.
    """

    index: int
    tree: ast.Module | None
    opaque: bool = False
    trouble: NotPython | None = None


def parts_of(cells: Iterable[Any]) -> tuple[Part, ...]:
    """Parse the code cells of a notebook."""
    return tuple(
        _part(index, source_of(cell))
        for index, cell in enumerate(cells)
        if isinstance(cell, dict) and cell.get("cell_type") == "code"
    )


def calls_of(tree: ast.AST) -> Iterator[ast.Call]:
    """Give every call in a piece of code."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def names_bound(trees: Iterable[ast.AST]) -> set[str]:
    """Return every name that code assigns, imports or defines, wherever it does."""
    bound: set[str] = set()
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            bound.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            bound.add(node.name)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            bound |= {(one.asname or one.name).partition(".")[0] for one in node.names}
    return bound


def _part(index: int, source: str) -> Part:
    text, opaque = _plain(source)
    if text is None:
        return Part(index, None, opaque)
    try:
        tree = _parse(source)
    except NotPython:
        # Only now: a line may begin with % inside of brackets or a text, where it is no magic.
        text, opaque = _without_magics(text)
        try:
            tree = _parse(text)
        except NotPython as trouble:
            return Part(index, None, opaque=True, trouble=trouble)
    return Part(index, tree, opaque or _reaches_names(tree))


def _parse(text: str) -> ast.Module:
    try:
        return parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        message = getattr(error, "msg", None) or str(error)
        raise NotPython(message, getattr(error, "lineno", None) or 0) from error


def _plain(source: str) -> tuple[str | None, bool]:
    """Take a cell magic off; None is left where the cell is in another language."""
    lines = source.splitlines()
    first = next((number for number, line in enumerate(lines) if line.strip()), None)
    if first is None or not lines[first].startswith("%%"):
        return source, False
    name, _, rest = lines[first][2:].strip().partition(" ")
    if name not in _PYTHON_BODIES:
        return None, name not in _FOREIGN_BODIES
    target = rest.strip()
    lines[first] = f"{target} = None" if name == "capture" and target.isidentifier() else "pass"
    return "\n".join(lines), False


def _without_magics(source: str) -> tuple[str, bool]:
    read = [_line(line) for line in source.splitlines()]
    return "\n".join(line for line, _ in read), any(opaque for _, opaque in read)


def _line(line: str) -> tuple[str, bool]:
    """Return a line without its magic, and whether that may have defined names."""
    if found := _HELP.match(line):
        return f"{found['indent']}pass", False
    found = _MAGIC.match(line)
    if found is None:
        return line, False
    indent, target = found["indent"], found["target"]
    if target:
        return f"{indent}{target} = None", False
    if found["sign"] != "%":
        return f"{indent}pass", False
    name, _, rest = found["rest"].strip().partition(" ")
    if name == "time":
        return indent + (rest or "pass"), False
    return f"{indent}pass", name not in _HARMLESS


def _reaches_names(tree: ast.Module) -> bool:
    """Say whether code may define names by other means than statements."""
    called = (call.func for call in calls_of(tree))
    return any(
        (isinstance(one, ast.Name) and one.id in _REACHES_NAMES)
        or (isinstance(one, ast.Attribute) and one.attr in _REACHES_SHELL)
        for one in called
    )
