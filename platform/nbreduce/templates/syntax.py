"""Python's own parser, for one thread at a time.

Two threads that parse at once can meet a `SystemError` ("AST constructor recursion depth mismatch") in CPython 3.11,
which keeps that depth for the whole process (python/cpython issue 106905).
"""

import ast
from threading import Lock

_lock = Lock()


def parse(source: str) -> ast.Module:
    """Parse statements; raises what `ast.parse` does."""
    with _lock:
        return ast.parse(source)


def parse_expression(source: str) -> ast.Expression:
    """Parse one expression; raises what `ast.parse` does."""
    with _lock:
        return ast.parse(source, mode="eval")
