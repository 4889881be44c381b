"""One way to write a REST operation: what it takes and gives is declared, read, checked and documented."""

import inspect
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from jupyter_server.auth.decorator import authorized
from pydantic import BaseModel
from tornado import web

from nbreduce.domain.errors import NotFound, Unavailable
from nbreduce.domain.model import Model

Method = Callable[..., BaseModel] | Callable[..., Awaitable[BaseModel]]


class FilesUnavailable(Unavailable):
    """Files that cannot be read just now."""


class Nothing(Model):
    """A query that says nothing."""


@dataclass(frozen=True)
class Operation:
    """What a method of a route takes and gives.

    Attributes
    ----------
    query, body:
        Models of the query and of the JSON body; None takes none.
    answer:
        Model of the JSON answer; None answers with a file.
    status:
        HTTP status of a good answer.
    """

    summary: str
    query: type[BaseModel] | None
    body: type[BaseModel] | None
    answer: type[BaseModel] | None
    status: int


def operation(
    summary: str,
    answer: type[BaseModel],
    *,
    query: type[BaseModel] | None = None,
    body: type[BaseModel] | None = None,
    status: int = 200,
) -> Callable[[Method], Callable[..., Awaitable[None]]]:
    """Make a handler's method an authenticated, authorised operation.

    The method is called in a thread, or awaited where it is a coroutine, with the parts of its path as keyword
    arguments, and with `query` and `body` as read models where these are declared. What it returns is the answer.
    """
    told = Operation(summary, query, body, answer, status)

    def decorate(method: Method) -> Callable[..., Awaitable[None]]:
        async def handle(self: Any, **arguments: str) -> None:
            given: dict[str, Any] = dict(arguments)
            refuse_unprintable(arguments)
            asked = self.read_query(query or Nothing)
            if query is not None:
                given["query"] = asked
            if body is not None:
                given["body"] = self.read_body(body)
            with told_of_files():
                if inspect.iscoroutinefunction(method):
                    result = await method(self, **given)
                else:
                    result = await self.shared.operations.run(method, self, **given)
            self.answer(result, status)

        handle.__doc__, handle.__name__ = method.__doc__, method.__name__
        wrapped: Any = web.authenticated(authorized(handle))
        wrapped.operation = told
        return wrapped  # type: ignore[no-any-return]

    return decorate


def refuse_unprintable(parts: Mapping[str, str]) -> None:
    """Raise `NotFound` for parts of an address that nothing is named by: PostgreSQL, for one, takes no NUL."""
    for part in parts.values():
        if any(ord(character) < 32 for character in part):
            raise NotFound(f"nothing has a name like {part[:100]!r}")


@contextmanager
def told_of_files() -> Iterator[None]:
    """Tell of a file system that does not do what it is asked: that is nobody's defect, and may be over soon.

    Raises
    ------
    FilesUnavailable
        In the place of any `OSError`.
    """
    try:
        yield
    except OSError as error:
        place = error.filename or "a file"
        raise FilesUnavailable(
            f"{place} cannot be used ({error.strerror or error})",
            "Mount it, or let the user whom this server runs as read it",
        ) from error
