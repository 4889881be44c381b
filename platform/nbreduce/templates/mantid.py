"""Calls of Mantid's algorithms, against the list of those that exist."""

import ast
import builtins
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from functools import cache
from importlib.resources import files

from nbreduce.templates.problem import Problem, Severity
from nbreduce.templates.source import Part, calls_of, names_bound

_MODULE = "mantid.simpleapi"
# What the functions of simpleapi take beside an algorithm's own properties.
_OF_ALL = {"Version", "StoreInADS", "EnableLogging", "Message", "startProgress", "endProgress"}
# These take properties of what they load, fit or evaluate.
_OPEN_ENDED = {
    *("Load", "LoadLiveData", "StartLiveData", "MonitorLiveData"),
    *("Fit", "EvaluateFunction", "CalculateChiSquared", "EstimateFitParameters"),
}
_TELLTALE = ("Workspace", "Workspaces", "Filename", "WorkspaceIndex")
_FACTORIES = {"create", "createUnmanaged", "createChildAlgorithm"}


@cache
def algorithms() -> dict[str, frozenset[str]]:
    """Return the algorithms with their properties; none where these are not known."""
    text = files("nbreduce.templates").joinpath("mantid_algorithms.txt").read_text("utf-8")
    pairs = (line.partition(": ") for line in text.splitlines() if not line.startswith("#"))
    return {name: frozenset(properties.split()) for name, _, properties in pairs}


def wrong_calls(parts: Sequence[Part]) -> list[Problem]:
    """List calls of algorithms, or with properties, that Mantid does not have."""
    trees = [(part.index, part.tree) for part in parts if part.tree is not None]
    names = _Names([tree for _, tree in trees])
    if not names.used:
        return []
    return [
        problem.model_copy(update={"cell": cell})
        for cell, tree in trees
        for problem in (*_imports(tree), *_calls(tree, names))
    ]


class _Names:
    """By which names a notebook reaches Mantid."""

    def __init__(self, trees: Sequence[ast.AST]) -> None:
        self.modules: set[str] = set()
        self.imported: dict[str, str] = {}
        self.everything = self.used = False
        others = False
        for node in (node for tree in trees for node in ast.walk(tree)):
            if isinstance(node, ast.Import):
                self._take_import(node)
            elif isinstance(node, ast.ImportFrom):
                others |= self._take_import_from(node)
        # A name that nothing here binds comes from a star import; of two, nobody knows which.
        self.bound = names_bound(trees) | set(dir(builtins))
        self.only_star = self.everything and not others

    def _take_import(self, node: ast.Import) -> None:
        for one in node.names:
            if one.name.partition(".")[0] == "mantid":
                self.used = True
            if one.name == _MODULE:
                self.modules.add(one.asname or _MODULE)

    def _take_import_from(self, node: ast.ImportFrom) -> bool:
        """Take note of an import; return whether it brings everything of another module."""
        module = node.module or ""
        self.used |= module.partition(".")[0] == "mantid"
        for one in node.names:
            if module == "mantid" and one.name == "simpleapi":
                self.modules.add(one.asname or one.name)
            elif module == _MODULE and one.name != "*":
                self.imported[one.asname or one.name] = one.name
        star = any(one.name == "*" for one in node.names)
        self.everything |= star and module == _MODULE
        return star and module.partition(".")[0] != "mantid"

    def algorithm(self, call: ast.Call) -> str | None:
        """Return the algorithm that a call is meant for, None where it is for none."""
        match call.func:
            case ast.Attribute(value=owner, attr=name) if ast.unparse(owner) in self.modules:
                return name
            case ast.Name(id=name) if name in self.imported:
                return self.imported[name]
            case ast.Name(id=name) if self.everything and name not in self.bound:
                return name if self.only_star or name in algorithms() else None
        return None


def _imports(tree: ast.AST) -> Iterator[Problem]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == _MODULE:
            for one in node.names:
                if _may_be_algorithm(one.name) and one.name not in algorithms():
                    yield _unknown(one.name, node.lineno, sure=False)


def _calls(tree: ast.AST, names: _Names) -> Iterator[Problem]:
    for call in calls_of(tree):
        if (made := _made_by_factory(call)) is not None:
            yield from _existence(made, call, sure=True)
            continue
        name = names.algorithm(call)
        if name is None or not _may_be_algorithm(name):
            continue
        if name in algorithms():
            yield from _properties(name, call)
        elif name not in names.imported.values():
            yield from _existence(name, call, sure=_takes_data(call))


def _made_by_factory(call: ast.Call) -> str | None:
    match call:
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="AlgorithmManager"), attr=attribute),
            args=[ast.Constant(value=str(name)), *_],
        ) if attribute in _FACTORIES:
            return name
    return None


def _existence(name: str, call: ast.Call, sure: bool) -> Iterator[Problem]:
    if name not in algorithms():
        yield _unknown(name, call.lineno, sure)


def _properties(name: str, call: ast.Call) -> Iterator[Problem]:
    known = algorithms()[name]
    if not known or name in _OPEN_ENDED:
        return
    for one in call.keywords:
        if one.arg is None or one.arg in known | _OF_ALL:
            continue
        near = get_close_matches(one.arg, known, 1, 0.75)
        yield Problem(
            message=f"Mantid's {name} has no property {one.arg}",
            hint=f"Did you mean {near[0]}?" if near else _listing(known),
            # A misspelt property fails for certain. One that is like no other may be newer than the list.
            severity=Severity.ERROR if near else Severity.WARNING,
            line=call.lineno,
        )


def _listing(known: frozenset[str]) -> str:
    shown = ", ".join(sorted(known)[:12])
    return f"It has {shown}{', …' if len(known) > 12 else ''}; a newer Mantid may have more"


def _unknown(name: str, line: int, sure: bool) -> Problem:
    close = get_close_matches(name, algorithms(), 3, 0.75)
    # FitGaussian is close to Gaussian too, which may be meant: a function to fit.
    near = [one for one in close if abs(len(one) - len(name)) <= 1]
    return Problem(
        message=f"Mantid has no algorithm {name}",
        hint=f"Did you mean {near[0]}?"
        if near
        else "Look it up in Mantid's documentation of algorithms",
        severity=Severity.ERROR if near or sure else Severity.WARNING,
        line=line,
    )


def _may_be_algorithm(name: str) -> bool:
    """Say whether a name looks like an algorithm's; helpers of simpleapi (mtd, config) are written small."""
    return name[:1].isupper()


def _takes_data(call: ast.Call) -> bool:
    """Say whether a call is an algorithm's for certain: functions to fit are made by calls that look alike."""
    return any(one.arg is not None and one.arg.endswith(_TELLTALE) for one in call.keywords)
