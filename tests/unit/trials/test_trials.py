"""Trials on disk, and how their results are compared with those before."""

import fcntl
from datetime import timedelta
from pathlib import Path
from threading import Timer

import pytest

from nbreduce.domain.errors import NotFound, Unavailable
from nbreduce.domain.states import State
from nbreduce.trials.folder import KEPT, TrialFolder, Trials
from nbreduce.trials.record import Result, TrialRecord, TrialRow, differences
from support.making import START

GOOD = Result(
    state=State.SUCCEEDED, seconds=2.0, cells=4, outputs={"a.nxs": "1", "b.csv": "2"}, warnings=()
)


def record(**changes: object) -> TrialRecord:
    fields: dict[str, object] = {
        "id": "20260301-120000-abcdef",
        "person": "ada",
        "instrument": "DEMO",
        "template": "work",
        "title": "Work",
        "values": {},
        "created": START,
        "rows": (TrialRow(run="1", title="one", path="/data/1.nxs"),),
    }
    return TrialRecord.model_validate(fields | changes)


def changed(**changes: object) -> Result:
    return GOOD.model_copy(update=changes)


@pytest.mark.parametrize(
    ("new", "words"),
    [
        (GOOD, ()),
        (changed(seconds=2.4), ()),
        (changed(seconds=None), ()),
        (changed(seconds=3.5), ("2.0 s before, 3.5 s now",)),
        (changed(seconds=0.4), ("2.0 s before, 0.4 s now",)),
        (changed(state=State.FAILED), ("succeeded before, failed now",)),
        (changed(cells=5), ("4 cells before, 5 now",)),
        (changed(outputs={"a.nxs": "3"}), ("no b.csv any more", "a.nxs differs")),
        (changed(outputs={**GOOD.outputs, "c": "1"}), ("c is new",)),
        (changed(warnings=("odd",)), ("0 warnings before, 1 now",)),
    ],
)
def test_differences_in_words(new: Result, words: tuple[str, ...]) -> None:
    assert differences(GOOD, new) == words


def test_a_failure_for_another_reason() -> None:
    one = changed(state=State.FAILED, reason="no peak")
    assert differences(one, one.model_copy(update={"reason": "no file"})) == ("another reason",)


def test_a_trial_that_nobody_holds_was_interrupted(tmp_path: Path) -> None:
    folder = Trials(tmp_path, "ada").create(START)
    folder.write(record(state=State.RUNNING))
    with folder.hold():
        assert folder.read().state is State.RUNNING
    told = folder.read()
    assert (told.state, told.rows[0].state) == (State.FAILED, State.FAILED)
    assert "interrupted" in told.reason
    folder.write(record(state=State.SUCCEEDED))
    assert folder.read().state is State.SUCCEEDED


def test_who_only_looks_keeps_nobody_from_the_lock(tmp_path: Path) -> None:
    folder = Trials(tmp_path, "ada").create(START)
    folder.write(record())
    folder.read()
    lock = folder.path / "trial.lock"
    assert not lock.exists()
    lock.touch()
    with lock.open("rb") as looker:
        fcntl.flock(looker, fcntl.LOCK_SH)
        gone = Timer(0.1, lambda: fcntl.flock(looker, fcntl.LOCK_UN))
        gone.start()
        with folder.hold():
            assert folder.read().state is State.QUEUED
        gone.join()


def test_a_trial_that_another_holds_is_not_taken(tmp_path: Path) -> None:
    folder = Trials(tmp_path, "ada").create(START)
    with folder.hold(), pytest.raises(BlockingIOError):
        folder.hold()


def test_what_was_never_finished_goes_and_what_is_being_made_stays(tmp_path: Path) -> None:
    trials = Trials(tmp_path, "ada")
    old, damaged = (trials.create(START - timedelta(days=days)) for days in (2, 1))
    (damaged.path / "trial.json").write_text("{")
    new = trials.create(START - timedelta(minutes=1))
    trials.create(START)
    assert not old.path.exists()
    assert damaged.path.exists() and new.path.exists()


def test_the_last_are_kept_and_none_that_goes_on(tmp_path: Path) -> None:
    trials = Trials(tmp_path, "Ada L./x")
    first = trials.create(START.replace(year=1999))
    first.write(record(state=State.RUNNING))
    with first.hold():
        made = [first]
        for year in range(2000, 2000 + KEPT + 3):
            made.append(trials.create(START.replace(year=year)))
            made[-1].write(record(state=State.SUCCEEDED))
        left = {folder.path.name for folder, _ in trials.all()}
    assert left == {folder.path.name for folder in [first, *made[-KEPT:]]}
    assert trials.root.parent == tmp_path / "trials"


@pytest.mark.parametrize("name", ["", "..", "../ada", "/etc", "20260301-120000-abcdef"])
def test_a_trial_that_is_not_there(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotFound, match="there is no trial"):
        Trials(tmp_path, "ada").find(name)


def test_a_record_that_is_damaged(tmp_path: Path) -> None:
    trials = Trials(tmp_path, "ada")
    folder = trials.create(START)
    (folder.path / "trial.json").write_text("{")
    with pytest.raises(NotFound):
        trials.find(folder.path.name).read()
    assert trials.all() == []


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "trials").write_text("no folder")
    with pytest.raises(Unavailable, match="trials cannot be kept"):
        Trials(tmp_path, "ada").create(START)


def test_a_draft_is_kept_with_what_stands_beside_it(tmp_path: Path) -> None:
    beside = tmp_path / "DEMO"
    beside.mkdir()
    for name in ("instrument.toml", "steps.py", "other.ipynb", ".hidden"):
        (beside / name).write_text(name)
    folder = TrialFolder(tmp_path / "trial")
    folder.keep_draft(beside / "work.ipynb", b"{}")
    kept = folder.draft("DEMO", "work").parent
    assert {path.name for path in kept.iterdir()} == {"instrument.toml", "steps.py", "work.ipynb"}
