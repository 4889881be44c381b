"""How errors are told over HTTP."""

from pydantic import ValidationError

from nbreduce.catalogue.core import CatalogueError
from nbreduce.domain.errors import Conflict, NbreduceError, NotFound, Unavailable
from nbreduce.domain.model import Model

_STATUS: tuple[tuple[type[NbreduceError], int], ...] = (
    (NotFound, 404),
    (Conflict, 409),
    (Unavailable, 503),
    (CatalogueError, 503),
    (NbreduceError, 422),
)


class Problem(Model):
    """One thing that is wrong with what was asked: `where` names the field or parameter."""

    where: str
    message: str


class ErrorAnswer(Model):
    """What is answered instead: what happened, and what to do next."""

    message: str
    hint: str = ""
    problems: tuple[Problem, ...] = ()


class BadRequest(NbreduceError):
    """A request that cannot be read.

    Parameters
    ----------
    status:
        HTTP status of the answer.
    """

    def __init__(self, message: str, problems: tuple[Problem, ...] = (), status: int = 400) -> None:
        super().__init__(message)
        self.problems = problems
        self.status = status


def status_of(error: NbreduceError) -> int:
    """Return the HTTP status that tells of an error."""
    if isinstance(error, BadRequest):
        return error.status
    return next(status for kind, status in _STATUS if isinstance(error, kind))


def answer_of(error: NbreduceError) -> ErrorAnswer:
    """Put an error into words."""
    found = getattr(error, "problems", ())
    problems = tuple(Problem(where=one.where, message=one.message) for one in found)
    return ErrorAnswer(message=error.message, hint=error.hint, problems=problems)


def unreadable(what: str, error: ValidationError) -> BadRequest:
    """Tell what is wrong with a body or a query."""
    problems = tuple(
        Problem(where=".".join(map(str, item["loc"])), message=item["msg"])
        for item in error.errors()[:50]
    )
    words = "; ".join(
        f"{one.where}: {one.message}" if one.where else one.message for one in problems[:5]
    )
    return BadRequest(f"the {what} cannot be used: {words}", problems)
