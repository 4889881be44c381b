"""Files that a notebook writes and does not declare as outputs."""

import ast
from collections.abc import Iterable, Iterator, Sequence

from nbreduce.templates.problem import Problem, Severity
from nbreduce.templates.source import Part, calls_of

_DECLARE = {"keep", "publish", "scratch"}
# Calls by the name of what is called, with the position of the path among the arguments.
_METHODS = {
    **dict.fromkeys(("to_csv", "to_excel", "to_hdf", "to_hdf5", "to_json", "to_parquet"), 0),
    **dict.fromkeys(("savefig", "save_hdf5", "savetxt", "savez", "savez_compressed"), 0),
}
_OPENERS = {"open": 1, "File": 1}
_OWN_PATH = {"write_text", "write_bytes"}
_WRITING = frozenset("wax+")


def undeclared_writes(parts: Sequence[Part]) -> list[Problem]:
    """List calls that write a file which is named there and declared nowhere.

    Nothing is said of files whose names are made while the notebook runs, nor at all where such a one is declared.
    """
    trees = [(part.index, part.tree) for part in parts if part.tree is not None]
    values = _values(tree for _, tree in trees)
    declared: set[str | None] = {
        _file_name(call.args[0], values)
        for _, tree in trees
        for call in calls_of(tree)
        if call.args and _called(call) in _DECLARE
    }
    if None in declared:
        return []
    problems = []
    for cell, tree in trees:
        for call, path in _writes(tree):
            name = _file_name(path, values)
            if name is not None and name not in declared:
                problems.append(_problem(name, cell, call.lineno))
    return problems


def _problem(name: str, cell: int, line: int) -> Problem:
    return Problem(
        message=f"{name} is written but not declared as an output",
        hint="Declare it with keep, publish or scratch of nbreduce_kernel once it is written",
        severity=Severity.WARNING,
        cell=cell,
        line=line,
    )


def _values(trees: Iterable[ast.AST]) -> dict[str, ast.expr | None]:
    """Map names to what they are assigned; None where that happens more than once."""
    values: dict[str, ast.expr | None] = {}
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target, value = node.targets[0], node.value
        elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value is not None:
            target, value = node.target, node.value
        else:
            continue
        if isinstance(target, ast.Name):
            values[target.id] = None if target.id in values else value
    return values


def _writes(tree: ast.AST) -> Iterator[tuple[ast.Call, ast.expr]]:
    """Give each call that writes a file, and the expression of its path."""
    for call in calls_of(tree):
        name = _called(call)
        method = call.func if isinstance(call.func, ast.Attribute) else None
        if name in _METHODS and len(call.args) > _METHODS[name]:
            yield call, call.args[_METHODS[name]]
        elif name in _OWN_PATH and method is not None:
            yield call, method.value
        elif name in _OPENERS and _is_for_writing(call, method):
            yield call, method.value if name == "open" and method is not None else call.args[0]
        elif name.startswith("Save"):
            yield from ((call, one.value) for one in call.keywords if one.arg == "Filename")


def _is_for_writing(call: ast.Call, method: ast.Attribute | None) -> bool:
    """Say whether a call of ``open(path, mode)``, ``path.open(mode)`` or ``h5py.File(path, mode)`` writes."""
    is_path_method = method is not None and method.attr == "open"
    place = 0 if is_path_method else 1
    if not is_path_method and not call.args:
        return False
    given = [one.value for one in call.keywords if one.arg == "mode"] + call.args[place : place + 1]
    mode = given[0] if given else None
    if not isinstance(mode, ast.Constant) or not isinstance(mode.value, str):
        return False
    return bool(_WRITING & set(mode.value))


def _called(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _file_name(node: ast.expr, values: dict[str, ast.expr | None], depth: int = 5) -> str | None:
    """Return the name of the file that an expression is the path of, None where it is not written there."""
    match node:
        case ast.Constant(value=str(text)):
            return text.replace("\\", "/").rstrip("/").rpartition("/")[2] or None
        case ast.Name(id=name) if depth and values.get(name) is not None:
            return _file_name(values[name] or node, values, depth - 1)
        case ast.BinOp(op=ast.Div(), right=right):
            return _file_name(right, values, depth)
        case ast.Call(args=[*_, last]) if _called(node) in {"Path", "join", "joinpath", "str"}:
            return _file_name(last, values, depth)
    return None
