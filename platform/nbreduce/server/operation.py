"""One way to write a REST operation: what it takes and gives is declared, read, checked and documented."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from jupyter_server.auth.decorator import authorized
from pydantic import BaseModel
from tornado import web


@dataclass(frozen=True)
class Operation:
    """What a method of a route takes and gives.

    Attributes
    ----------
    query, body:
        Models of the query and of the JSON body; None takes none.
    answer:
        Model of the JSON answer.
    status:
        HTTP status of a good answer.
    """

    summary: str
    query: type[BaseModel] | None
    body: type[BaseModel] | None
    answer: type[BaseModel]
    status: int


def operation(
    summary: str,
    answer: type[BaseModel],
    *,
    query: type[BaseModel] | None = None,
    body: type[BaseModel] | None = None,
    status: int = 200,
) -> Callable[[Callable[..., BaseModel]], Callable[..., Awaitable[None]]]:
    """Make a handler's method an authenticated, authorised operation.

    The method is called in a thread, with the parts of its path as keyword arguments, and with `query` and `body` as
    read models where these are declared. What it returns is the answer.
    """
    told = Operation(summary, query, body, answer, status)

    def decorate(method: Callable[..., BaseModel]) -> Callable[..., Awaitable[None]]:
        async def handle(self: Any, **arguments: str) -> None:
            given: dict[str, Any] = dict(arguments)
            if query is not None:
                given["query"] = self.read_query(query)
            if body is not None:
                given["body"] = self.read_body(body)
            result = await asyncio.to_thread(method, self, **given)
            self.answer(result, status)

        handle.__doc__, handle.__name__ = method.__doc__, method.__name__
        wrapped: Any = web.authenticated(authorized(handle))
        wrapped.operation = told
        return wrapped  # type: ignore[no-any-return]

    return decorate
