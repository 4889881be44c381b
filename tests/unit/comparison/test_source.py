"""Where the results of trials that are compared stand: in the folder of the trial, and nowhere else."""

from pathlib import Path
from typing import Any, cast

import pytest

from nbreduce.comparison.source import source_of, trial_name
from nbreduce.domain.errors import Conflict, NotFound
from nbreduce.trials.folder import Trials
from nbreduce.trials.record import TrialRecord, TrialRow
from support.making import START

NO_WORKSPACE = cast(Any, None)


def made(folder: Path, notebook: str | None) -> tuple[Trials, str]:
    """Make a trial of run 1 with this notebook; return the trials and the result's name."""
    trials = Trials(folder, "ada")
    trial = trials.create(START)
    row = TrialRow(run="1", title="", path="/data/1.nxs", notebook=notebook)
    record = TrialRecord(
        id=trial.path.name,
        person="ada",
        instrument="DEMO",
        template="work",
        title="",
        values={},
        created=START,
        rows=(row,),
    )
    trial.write(record)
    return trials, trial_name(trial.path.name, "1")


@pytest.mark.parametrize(
    "notebook", [None, "../../../outside.ipynb", "result/link.ipynb", "result"]
)
def test_what_is_not_in_the_trial_is_not_read(tmp_path: Path, notebook: str | None) -> None:
    outside = tmp_path / "outside.ipynb"
    outside.write_text("{}")
    trials, name = made(tmp_path, notebook)
    (trial,) = trials.root.iterdir()
    (trial / "result").mkdir()
    (trial / "result" / "link.ipynb").symlink_to(outside)
    with pytest.raises(Conflict, match="gave no notebook for run 1"):
        source_of(NO_WORKSPACE, name, trials)


def test_what_is_no_record_is_told(tmp_path: Path) -> None:
    trials, name = made(tmp_path, "result/1.ipynb")
    (trial,) = trials.root.iterdir()
    (trial / "result").mkdir()
    (trial / "result" / "1.ipynb").write_text('{"cells": []}')
    with pytest.raises(Conflict, match="cannot be read"):
        source_of(NO_WORKSPACE, name, trials)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("trial:../../x:1", "there is no trial"),
        ("trial::1", "there is no trial"),
        ("trial:20260301-120000-abcdef:1", "there is no trial"),
    ],
)
def test_trials_that_are_not_there(tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(NotFound, match=words):
        source_of(NO_WORKSPACE, name, Trials(tmp_path, "ada"))


def test_nobody_else_has_ones_trials(tmp_path: Path) -> None:
    _, name = made(tmp_path, "result/1.ipynb")
    with pytest.raises(NotFound, match="there is no trial"):
        source_of(NO_WORKSPACE, name, Trials(tmp_path, "ben"))


def test_a_run_that_was_not_tried(tmp_path: Path) -> None:
    trials, name = made(tmp_path, None)
    with pytest.raises(NotFound, match="has no run '17'"):
        source_of(NO_WORKSPACE, f"{name}7", trials)
