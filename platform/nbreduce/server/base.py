"""What every handler of the API is made of."""

import json
import sys
from http import HTTPStatus
from typing import Any, get_origin

from jupyter_core.utils import ensure_async
from jupyter_server.auth.identity import IdentityProvider, PasswordIdentityProvider
from jupyter_server.base.handlers import APIHandler, JupyterHandler
from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticSerializationError
from tornado import web

from nbreduce.domain.errors import NbreduceError
from nbreduce.server.context import ServerContext
from nbreduce.server.errors import BadRequest, ErrorAnswer, answer_of, status_of, unreadable
from nbreduce.submission import current_user
from nbreduce.workspace import Workspace

RESOURCE = "nbreduce"
MAX_BODY = 1_000_000
METHODS = ("get", "post", "put", "patch", "delete")
_RETRY_AFTER = 5
# Of Jupyter's own: its token, its cross-site check, and whether a request counts as somebody's presence.
_NOT_OURS = {"token", "_xsrf", "no_track_activity"}


class WorkspaceMixin(JupyterHandler):
    """A handler's way to the workspace."""

    auth_resource = RESOURCE

    @property
    def shared(self) -> ServerContext:
        """What all handlers share."""
        context: ServerContext = self.settings["nbreduce"]
        return context

    @property
    def workspace(self) -> Workspace:
        """The workspace; see `ServerContext.workspace`."""
        return self.shared.workspace

    @property
    def person(self) -> str:
        """Who asks: as the hub names people, or else whom this server runs as.

        A token of Jupyter's own says that someone may connect, not who it is.
        """
        if type(self.identity_provider) in {IdentityProvider, PasswordIdentityProvider}:
            return current_user()
        return str(self.current_user.username)

    async def require(self, action: str, resource: str = RESOURCE) -> None:
        """Let the server's authoriser decide, as `@authorized` does, where there is no such decorator.

        Raises
        ------
        HTTPError
            Who asks may not: 403.
        """
        allowed = self.authorizer.is_authorized(self, self.current_user, action, resource)
        if not await ensure_async(allowed):
            raise web.HTTPError(403, f"not authorised to {action} {resource}")

    async def require_kernels(self) -> None:
        """Require what Jupyter requires of who starts a kernel and executes code in it; see `require`."""
        for action in ("write", "execute"):
            await self.require(action, "kernels")


class ResourceHandler(WorkspaceMixin, APIHandler):
    """Reads requests, and writes answers and errors, as JSON."""

    def read_query(self, model: type[BaseModel]) -> Any:
        """Read the query.

        Raises
        ------
        BadRequest
            It holds something that is not known or not allowed.
        """
        given: dict[str, Any] = {}
        for name in self.request.query_arguments:
            # JupyterLab adds the time, as a name without a value, to get past caches.
            if name in _NOT_OURS or name.isdigit():
                continue
            values = self.get_query_arguments(name)
            field = model.model_fields.get(name)
            many = field is not None and get_origin(field.annotation) is tuple
            given[name] = values if many else values[-1]
        try:
            return model.model_validate(given)
        except ValidationError as error:
            raise unreadable("query", error) from error

    def read_body(self, model: type[BaseModel]) -> Any:
        """Read the JSON body.

        Raises
        ------
        BadRequest
            It is too large, no JSON, or holds something that is not known or not allowed.
        """
        if len(self.request.body) > MAX_BODY:
            raise BadRequest(f"the body is larger than {MAX_BODY // 1000} kB", status=413)
        try:
            # Not `json.loads`: that takes halves of characters, which nothing after it can write.
            return model.model_validate_json(self.request.body or b"{}")
        except ValidationError as error:
            raise unreadable("body", error) from error

    def answer(self, result: BaseModel, status: int = 200) -> None:
        """Write a good answer."""
        self.set_status(status)
        self.finish(as_json(result))

    @classmethod
    def known_methods(cls) -> tuple[str, ...]:
        """The HTTP methods that it takes."""
        return tuple(name.upper() for name in METHODS if hasattr(getattr(cls, name), "operation"))

    def log_exception(self, kind: Any, error: Any, traceback: Any) -> None:
        """Log what is no answer in itself."""
        if not isinstance(error, NbreduceError):
            super().log_exception(kind, error, traceback)

    def send_error(self, status_code: int = 500, **details: Any) -> None:
        """Give an error of ours its own status."""
        error = _error_of(details)
        super().send_error(status_of(error) if error else status_code, **details)

    def write_error(self, status_code: int, **details: Any) -> None:
        """Write an error as JSON."""
        self.set_header("Content-Type", "application/json")
        error = _error_of(details)
        words = _words(status_code, details)
        answer = ErrorAnswer(message=words) if error is None else answer_of(error)
        if status_code == 503:
            self.set_header("Retry-After", str(_RETRY_AFTER))
        if status_code == 405:
            self.set_header("Allow", ", ".join(self.known_methods()))
        self.finish(as_json(answer))


class NothingHere(ResourceHandler):
    """Answers every address that is none."""

    async def prepare(self, **options: Any) -> None:
        """Say so."""
        await super().prepare(**options)
        raise web.HTTPError(404, "there is nothing at this address")


def as_json(model: BaseModel) -> str:
    """Return a model in JSON. Names of files that are no text in UTF-8 are told in JSON's own escapes."""
    try:
        return model.model_dump_json(by_alias=True)
    except PydanticSerializationError:
        return json.dumps(model.model_dump(mode="json", by_alias=True))


def read_id(text: str) -> int | None:
    """Read the id of something in an address, None where it is none that a database has."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _error_of(details: dict[str, Any]) -> NbreduceError | None:
    error = details.get("exc_info", sys.exc_info())[1]
    return error if isinstance(error, NbreduceError) else None


def _words(status: int, details: dict[str, Any]) -> str:
    error = details.get("exc_info", (None, None))[1]
    if isinstance(error, web.HTTPError) and error.log_message:
        return str(error.log_message)
    return HTTPStatus(status).phrase
