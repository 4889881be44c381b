"""The error that people see."""

from typing import ClassVar


class NbreduceError(Exception):
    """Something went wrong that a person can act on.

    Parameters
    ----------
    message:
        What happened, and to what.
    hint:
        What to do next; empty where nothing can be advised.

    Attributes
    ----------
    exit_code:
        What a command ends with: 2 where it was used wrongly, 1 where its work failed.
    """

    exit_code: ClassVar[int] = 2

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}. {self.hint}" if self.hint else self.message


class Unavailable(NbreduceError):
    """Something outside that cannot be used just now, and will be back: what needs it waits and tries again."""

    exit_code = 1


class NotFound(NbreduceError):
    """Something that was named and is not there."""


class Conflict(NbreduceError):
    """Something that cannot be done to a thing as it now is."""
