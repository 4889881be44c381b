"""A catalogue as it is after years: many experiments, runs, reductions and events, written in bulk."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from nbreduce.catalogue.convert import attempt_row, columns_of, reduction_row, run_row
from nbreduce.catalogue.core import Catalogue
from nbreduce.catalogue.orm import AttemptRow, Base, EventRow, ReductionRow, RunRow
from nbreduce.domain.events import EventKind, StateChange, timeline
from nbreduce.domain.parameters import Source, Value
from nbreduce.domain.reduction import (
    CellTiming,
    Input,
    Manifest,
    Outcome,
    Output,
    OutputKind,
    Run,
    ended_by,
    reduction_name,
)
from nbreduce.domain.states import FailureKind, State
from support.making import START, at, make_outcome, make_reduction, make_run, started, submitted

INSTRUMENTS = {"ENGINX": ("powder", "peaks"), "HIFI": ("asymmetry", "lifetime")}
SAMPLES = ("CeO2 4x4x15", "Fe bar", "vanadium", "Zoë's steel", "YBCO 40 K", "silicon")
PER_RUN = 10 / 3
BETWEEN = timedelta(minutes=7)
MOMENTS = ("queued", "started", "ended")
_BATCH = 5000

Row = dict[str, Any]
Tables = dict[type[Base], list[Row]]


def fill(
    catalogue: Catalogue, reductions: int = 100_000, experiments: int = 600, seed: int = 1
) -> int:
    """Fill an empty catalogue; return how many runs it has then.

    A run has both templates of its instrument, some of them rerun; a few runs are skipped, some reductions failed
    or cancelled, and the very last ones are at work.
    """
    made = _Maker(random.Random(seed), reductions, experiments)
    tables: Tables = {table: [] for table in (RunRow, ReductionRow, AttemptRow, EventRow)}
    with catalogue.write() as session:
        for rows in made.rows():
            for table, row in rows:
                tables[table].append(row)
            if len(tables[ReductionRow]) >= _BATCH:
                _write(session, tables)
        _write(session, tables)
    return made.runs


def _write(session: Session, tables: Tables) -> None:
    for table, rows in tables.items():
        if rows:
            session.execute(insert(table), rows)
        rows.clear()


class _Maker:
    def __init__(self, chance: random.Random, reductions: int, experiments: int) -> None:
        self.chance = chance
        self.reductions = reductions
        self.per_experiment = max(int(reductions / PER_RUN / experiments), 1)
        self.runs = 0
        self._made = 0

    def rows(self) -> Iterator[list[tuple[type[Base], Row]]]:
        """Give the rows of one run after another."""
        while self._made < self.reductions:
            self.runs += 1
            run = _run(self.runs, self.per_experiment, self.chance)
            told = {"skipped": run.skipped}
            rows = [
                (RunRow, columns_of(run_row(run))),
                (EventRow, _event(EventKind.RUN, run, None, run.added, told)),
            ]
            if run.skipped is None:
                for template in INSTRUMENTS[run.instrument]:
                    rows += self._versions(run, template)
            yield rows

    def _versions(self, run: Run, template: str) -> Iterator[tuple[type[Base], Row]]:
        versions = self.chance.choice((1, 1, 2, 3))
        for version in range(1, versions + 1):
            self._made += 1
            name = reduction_name(run.instrument, run.name, template, version)
            own = {"id": self._made, "run_id": run.id, "name": name, "version": version}
            work = _work(template, self._state(), 1 if version == 1 else 2)
            later = run.added - START
            moments = {one: work.row[one] and work.row[one] + later for one in MOMENTS}
            yield ReductionRow, {**work.row, **own, **moments, "newest": version == versions}
            yield AttemptRow, {**work.attempt, "reduction_id": self._made}
            for change in work.changes:
                time = change.time + later
                yield EventRow, _event(EventKind.STATE, run, self._made, time, change.data())

    def _state(self) -> State:
        if self.reductions - self._made < 4:
            return State.RUNNING
        draw = self.chance.random()
        return State.FAILED if draw < 0.05 else State.CANCELLED if draw < 0.06 else State.SUCCEEDED


def _run(number: int, per_experiment: int, chance: random.Random) -> Run:
    instrument = chance.choice(tuple(INSTRUMENTS))
    added = START + number * BETWEEN
    return make_run(
        id=number,
        instrument=instrument,
        name=str(200_000 + number),
        run_number=200_000 + number,
        experiment=f"RB{1510000 + number // per_experiment}",
        title=f"{chance.choice(SAMPLES)} {chance.randrange(4, 300)} K" if number % 50 else "",
        path=f"/data/{instrument}/{instrument}{200_000 + number:08d}.nxs",
        skipped="the file has no counts" if number % 40 == 7 else None,
        notes=(),
        added=added,
        start=added - BETWEEN,
        end=added,
    )


def _event(kind: EventKind, run: Run, reduction: int | None, time: datetime, data: Row) -> Row:
    return {"kind": kind, "run_id": run.id, "reduction_id": reduction, "time": time, "data": data}


@dataclass(frozen=True)
class _Work:
    """What all reductions by a template that went the same way have in common."""

    row: Row
    attempt: Row
    changes: tuple[StateChange, ...]


@cache
def _work(template: str, state: State, version: int) -> _Work:
    reduction = make_reduction(
        template=template,
        version=version,
        requested_by="directory" if version == 1 else "ada",
        parameters={
            "run_file": Value(value="/data/X/X00200001.nxs", source=Source.SUPPLIED),
            "d_min": Value(value=0.7, source=Source.TEMPLATE),
            "d_max": Value(value=2.5, source=Source.INSTRUMENT),
            "bank": Value(value="both", source=Source.TEMPLATE),
            "vanadium": Value(value=200_001, source=Source.EXPERIMENT),
        },
    )
    reduction = started(submitted(reduction, at(1)), at(1))
    if state is not State.RUNNING:
        failure = FailureKind.CELL_ERROR if state is State.FAILED else None
        reduction = ended_by(reduction, _outcome(state, failure))
    (attempt,) = reduction.attempts
    return _Work(
        columns_of(reduction_row(reduction)),
        columns_of(attempt_row(attempt)),
        tuple(timeline(reduction)),
    )


def _outcome(state: State, failure: FailureKind | None) -> Outcome:
    return make_outcome(
        state,
        failure,
        at(1),
        at(4),
        cells=9,
        inputs=(Input(path="/data/X/X00200001.nxs", size=9, mtime_ns=1, sha256="0" * 64),),
        outputs=(Output(path="outputs/i_of_d.nxs", kind=OutputKind.KEEP, size=1, sha256="1" * 64),),
        timings=tuple(CellTiming(cell=n, seconds=0.1, status="completed") for n in range(1, 10)),
        manifest=Manifest(sha256="2" * 64, packages=300, hashes_missing=0),
    )
