"""Files as answers: whole, by their name, and never shown by the browser."""

from collections.abc import Awaitable, Callable
from mimetypes import guess_type
from os import SEEK_END
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote

from jupyter_server.auth.decorator import authorized
from tornado import web
from tornado.iostream import StreamClosedError

from nbreduce.server.operation import Nothing, Operation, refuse_unprintable, told_of_files

_BLOCK = 1 << 20
# Whatever a browser might run stays a stream of bytes.
_HARMLESS = {
    "application/gzip",
    "application/json",
    "application/pdf",
    "application/yaml",
    "image/jpeg",
    "image/png",
    "image/tiff",
    "text/csv",
    "text/plain",
    "text/tab-separated-values",
}
_OWN = {".yml": "application/yaml", ".yaml": "application/yaml", ".log": "text/plain"}


def download(summary: str) -> Callable[[Callable[..., Path]], Callable[..., Awaitable[None]]]:
    """Make a handler's method an authenticated, authorised operation that sends a file.

    The method is called in a thread, with the parts of its path as keyword arguments, and returns the file.
    """

    def decorate(method: Callable[..., Path]) -> Callable[..., Awaitable[None]]:
        async def handle(self: Any, **arguments: str) -> None:
            refuse_unprintable(arguments)
            self.read_query(Nothing)
            with told_of_files():
                path = await self.shared.operations.run(method, self, **arguments)
                stream = await self.shared.operations.run(path.open, "rb")
            with stream:
                await _send(self, path.name, stream)

        handle.__doc__, handle.__name__ = method.__doc__, method.__name__
        wrapped: Any = web.authenticated(authorized(handle))
        wrapped.operation = Operation(summary, None, None, None, 200)
        return wrapped  # type: ignore[no-any-return]

    return decorate


def type_of(name: str) -> str:
    """Return the media type that a file is sent as."""
    found, encoding = guess_type(name, strict=False)
    if encoding is not None:
        return "application/gzip" if encoding == "gzip" else "application/octet-stream"
    known = _OWN.get(Path(name).suffix.lower(), found)
    if known not in _HARMLESS:
        return "application/octet-stream"
    return f"{known}; charset=utf-8" if known.startswith("text/") else known


def disposition_of(name: str) -> str:
    """Return the header by which a browser saves a file under its own name, in any script."""
    plain = "".join(one if one.isascii() and one.isprintable() else "_" for one in name)
    plain = plain.replace("\\", "_").replace('"', "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


async def _send(handler: Any, name: str, stream: BinaryIO) -> None:
    size = await handler.shared.operations.run(stream.seek, 0, SEEK_END)
    stream.seek(0)
    handler.set_header("Content-Type", type_of(name))
    handler.set_header("Content-Disposition", disposition_of(name))
    handler.set_header("Content-Length", str(size))
    handler.set_header("X-Content-Type-Options", "nosniff")
    try:
        await handler.flush()
        while block := await handler.shared.operations.run(stream.read, _BLOCK):
            handler.write(block)
            await handler.flush()
    except StreamClosedError:
        # Whoever asked has left; there is nobody to tell.
        return
    handler.finish(set_content_type=type_of(name))
