"""Names that a notebook uses and that nothing in it defines."""

import ast
import builtins
import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from difflib import get_close_matches

from nbreduce.templates.problem import Problem
from nbreduce.templates.source import Part, names_bound

_GIVEN_BY_IPYTHON = {
    *("get_ipython", "display", "In", "Out", "exit", "quit", "open"),
    *("_", "__", "___", "_i", "_ii", "_iii", "_ih", "_oh", "_dh", "_sh"),
}
_FIRST = "Define or import it in a cell above this one"
_NUMBERED = re.compile(r"_i?\d+")


def undefined_names(parts: Sequence[Part]) -> list[Problem]:
    """List names that are used before anything defines them, when the cells run from top to bottom.

    Nothing is said where that cannot be known: a cell that is not Python, ``import *``, or magics and calls that
    may define names of their own.
    """
    if any(part.opaque for part in parts):
        return []
    trees = [part.tree for part in parts if part.tree is not None]
    known = sorted(names_bound(trees) | set(dir(builtins)))
    problems = []
    for name, cell, line in _undefined(parts):
        near = get_close_matches(name, known, 1, 0.75)
        problems.append(
            Problem(
                message=f"{name} is not defined here or above",
                hint=f"Did you mean {near[0]}?" if near and near[0] != name else _FIRST,
                cell=cell,
                line=line,
            )
        )
    return problems


def _undefined(parts: Sequence[Part]) -> Iterator[tuple[str, int, int]]:
    """Give each such name once for each cell, with the cell's index and the line in it."""
    from pyflakes.checker import Checker
    from pyflakes.messages import UndefinedName

    try:
        whole, starts = _joined(parts)
        found = Checker(whole, builtins=_GIVEN_BY_IPYTHON).messages
    except RecursionError:
        # Nested deeper than a person writes; the kernel will say so.
        return
    seen: set[tuple[str, int]] = set()
    for one in sorted(found, key=lambda message: message.lineno):
        if not isinstance(one, UndefinedName) or _NUMBERED.fullmatch(one.message_args[0]):
            continue
        name = str(one.message_args[0])
        start, cell = max(begin for begin in starts if begin[0] < one.lineno)
        if (name, cell) not in seen:
            seen.add((name, cell))
            yield name, cell, one.lineno - start


def _joined(parts: Sequence[Part]) -> tuple[ast.Module, list[tuple[int, int]]]:
    """Put cells under each other; return where each begins: lines before it, and its index."""
    body: list[ast.stmt] = []
    starts: list[tuple[int, int]] = []
    lines = 0
    for part in parts:
        if part.tree is None:
            continue
        starts.append((lines, part.index))
        moved = ast.increment_lineno(deepcopy(part.tree), lines)
        body += moved.body
        lines = max((statement.end_lineno or 0 for statement in moved.body), default=lines)
    return ast.Module(body=body, type_ignores=[]), starts
