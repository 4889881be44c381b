"""A stand-in for the display machinery of a kernel."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from nbreduce_kernel import _display


@dataclass(frozen=True)
class Message:
    """One display message."""

    bundle: dict[str, Any]
    display_id: str | None
    update: bool


@dataclass
class Screen:
    """Collects what a notebook would be sent."""

    messages: list[Message] = field(default_factory=list)

    def emit(
        self, bundle: dict[str, Any], *, display_id: str | None = None, update: bool = False
    ) -> None:
        """Take one message."""
        self.messages.append(Message(dict(bundle), display_id, update))

    @property
    def last(self) -> Message:
        """The newest message."""
        return self.messages[-1]


def install(monkeypatch: pytest.MonkeyPatch) -> Screen:
    """Collect all display messages from here on."""
    screen = Screen()
    monkeypatch.setattr(_display, "emit", screen.emit)
    return screen
