"""The trigger that watches a folder: by events of the operating system and by looking again and again.

Events are fast but do not come from network mounts (inotify sees only what happens on this machine), so the folder is
also scanned periodically. Both lead to the same decision, `Ledger.news`.
"""

import os
import stat
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from string import Formatter
from threading import Event
from typing import ClassVar

from pydantic import AwareDatetime, Field, field_validator

from nbreduce.domain.run import Report
from nbreduce.triggers.base import Sink, TriggerSettings, WorkspacePath
from nbreduce.triggers.ledger import Ledger, visible
from nbreduce.triggers.matching import Matcher
from nbreduce.triggers.scanning import Found, Scanner

TICK = 0.25
STEP_MS = 5
DEBOUNCE_MS = 200
RETRY_EVENTS = 30.0

Home = tuple[int, int]


class DirectorySettings(TriggerSettings):
    """Settings of the trigger of kind "directory"."""

    path: WorkspacePath = Field(description="The folder to watch; relative to the workspace.")
    pattern: str = Field(
        default="**/*.nxs",
        description="Which files in it are runs: '*' within a name, '**' any folders; .nxs also means .NXS.",
    )
    sentinel: str | None = Field(
        default=None,
        description="Name of a file beside the run's file that is made when that is finished, such as '{stem}.done'; "
        "{stem} and {name} stand for the run's file without and with its suffix.",
    )
    poll_interval: float = Field(
        default=5.0,
        gt=0,
        description="Seconds between two looks into the folder, for network mounts that send no events.",
    )
    since: AwareDatetime | None = Field(
        default=None, description="Files last changed before this time (with its zone) are ignored."
    )

    @property
    def folders(self) -> tuple[Path, ...]:
        """Folders in which the files of its runs are."""
        return (self.path,)

    @field_validator("pattern")
    @classmethod
    def _is_pattern(cls, pattern: str) -> str:
        Matcher(pattern)
        return pattern

    @field_validator("sentinel")
    @classmethod
    def _is_template(cls, sentinel: str | None) -> str | None:
        if sentinel is not None:
            fields = {field for _, field, _, _ in Formatter().parse(sentinel) if field is not None}
            if not fields or not fields <= {"stem", "name"}:
                raise ValueError(
                    "must hold {stem} or {name}, and no other field, such as '{stem}.done'"
                )
        return sentinel


class DirectoryTrigger:
    """Reports files that appear in a folder, or change there, as soon as they are seen.

    Parameters
    ----------
    settings:
        Its settings.
    prefixes:
        Not used: the pattern says which files are runs.
    padding:
        Not used.
    """

    Settings: ClassVar[type[TriggerSettings]] = DirectorySettings

    def __init__(
        self, settings: TriggerSettings, prefixes: Iterable[str] = (), padding: int = 0
    ) -> None:
        assert isinstance(settings, DirectorySettings)
        self._settings = settings

    def run(self, sink: Sink, stop: Event) -> None:
        """Report files until `stop` is set."""
        _Watch(self._settings, sink, stop).run()


class _Watch:
    """One run of the trigger."""

    def __init__(self, settings: DirectorySettings, sink: Sink, stop: Event) -> None:
        self._settings = settings
        self._sink = sink
        self._stop = stop
        self._root = os.path.abspath(settings.path)  # noqa: PTH100 - keeps links
        self._tick = min(settings.poll_interval, TICK)
        self._matcher = Matcher(settings.pattern)
        self._warned: set[str] = set()
        self._scanner = Scanner(self._root, self._matcher, self._warn_once)
        self._ledger = Ledger(sink.known_files(settings.instrument), settings.since)

    def run(self) -> None:
        missing = f"the folder {visible(self._root)} is not there; waiting for it"
        while not self._stop.is_set():
            home = self._home()
            if home is None:
                self._warn_once(missing)
                self._stop.wait(self._tick)
                continue
            self._warned.discard(missing)
            self._report(self._scanner.scan())
            self._follow(home)

    def _follow(self, home: Home) -> None:
        """Report what happens in the folder until it goes away or another takes its place."""
        due = 0.0
        for paths in self._events():
            if self._root in paths or self._home() != home:
                return
            if time.monotonic() >= due:
                self._report(self._scanner.scan())
                due = time.monotonic() + self._settings.poll_interval
            elif paths:
                self._report(item for path in paths for item in self._scanner.look(path))

    def _events(self) -> Iterator[set[str]]:
        """Yield the paths at which something happened; an empty set at a tick without events."""
        from watchfiles import watch

        try:
            changes = watch(
                self._root,
                watch_filter=None,
                debounce=DEBOUNCE_MS,
                step=STEP_MS,
                stop_event=self._stop,
                rust_timeout=max(1, int(self._tick * 1000)),
                yield_on_timeout=True,
                recursive=self._matcher.depth != 1,
                ignore_permission_denied=True,
            )
            for batch in changes:
                yield {path for _, path in batch}
        except FileNotFoundError:
            return
        except (OSError, RuntimeError) as error:
            every = f"looking every {self._settings.poll_interval:g} s"
            self._warn_once(f"no events from {visible(self._root)} ({error}); {every}")
            until = time.monotonic() + RETRY_EVENTS
            while time.monotonic() < until and not self._stop.wait(self._tick):
                yield set()

    def _report(self, found: Iterable[Found]) -> None:
        news = self._ledger.news(found)
        if any(self._ledger.is_changed(item) for item in news):
            self._ledger.learn(self._sink.known_files(self._settings.instrument))
        for item in news:
            if self._stop.is_set():
                return
            if self._ledger.is_new(item) or self._ledger.is_changed(item):
                self._report_one(item)

    def _report_one(self, item: Found) -> None:
        path, template = Path(item.path), self._settings.sentinel
        if visible(item.path) != item.path:
            self._warn_once(f"the name of {visible(item.path)} is not UTF-8; rename the file")
        name = template.format(stem=path.stem, name=path.name) if template else None
        self._sink.report(
            Report(
                trigger=self._settings.kind,
                instrument=self._settings.instrument,
                path=path,
                sentinel=path.parent / name if name else None,
            )
        )
        self._ledger.reported(item)

    def _home(self) -> Home | None:
        """Return what identifies the folder, None while it is not there."""
        try:
            status = Path(self._root).stat()
        except OSError:
            return None
        return (status.st_dev, status.st_ino) if stat.S_ISDIR(status.st_mode) else None

    def _warn_once(self, message: str) -> None:
        if message not in self._warned:
            self._warned.add(message)
            self._sink.warn(self._settings.kind, message)
