"""What our engine does better than papermill's own. Each test shows papermill's fault too, so the claim stays true."""

import threading
from collections.abc import Callable
from pathlib import Path

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.exceptions import PapermillExecutionError

from nbreduce.execution.session import Session
from support.executing import KILLED, Done, by_papermill, run

SLOW = ["x = 1", "import time; time.sleep(60)", "y = 2"]


def falls_for(done: Done) -> bool:
    """Whether a notebook that did not end well reads as if it had."""
    return done.notebook.metadata.papermill.exception is None and set(done.statuses) == {
        "completed"
    }


def test_a_killed_kernel_is_a_failure_and_later_cells_stay_pending(tmp_path: Path) -> None:
    done = run(Session(), "x = 1", KILLED, "y = 2")
    assert isinstance(done.error, DeadKernelError)
    assert done.statuses == ["completed", "failed", "pending"]
    assert done.notebook.metadata.papermill.exception is True
    assert "The kernel died while this cell ran (killed by SIGKILL)." in done.text
    assert falls_for(by_papermill(tmp_path, "x = 1", KILLED, "y = 2"))


def test_a_cell_out_of_time_is_a_failure_and_later_cells_stay_pending(tmp_path: Path) -> None:
    done = run(Session(cell_timeout=1), *SLOW)
    assert isinstance(done.error, CellTimeoutError)
    assert done.statuses == ["completed", "failed", "pending"]
    assert "This cell met the time limit of 1 s for one cell." in done.text
    assert falls_for(by_papermill(tmp_path, *SLOW, options=("--execution-timeout", "1")))


def test_the_engine_has_these_under_papermills_own_command_too(tmp_path: Path) -> None:
    done = by_papermill(tmp_path, "x = 1", KILLED, "y = 2", options=("--engine", "nbreduce"))
    assert "Kernel died" in str(done.error)
    assert done.statuses == ["completed", "failed", "pending"]


def test_a_failing_notebook_has_its_outputs_and_the_whole_traceback() -> None:
    cells = ["print('before')", "def f():\n    return 1 / 0\nprint('here')\nf()", "y = 2"]
    done = run(Session(), *cells)
    assert isinstance(done.error, PapermillExecutionError)
    assert done.statuses == ["completed", "failed", "pending"]
    for words in ("before", "here", "ZeroDivisionError", "return"):
        assert words in done.text
    (error,) = [one for one in done.cells[1].outputs if one.output_type == "error"]
    assert (error.ename, error.evalue) == ("ZeroDivisionError", "division by zero")
    assert len(error.traceback) > 2


BIG = ["print('x' * 2_000_000)"] * 6


def broken_reads(path: Path, work: Callable[[], object]) -> tuple[int, int]:
    """Read a file all the time while something writes it; return how many reads were broken, of how many."""
    stop, counts = threading.Event(), [0, 0]

    def read() -> None:
        while not stop.is_set():
            text = path.read_bytes()
            counts[0] += not text.rstrip().endswith(b"}")
            counts[1] += 1

    path.write_text("{}")
    reader = threading.Thread(target=read)
    reader.start()
    try:
        work()
    finally:
        stop.set()
        reader.join()
    return counts[0], counts[1]


def test_readers_of_papermills_file_see_half_notebooks(tmp_path: Path) -> None:
    """Ours is not written at all while it can be read: see `test_a_reader_never_sees_half_a_result`."""
    broken, reads = broken_reads(tmp_path / "out.ipynb", lambda: by_papermill(tmp_path, *BIG))
    assert 0 < broken < reads
