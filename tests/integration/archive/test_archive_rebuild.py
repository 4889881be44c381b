"""A catalogue made again from the archive alone: every row of runs and reductions is what it was."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from sqlalchemy import select

from nbreduce.archive.rebuild import rebuild
from nbreduce.archive.store import Archive
from nbreduce.catalogue import reductions, reports, runs
from nbreduce.catalogue.convert import columns_of
from nbreduce.catalogue.core import Catalogue, CatalogueError
from nbreduce.catalogue.orm import AttemptRow, Base, EventRow, ReductionRow, ReportRow, RunRow
from nbreduce.domain.parameters import Source, Value
from nbreduce.domain.record import Record
from nbreduce.domain.reduction import (
    CellTiming,
    Manifest,
    Reduction,
    Run,
    ended_by,
    ended_unexecuted,
    handed_back,
)
from nbreduce.domain.run import FileStamp, Report
from nbreduce.domain.states import FailureKind, State
from nbreduce.domain.template import TemplateMetadata
from nbreduce.intake.clerk import run_record
from support.making import at, make_outcome, make_reduction, make_run, started, submitted

TABLES: list[type[Base]] = [RunRow, ReductionRow, AttemptRow, ReportRow, EventRow]


class Facility:
    """An archive and its catalogue, filled step by step as the service does."""

    def __init__(self, folder: Path) -> None:
        self.archive = Archive(folder / "archive")
        self.archive.prepare()
        self.catalogue = Catalogue(f"sqlite:///{folder / 'catalogue.db'}")
        self.catalogue.upgrade()
        self.clock = 0

    def now(self) -> Any:
        self.clock += 1
        return at(self.clock)

    def see(self, run: Run, note: str = "new run") -> None:
        """Take a report of a run in."""
        report = Report(
            trigger="cli",
            instrument=run.instrument,
            path=Path(run.path or "/gone"),
            parameters={"d_min": 0.9},
            received=self.now(),
        )
        with self.catalogue.write() as session:
            number = reports.add_report(session, report, run.stamp)
            runs.save_run(session, run, self.now())
            reports.settle_report(session, number, run.id, note, FileStamp(size=9, mtime_ns=8))
            session.flush()
            self.archive.write_run(run_record(session, run))

    def reduce(self, run: Run, version: int, end: str, **fields: Any) -> None:
        """Queue a reduction and let it end."""
        with self.catalogue.write() as session:
            reduction = make_reduction(
                run,
                id=reductions.next_reduction_id(session),
                version=version,
                queued=self.now(),
                **fields,
            )
            reductions.add_reduction(session, reduction)
        for changed in self._life(reduction, end):
            if changed.state in {State.SUCCEEDED, State.FAILED, State.CANCELLED}:
                self._publish(run, changed)
            with self.catalogue.write() as session:
                reductions.change_reduction(session, changed)

    def _life(self, reduction: Reduction, end: str) -> Iterator[Reduction]:
        if end == "cancelled in the queue":
            yield ended_unexecuted(reduction, State.CANCELLED, self.now(), "cancelled by ada")
            return
        yield (one := submitted(reduction, self.now()))
        if end in {"retried", "given up"}:
            moment = self.now()
            yield (one := handed_back(one, moment, "lost", FailureKind.WORKER_LOST, at(500)))
            if end == "given up":
                yield ended_unexecuted(
                    one, State.FAILED, self.now(), "given up", FailureKind.WORKER_LOST
                )
                return
            yield (one := submitted(one, self.now()))
        yield (one := started(one, self.now()))
        state, kind = State.SUCCEEDED, None
        if end == "failed":
            state, kind = State.FAILED, FailureKind.CELL_ERROR
        yield ended_by(
            one,
            make_outcome(
                state,
                kind,
                one.started or self.now(),
                self.now(),
                cells=2,
                timings=(CellTiming(cell=1, seconds=0.5, status="completed"),),
                manifest=Manifest(sha256="m", packages=4, hashes_missing=0),
                warnings=("größer",),
            ),
        )

    def _publish(self, run: Run, ended: Reduction) -> None:
        folder = self.archive.stage(ended, len(ended.attempts))
        record = Record(
            nbreduce="0", run=run, reduction=ended, template=TemplateMetadata(title="t")
        )
        content = nbformat.v4.new_notebook(metadata={"nbreduce": record.model_dump(mode="json")})
        (folder / f"{ended.name}.ipynb").write_text(nbformat.writes(content), encoding="utf-8")
        self.archive.publish(folder, run, ended)
        if ended.state is State.SUCCEEDED:
            self.archive.point_latest(run, ended)


@pytest.fixture
def facility(tmp_path: Path) -> Facility:
    return Facility(tmp_path)


def rows(catalogue: Catalogue) -> dict[str, list[dict[str, Any]]]:
    """Return every row of every table about runs and reductions; events without their ids."""
    found = {}
    with catalogue.read() as session:
        for table in TABLES:
            keys = list(table.__table__.primary_key.columns)
            every = [columns_of(row) for row in session.scalars(select(table).order_by(*keys))]
            found[table.__tablename__] = every
    for event in found["event"]:
        del event["id"]
    return found


def rebuilt(facility: Facility, tmp_path: Path) -> tuple[Catalogue, tuple[str, ...]]:
    fresh = Catalogue(f"sqlite:///{tmp_path / 'fresh.db'}")
    fresh.upgrade()
    told = rebuild(facility.archive.root, fresh)
    return fresh, told.problems


def test_every_row_comes_back(facility: Facility, tmp_path: Path) -> None:
    one = make_run()
    two = make_run(id=2, name="größe", run_number=None, start=None, end=None, counts=None)
    bad = make_run(id=3, name="44", skipped="file has no counts", experiment="unknown", size=None)
    for run in (one, two, bad):
        facility.see(run)
    values = {"d_min": Value(value=[0.5, None, "ü"], source=Source.REQUEST)}
    facility.reduce(one, 1, "succeeded", requested_by="cli")
    facility.reduce(two, 1, "failed", template="other")
    facility.reduce(one, 2, "retried", rerun_of="DEMO42-work-v1", parameters=values)
    facility.see(one, "known already")
    facility.reduce(one, 3, "cancelled in the queue")
    facility.reduce(two, 1, "given up")
    facility.see(bad.model_copy(update={"skipped": "still no counts"}))
    fresh, problems = rebuilt(facility, tmp_path)
    assert problems == ()
    before, after = rows(facility.catalogue), rows(fresh)
    assert [len(table) for table in before.values()] == [3, 5, 5, 5, 25]
    for table in TABLES:
        assert after[table.__tablename__] == before[table.__tablename__]
    with fresh.read() as session:
        assert reductions.next_reduction_id(session) == 6
        assert runs.next_run_id(session) == 4


def test_a_catalogue_that_holds_something_is_not_filled(facility: Facility) -> None:
    facility.see(make_run())
    with pytest.raises(CatalogueError, match="the catalogue is not empty"):
        rebuild(facility.archive.root, facility.catalogue)


def test_a_run_whose_experiment_was_learnt_later(facility: Facility, tmp_path: Path) -> None:
    """A truncated file names no experiment; the whole one that replaces it does."""
    facility.see(make_run(experiment="unknown", skipped="truncated"))
    run = make_run(experiment="RB7")
    facility.see(run, "usable now")
    facility.reduce(run, 1, "succeeded")
    fresh, problems = rebuilt(facility, tmp_path)
    assert problems == ()
    assert rows(fresh) == rows(facility.catalogue)


@pytest.mark.parametrize("experiment", ["zz", "RB0"])
def test_the_newest_word_on_a_run_counts(
    facility: Facility, tmp_path: Path, experiment: str
) -> None:
    facility.see(make_run(experiment="unknown", skipped="truncated"))
    facility.see(make_run(experiment=experiment), "usable now")
    fresh, problems = rebuilt(facility, tmp_path)
    assert problems == ()
    assert rows(fresh) == rows(facility.catalogue)


def test_records_that_contradict_each_other_are_problems(
    facility: Facility, tmp_path: Path
) -> None:
    run = make_run()
    facility.see(run)
    facility.reduce(run, 1, "succeeded")
    notebook = facility.archive.layout.notebook(run, make_reduction())
    copy = notebook.parents[1] / "v7" / "copy.ipynb"
    copy.parent.mkdir()
    copy.write_bytes(notebook.read_bytes())
    thief = facility.archive.layout.run(make_run(name="666"))
    thief.mkdir()
    (thief / "run.json").write_text(
        (notebook.parents[2] / "run.json")
        .read_text()
        .replace('"name":"42"', '"name":"666"')
        .replace('"name": "42"', '"name": "666"')
    )
    fresh, problems = rebuilt(facility, tmp_path)
    assert len(problems) == 2
    assert any("another record of DEMO42-work-v1" in words for words in problems)
    assert any("run id 1 belongs to DEMO42" in words for words in problems)
    assert rows(fresh) == rows(facility.catalogue)
