"""The transcript of real executions: replayed, it is the executed notebook, however that ended."""

import threading
from pathlib import Path
from typing import Any

import pytest

from nbreduce.execution import client
from nbreduce.execution.session import Session
from nbreduce.execution.transcript import Transcript
from support.executing import KILLED, Done, run
from support.transcripts import lines_of, outputs_of, replay

PRINTS = """
import sys
for n in range(300):
    print("line", n, flush=True)
print("error", file=sys.stderr, flush=True)
"""
DISPLAYS = """
from IPython.display import clear_output, display
first = display("first", display_id=True)
print("between", flush=True)
first.update("second")
print("gone at once", flush=True)
clear_output()
print("gone with the next", flush=True)
clear_output(wait=True)
later = display("later", display_id="later")
"""
UPDATES_ABOVE = """
later.update("changed from below")
display("again", display_id="later")
1 + 1
"""
ENDS: dict[str, tuple[str, ...]] = {
    "prints": (PRINTS, "2 + 2"),
    "displays": (DISPLAYS, UPDATES_ABOVE, "later.update('once more')"),
    "error": ("print('before')", "1 / 0", "print('never')"),
    "killed": ("print('before', flush=True)", f"print('at the end', flush=True)\n{KILLED}", "3"),
    "empty": ("", "x = 1"),
}


def watched_run(path: Path, *cells: str, **settings: Any) -> tuple[Done, list[dict[str, Any]]]:
    """Execute cells with a transcript; return how that ended and what was told."""
    session = Session(transcript=Transcript(path), **settings)
    done = run(session, *cells)
    lines = lines_of(path)
    session.transcript.remove()
    return done, lines


@pytest.mark.parametrize("name", ENDS)
def test_what_is_told_is_what_the_notebook_holds(name: str, tmp_path: Path) -> None:
    done, lines = watched_run(tmp_path / "watch" / "j", *ENDS[name])
    assert outputs_of(replay(lines)) == outputs_of(done.notebook)
    assert lines[0]["kind"] == "notebook"
    ended = [(line["index"], line["status"]) for line in lines if line["kind"] == "end"]
    ran = [status for status in done.statuses if status != "pending"]
    assert [status for _, status in ended] == (ran if name != "empty" else ran[1:])


def test_small_prints_are_told_together(tmp_path: Path) -> None:
    _, lines = watched_run(tmp_path / "j", PRINTS)
    end = next(line for line in lines if line["kind"] == "end")
    told = [line for line in lines if line["kind"] == "outputs"]
    assert len(told) <= end["seconds"] / 0.1 + 2


def test_what_is_printed_before_a_long_silence_is_told_soon(tmp_path: Path) -> None:
    """Outputs that follow each other closely wait for each other, but not for the next that comes."""
    seen: list[Any] = []
    path, gate = tmp_path / "j", tmp_path / "gate"
    cell = f"""
import time
from pathlib import Path
print("one", flush=True)
time.sleep(0.03)
print("two", flush=True)
while not Path({str(gate)!r}).exists():
    time.sleep(0.02)
"""

    def watch() -> None:
        while not seen and not stop.wait(0.02):
            if path.exists() and "two" in path.read_text():
                seen.append(True)
                gate.touch()

    stop = threading.Event()
    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        done, _ = watched_run(path, cell, cell_timeout=60)
    finally:
        stop.set()
        watcher.join()
    assert done.error is None
    assert seen


def test_a_flood_is_bounded_like_the_notebook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "MAX_OUTPUT_CHARACTERS", 100_000)
    flood = "for n in range(3000):\n    print('x' * 1000, flush=True)"
    done, lines = watched_run(tmp_path / "j", flood, "print('after')")
    assert sum(len(str(line)) for line in lines) < 200_000
    assert outputs_of(replay(lines)) == outputs_of(done.notebook)


def test_a_transcript_that_cannot_be_written_harms_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    told: list[str] = []
    session = Session(transcript=Transcript(tmp_path / "file" / "j", told.append))
    done = run(session, "print('fine')")
    assert done.error is None
    assert "fine" in done.text
    assert len(told) == 1


def test_a_full_disk_under_the_transcript_harms_nothing(tmp_path: Path) -> None:
    told: list[str] = []
    full = tmp_path / "full"
    full.symlink_to("/dev/full")
    session = Session(transcript=Transcript(full, told.append))
    done = run(session, "print('fine')")
    assert done.error is None
    assert len(told) == 1
    assert "No space left" in told[0]
