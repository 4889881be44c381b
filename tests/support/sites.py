"""Workspaces for tests, with an instrument of their own and services that run in processes of their own."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from data.hostile import write_run
from nbreduce.catalogue import events, reductions, runs
from nbreduce.catalogue.listing import ReductionFilter, RunFilter, list_reductions, list_runs
from nbreduce.domain.events import Event
from nbreduce.domain.reduction import Reduction, Run
from nbreduce.domain.states import ENDED, State
from nbreduce.workspace import Workspace
from support.commands import Told, nbreduce
from support.notebooks import save, work
from support.services import Service
from support.waiting import PATIENCE, wait_for

DEMO = "DEMO"
ONE_WORKER: dict[str, dict[str, Any]] = {"execution": {"workers": 1}}


class Site:
    """A workspace in a folder, with the instrument DEMO, its data folder, and one template `work`.

    Parameters
    ----------
    folder:
        Where it is made.
    settings:
        More tables of `nbreduce.toml`, by name.
    triggers:
        Entries of `[[triggers]]`; a watched data folder where None.
    """

    def __init__(
        self,
        folder: Path,
        settings: dict[str, dict[str, Any]] | None = None,
        triggers: list[dict[str, Any]] | None = None,
    ) -> None:
        self.path = folder
        self.data = folder / "data"
        self.templates = folder / "notebook_templates"
        self.data.mkdir(parents=True)
        self.settings = {
            "archive": {"path": "archive"},
            "intake": {"stable_for": 0.3, "give_up_after": 1.0},
            "execution": {"workers": 2, "grace": 5.0, "retry_delay": 0.1},
            "manifests": {"ask_index": False},
            # Tests look at each kernel that works in their workspace; those of takeover keep some.
            "kernels": {"keep_for": 0},
        }
        for name, values in (settings or {}).items():
            self.settings[name] = {**self.settings.get(name, {}), **values}
        self.triggers = [watch(self.data)] if triggers is None else triggers
        self.configure()
        self.instrument(DEMO)
        save(work(), self.templates / DEMO / "work.ipynb")

    def configure(self, extra: str = "") -> None:
        """Write `nbreduce.toml`."""
        parts = [extra]
        for name, values in self.settings.items():
            parts.append(f"[{name}]\n" + _lines(values))
        parts += ["[[triggers]]\n" + _lines(entry) for entry in self.triggers]
        (self.path / "nbreduce.toml").write_text("\n".join(parts), encoding="utf-8")

    def instrument(self, key: str, text: str = "") -> Path:
        """Make an instrument's folder."""
        folder = self.templates / key
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "instrument.toml").write_text(f'name = "{key}"\n{text}', encoding="utf-8")
        return folder

    def measure(self, number: int, folder: Path | None = None, prefix: str = DEMO) -> Path:
        """Write a good run as a facility does: under a temporary name, then renamed."""
        path = (folder or self.data) / f"{prefix}{number:08d}.nxs"
        part = write_run(path.with_name(f".{path.name}.part"), number)
        part.rename(path)
        return path

    def aside(self) -> Path:
        """Return a folder that no trigger looks into."""
        folder = self.path / "aside"
        folder.mkdir(exist_ok=True)
        return folder

    @contextmanager
    def serving(self, **variables: str) -> Iterator[Service]:
        """Run `nbreduce up` on it; it must stop at the end, with exit code 0 and nothing left running."""
        service = Service(self.path, variables)
        try:
            service.wait_until_serving()
            yield service
            if service.running:
                service.stop()
        finally:
            service.kill_all()

    def cli(self, *arguments: str | Path, **options: Any) -> Told:
        """Run a command on it."""
        return nbreduce(*arguments, "-w", self.path, **options)

    def workspace(self) -> Workspace:
        """Open it in this process."""
        return Workspace.load(self.path)

    @contextmanager
    def catalogue(self) -> Iterator[Any]:
        """Open a reading session on its catalogue."""
        catalogue = self.workspace().catalogue
        try:
            with catalogue.read() as session:
                yield session
        finally:
            catalogue.close()

    def runs(self, instrument: str | None = None) -> list[Run]:
        """Return its runs, newest first."""
        with self.catalogue() as session:
            return list(list_runs(session, RunFilter(instrument=instrument)))

    def run(self, name: str, instrument: str | None = None) -> Run | None:
        """Return a run by name, None while it is not there."""
        return next((run for run in self.runs(instrument) if run.name == name), None)

    def reductions(self, state: State | None = None) -> list[Reduction]:
        """Return its reductions, newest first."""
        with self.catalogue() as session:
            return list(
                list_reductions(session, ReductionFilter(state=() if state is None else (state,)))
            )

    def reduction(self, name: str) -> Reduction | None:
        """Return a reduction, None while it is not there."""
        with self.catalogue() as session:
            return reductions.find_reduction(session, name)

    def events(self) -> list[Event]:
        """Return all events, oldest first."""
        with self.catalogue() as session:
            return list(events.events_after(session, 0, 100_000))

    def warnings(self) -> str:
        """Return the messages of all warnings."""
        return "\n".join(str(one.data["message"]) for one in self.events() if one.kind == "warning")

    def wait_for_run(self, name: str, patience: float = PATIENCE, **where: Any) -> Run:
        """Wait until a run is known."""
        return wait_for(lambda: self.run(name, **where), f"run {name} in {self.path}", patience)

    def wait_for_state(self, name: str, *states: State, patience: float = PATIENCE) -> Reduction:
        """Wait until a reduction is in one of some states; any end by default."""
        wanted = states or tuple(ENDED)

        def look() -> Reduction | None:
            found = self.reduction(name)
            if found and found.state in ENDED and found.state not in wanted:
                raise AssertionError(f"{name} {found.state} {found.failure} {found.reason}")
            return found if found and found.state in wanted else None

        return wait_for(look, f"{name} {wanted}", patience)

    def wait_until_at_the_gate(self, name: str) -> Reduction:
        """Wait until a reduction has read its run and waits for its gate."""
        running = self.wait_for_state(name, State.RUNNING)
        layout = self.workspace().archive.layout
        log = layout.staging(running, running.attempts[-1].number) / "execution.log"
        wait_for(lambda: log.exists() and "read " in log.read_text(), f"{name} has read its run")
        return running

    def wait_until(self, look: Callable[[], Any], what: str, patience: float = PATIENCE) -> Any:
        """Wait for anything."""
        return wait_for(look, what, patience)

    def folder_of(self, reduction: Reduction) -> Path:
        """Return a reduction's folder in the archive."""
        with self.catalogue() as session:
            run = runs.get_run(session, reduction.run_id)
        return self.workspace().archive.layout.reduction(run, reduction)

    def record(self, reduction: Reduction) -> dict[str, Any]:
        """Return the record in a reduction's notebook."""
        path = self.folder_of(reduction) / f"{reduction.name}.ipynb"
        found: dict[str, Any] = json.loads(path.read_bytes())["metadata"]["nbreduce"]
        return found

    def check_good_run(self, number: int) -> Reduction:
        """Measure a good run now, and see it succeed: the service goes on."""
        self.measure(number)
        return self.wait_for_state(f"{DEMO}{number}-work-v1", State.SUCCEEDED)

    def check_archive(self) -> None:
        """See that catalogue and archive say the same: each ended reduction has one folder, and there is no other."""
        ended = [one for one in self.reductions() if one.state in ENDED]
        root = self.workspace().config.archive_path
        found = sorted(path.stem for path in root.glob("*/*/*/*/v*/*.ipynb"))
        assert found == sorted(one.name for one in ended)
        for one in ended:
            assert self.record(one)["reduction"]["state"] == one.state, one.name


def watch(folder: Path, instrument: str = DEMO, **settings: Any) -> dict[str, Any]:
    """Return a trigger that watches a folder."""
    entry = {"kind": "directory", "instrument": instrument, "path": str(folder)}
    return {**entry, "poll_interval": 0.3, **settings}


def follow(path: Path, data: Path, instrument: str = DEMO, **settings: Any) -> dict[str, Any]:
    """Return a trigger that follows a lastrun.txt."""
    entry = {"kind": "lastrun", "instrument": instrument, "path": str(path), "data": [str(data)]}
    return {**entry, "poll_interval": 0.1, **settings}


def say_lastrun(path: Path, number: int, name: str = DEMO) -> None:
    """Name a run as the last one."""
    part = path.with_name(f".{path.name}.part")
    part.write_text(f"{name} {number:08d} 0\n")
    part.replace(path)


def _lines(values: dict[str, Any]) -> str:
    # JSON's texts, numbers, booleans and lists are TOML's too.
    return "".join(f"{key} = {_value(value)}\n" for key, value in values.items())


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_value(item)}" for key, item in value.items()) + "}"
    return json.dumps(value)
