"""What a trigger is, and what it is given."""

from collections.abc import Iterable
from pathlib import Path
from threading import Event
from typing import Annotated, ClassVar, Protocol

from pydantic import AfterValidator, Field, ValidationInfo

from nbreduce.domain.model import Model
from nbreduce.domain.run import FileStamp, Report


class Sink(Protocol):
    """Where a trigger's reports go."""

    def report(self, report: Report) -> None:
        """Take a report; it is durable when this returns, and only then may its source be told so."""

    def known_files(self, instrument: str) -> dict[Path, FileStamp]:
        """Return the files of an instrument that were reported before, by the reported path, as they were then."""

    def last_run_number(self, instrument: str, trigger: str) -> int | None:
        """Return the run number of an instrument that a trigger reported last (not the highest), if any was."""

    def warn(self, trigger: str, message: str) -> None:
        """Tell people of something odd that is not a run."""


def _in_workspace(path: Path, info: ValidationInfo) -> Path:
    workspace = (info.context or {}).get("workspace") or Path.cwd()
    return Path(workspace) / path.expanduser()


WorkspacePath = Annotated[Path, AfterValidator(_in_workspace)]
"""A path in settings: absolute once validated; relative ones are taken from the workspace."""


class TriggerSettings(Model):
    """What every entry under `[[triggers]]` has."""

    kind: str = Field(description="Which trigger: its name in the entry-point group.")
    instrument: str = Field(min_length=1, description="The instrument whose runs it reports.")

    @property
    def folders(self) -> tuple[Path, ...]:
        """Folders in which the files of its runs are."""
        return ()


class Trigger(Protocol):
    """A source of reports, run in a thread of its own.

    A trigger's class is registered in the entry-point group `nbreduce.triggers`. It is built from its settings, the
    instrument's file prefixes and the zero padding of its file names.
    """

    Settings: ClassVar[type[TriggerSettings]]

    def __init__(
        self, settings: TriggerSettings, prefixes: Iterable[str], padding: int
    ) -> None: ...

    def run(self, sink: Sink, stop: Event) -> None:
        """Report runs until `stop` is set."""
