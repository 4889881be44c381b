"""The demonstration: a virtual facility measures, and the platform reduces."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock, Thread
from typing import Any

from nbreduce.catalogue import events
from nbreduce.catalogue.listing import list_runs
from nbreduce.catalogue.reductions import reductions_of
from nbreduce.domain.model import Model
from nbreduce.domain.reduction import Reduction, Run
from nbreduce.domain.states import ENDED
from nbreduce.service import Service
from nbreduce.simulation.facility import VirtualFacility
from nbreduce.simulation.files import data_folder, lastrun_file
from nbreduce.simulation.plan import PlannedRun
from nbreduce.workspace import Workspace, create_workspace

POLL_SECONDS = 0.5
# The virtual facility never writes on in a file that it left incomplete.
_IMPATIENT = """
[intake]
give_up_after = 3.0
"""


class Line(Model):
    """One run of the demonstration: what was measured, and how its reduction stands."""

    instrument: str
    run: str
    title: str
    expected: str
    state: str
    reason: str = ""
    reduction: str | None = None
    seconds: float | None = None
    cell: int = 0
    cells: int = 0
    as_expected: bool | None = None


class Demonstration:
    """A workspace with a virtual facility.

    Parameters
    ----------
    folder:
        Where the workspace is made.
    runs:
        How many runs are measured.
    seed:
        Of the facility.
    interval:
        Seconds between two runs.
    """

    def __init__(self, folder: Path, runs: int, seed: int, interval: float) -> None:
        data = folder.resolve() / "data"
        self.facility = VirtualFacility(data, runs, seed=seed, interval=interval)
        self.workspace: Workspace = create_workspace(folder, _triggers(data), _IMPATIENT)
        self._measured: list[PlannedRun] = []
        self._lock = Lock()
        self.failure: BaseException | None = None

    @contextmanager
    def running(self) -> Iterator[Service]:
        """Run the service and the facility."""
        self.facility.prepare()
        with Service(self.workspace.config) as service:
            thread = Thread(target=self._measure, args=(service,), name="facility", daemon=True)
            thread.start()
            yield service
            service.stop.set()
            thread.join(timeout=30)

    def lines(self) -> list[Line]:
        """Tell how things stand, in the order in which the runs were measured."""
        with self._lock:
            measured = list(self._measured)
        with self.workspace.catalogue.read() as session:
            known = {(run.instrument, run.run_number): run for run in list_runs(session)}
            made = reductions_of(session, [run.id for run in known.values()])
            active = [one.id for many in made.values() for one in many if one.state not in ENDED]
            progress = events.latest_progress(session, active)
        cells = {key: event.data for key, event in progress.items()}
        return [
            _line(planned, known.get((planned.instrument, planned.run_number)), made, cells)
            for planned in measured
        ]

    def notebook(self, line: Line) -> Path | None:
        """Return the notebook of a run's reduction."""
        if line.reduction is None:
            return None
        return next(
            self.workspace.archive.root.glob(f"*/*/{line.run}/*/v*/{line.reduction}.ipynb"), None
        )

    def finished(self, lines: list[Line]) -> bool:
        """Say whether all runs were measured, and all that became of them is known."""
        if self.failure is not None:
            raise self.failure
        return len(lines) == len(self.facility.day) and all(
            line.as_expected is not None for line in lines
        )

    def _measure(self, service: Service) -> None:
        try:
            while not service.recorded.wait(0.1):
                if service.stop.is_set():
                    return
            for planned, _ in self.facility.play(service.stop):
                with self._lock:
                    self._measured.append(planned)
        except BaseException as error:
            self.failure = error


def _triggers(data: Path) -> list[dict[str, Any]]:
    """Return one trigger of each kind: ISIS's lastrun.txt for one instrument, a watched folder for the other."""
    return [
        {
            "kind": "lastrun",
            "instrument": "ENGINX",
            "path": str(lastrun_file(data, "ENGINX")),
            "data": [str(data_folder(data, "ENGINX").parent)],
            "poll_interval": POLL_SECONDS,
        },
        {
            "kind": "directory",
            "instrument": "HIFI",
            "path": str(data_folder(data, "HIFI").parent),
            "poll_interval": POLL_SECONDS,
        },
    ]


def _line(
    planned: PlannedRun, run: Run | None, made: dict[int, list[Reduction]], progress: dict[int, Any]
) -> Line:
    base = Line(
        instrument=planned.instrument,
        run=str(planned.run_number),
        title=planned.title,
        expected=planned.expected_state,
        state="measured",
    )
    if run is None:
        return base
    if run.skipped is not None:
        return _judged(base.model_copy(update={"state": "skipped", "reason": run.skipped}), planned)
    if not made[run.id]:
        return base
    reduction = made[run.id][0]
    cells = progress.get(reduction.id, {})
    took = (
        (reduction.ended - reduction.started).total_seconds()
        if reduction.ended and reduction.started
        else None
    )
    line = base.model_copy(
        update={
            "state": str(reduction.state),
            "reason": reduction.reason,
            "reduction": reduction.name,
            "seconds": took,
            "cell": cells.get("cell", 0),
            "cells": cells.get("cells", 0),
        }
    )
    return _judged(line, planned) if reduction.state in ENDED else line


def _judged(line: Line, planned: PlannedRun) -> Line:
    good = line.state == planned.expected_state and planned.expected_reason in line.reason
    return line.model_copy(update={"as_expected": good})
