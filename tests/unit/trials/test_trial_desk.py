"""What becomes of one trial keeps no other from its turn."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from nbreduce.domain.errors import Conflict
from nbreduce.domain.states import State
from nbreduce.trials import desk as desk_module
from nbreduce.trials.desk import TrialDesk
from nbreduce.trials.folder import TrialFolder, Trials
from nbreduce.trials.record import TrialRecord, TrialRow
from support.making import START
from support.waiting import wait_for


class Popen:
    """A trial's process: ends once the test lets it, without a word."""

    pid = 4711

    def __init__(self, command: list[str], **_options: Any) -> None:
        self.gate = Path(command[-2]) / "gate"

    def poll(self) -> int | None:
        return 1 if self.gate.exists() or not self.gate.parent.exists() else None

    def wait(self) -> int:
        wait_for(lambda: self.poll() is not None, "the trial ends")
        return 1

    def terminate(self) -> None:
        self.gate.touch()


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TrialDesk]:
    monkeypatch.setattr(desk_module.subprocess, "Popen", Popen)
    desk = TrialDesk(tmp_path)
    yield desk
    desk.close()


@pytest.fixture
def trials(tmp_path: Path) -> Trials:
    return Trials(tmp_path, "ada")


def filed(trials: Trials) -> TrialFolder:
    folder = trials.create(START)
    row = TrialRow(run="1", title="one", path="/data/1.nxs")
    record = TrialRecord(
        id=folder.path.name,
        person="ada",
        instrument="DEMO",
        template="work",
        title="Work",
        values={},
        created=START,
        rows=(row,),
    )
    folder.write(record)
    return folder


def ended(desk: TrialDesk, folder: TrialFolder) -> TrialRecord:
    (folder.path / "gate").touch()
    return wait_for(
        lambda: (found := folder.read()).ended and "interrupted" not in found.reason and found,
        "its end is written",
    )


def test_a_trial_that_was_deleted(desk: TrialDesk, trials: Trials) -> None:
    deleted, other = filed(trials), filed(trials)
    desk.submit(deleted)
    desk.submit(other)
    shutil.rmtree(deleted.path)
    assert "its process ended" in ended(desk, other).reason
    third = filed(trials)
    desk.submit(third)
    assert ended(desk, third).state is State.FAILED


def test_a_trial_whose_end_cannot_be_written(
    desk: TrialDesk,
    trials: Trials,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    running, waiting, other = filed(trials), filed(trials), filed(trials)
    for folder in (running, waiting, other):
        desk.submit(folder)

    def full(self: TrialFolder, record: TrialRecord) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(TrialFolder, "write", full)
        desk.cancel(waiting)
        # Nobody holds it: whoever looks is told that it was interrupted.
        assert waiting.read().state is State.FAILED
        (running.path / "gate").touch()
        wait_for(lambda: desk.ahead(other) == 0, "the next has its turn")
    assert "cannot be written" in caplog.text
    with pytest.raises(Conflict, match="does not run on this server"):
        desk.cancel(running)
    assert ended(desk, other).state is State.FAILED


def test_a_thread_that_died_is_replaced(desk: TrialDesk, trials: Trials) -> None:
    desk._thread = dead = Thread(target=str)
    dead.start()
    dead.join()
    folder = filed(trials)
    desk.submit(folder)
    assert ended(desk, folder).state is State.FAILED
