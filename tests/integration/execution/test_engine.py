"""The engine with real kernels: limits, cancelling, working directories, floods, kernels that do not start."""

import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TextIO

import psutil
import pytest
from nbclient.exceptions import CellTimeoutError, DeadKernelError

from nbreduce.domain.states import FailureKind, State
from nbreduce.execution import client
from nbreduce.execution.outcome import OUTPUT_TYPE, declarations_of, ending_of, timings_of
from nbreduce.execution.session import Cancelled, Progress, Session
from support.executing import KILLED, run, run_in_thread

STUBBORN = """
import os, signal, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(os.getpid(), flush=True)
while True:
    time.sleep(1)
"""


@pytest.fixture
def log(tmp_path: Path) -> Iterator[TextIO]:
    with (tmp_path / "execution.log").open("w+", encoding="utf-8") as stream:
        yield stream


def text_of(log: TextIO) -> str:
    return Path(log.name).read_text(encoding="utf-8")


def wait_for_pid(log: TextIO) -> int:
    """Wait until a cell has printed a process id."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for line in text_of(log).splitlines():
            if line.isdigit():
                return int(line)
        time.sleep(0.02)
    raise TimeoutError(text_of(log))


def test_all_is_told_as_it_happens(log: TextIO) -> None:
    told: list[Progress] = []
    session = Session(on_progress=told.append, log=log)
    done = run(session, "print('hello')", "", "1 + 1")
    assert done.error is None
    assert [(one.cell, one.cells, one.status) for one in told] == [
        (1, 2, "running"),
        (1, 2, "completed"),
        (2, 2, "running"),
        (2, 2, "completed"),
    ]
    assert "hello" in text_of(log)
    assert ending_of(None, session).state is State.SUCCEEDED
    assert [(one.cell, one.status) for one in timings_of(done.notebook)] == [
        (1, "completed"),
        (2, "completed"),
    ]


def test_the_total_limit_holds_over_several_cells() -> None:
    session = Session(timeout=2.0, cell_timeout=60)
    begin = time.monotonic()
    done = run(session, *["import time; time.sleep(0.8)"] * 5)
    assert isinstance(done.error, CellTimeoutError)
    assert time.monotonic() - begin < 15
    assert done.statuses[0] == "completed"
    assert done.statuses[-1] == "pending"
    assert done.statuses.count("failed") == 1
    ending = ending_of(done.error, session)
    assert ending.failure is FailureKind.TIMEOUT
    assert "the reduction's time limit of 2 s" in ending.reason


def alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def test_cancelling_ends_a_kernel_that_ignores_signals_within_two_seconds(log: TextIO) -> None:
    session = Session(log=log)
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(run_in_thread, session, STUBBORN, "y = 2")
        pid = wait_for_pid(log)
        begin = time.monotonic()
        session.cancel()
        done = future.result(timeout=30)
        took = time.monotonic() - begin
    assert took < 2
    assert done.statuses == ["failed", "pending"]
    assert "The reduction was cancelled while this cell ran." in done.text
    assert ending_of(done.error, session).state is State.CANCELLED
    assert not alive(pid)


def test_what_a_cell_started_dies_with_a_cancelled_kernel(log: TextIO) -> None:
    session = Session(log=log)
    code = "import subprocess\np = subprocess.Popen(['sleep', '300'])\nprint(p.pid, flush=True)\np.wait()"
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(run_in_thread, session, code)
        pid = wait_for_pid(log)
        assert alive(pid)
        session.cancel()
        future.result(timeout=30)
    deadline = time.monotonic() + 2
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not alive(pid)


def test_one_that_was_cancelled_before_it_began_starts_no_kernel(tmp_path: Path) -> None:
    session = Session(directory=tmp_path)
    session.cancel()
    done = run(session, "open('ran', 'w')")
    assert isinstance(done.error, Cancelled)
    assert list(tmp_path.iterdir()) == []
    assert ending_of(done.error, session).state is State.CANCELLED


def test_each_kernel_has_its_own_directory_and_the_process_keeps_its_own(tmp_path: Path) -> None:
    before = Path.cwd()
    folders = [tmp_path / "a b", tmp_path / "größe"]
    for folder in folders:
        folder.mkdir()
    code = (
        "import os, time\ntime.sleep(0.5)\nopen('here', 'w').write(os.getcwd())\nprint(os.getcwd())"
    )
    with ThreadPoolExecutor(2) as pool:
        done = list(
            pool.map(lambda folder: run_in_thread(Session(directory=folder), code), folders)
        )
    for folder, one in zip(folders, done, strict=True):
        assert one.error is None
        assert (folder / "here").read_text() == str(folder)
    assert Path.cwd() == before


def test_a_flood_of_output_is_bounded(monkeypatch: pytest.MonkeyPatch, log: TextIO) -> None:
    monkeypatch.setattr(client, "MAX_OUTPUT_CHARACTERS", 100_000)
    code = "for n in range(3000):\n    print('x' * 1000, flush=True)"
    done = run(Session(log=log), code, "print('after')")
    assert done.error is None
    assert len(done.text) < 110_000
    assert len(text_of(log)) < 110_000
    assert "The notebook's outputs passed 100,000 characters" in done.text
    assert "after" not in done.text


DECLARED = f"""
from IPython.display import display
display({{{OUTPUT_TYPE!r}: {{"path": "a.dat", "kind": "keep", "title": None}}}}, raw=True)
"""


def test_outputs_that_are_declared_after_a_flood_are_recorded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(client, "MAX_OUTPUT_CHARACTERS", 10_000)
    done = run(Session(), "print('x' * 20_000)", DECLARED)
    declared, _ = declarations_of(done.notebook)
    assert [one.path for one in declared] == ["a.dat"]


def test_a_cell_that_asks_for_input_errs_at_once() -> None:
    done = run(Session(timeout=30), "input('name?')")
    assert "StdinNotImplementedError" in done.text
    assert done.statuses == ["failed"]


def test_standard_input_is_at_its_end() -> None:
    done = run(Session(timeout=30), "import os\nprint(repr(os.read(0, 5)))")
    assert done.error is None
    assert "b''" in done.text


def test_nothing_of_the_callers_environment_leaks(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "intruder.py").write_text("")
    for name, value in (
        ("PYTHONPATH", str(tmp_path)),
        ("NBREDUCE_SECRET", "x"),
        ("NBREDUCE_CATALOGUE__URL", "postgresql://a:b@c/d"),
        ("FACILITY", "kept"),
    ):
        monkeypatch.setenv(name, value)
    code = (
        "import os, sys, importlib.util\n"
        "print([n for n in os.environ if n.startswith('NBREDUCE')], os.environ.get('FACILITY'))\n"
        "print(importlib.util.find_spec('intruder'), os.environ['OMP_NUM_THREADS'])"
    )
    done = run(Session(variables={"OMP_NUM_THREADS": "1"}), code)
    assert done.error is None
    assert "[] kept\nNone 1\n" in done.text


def kernelspec(folder: Path, monkeypatch: pytest.MonkeyPatch, *argv: str) -> None:
    import json

    place = folder / "kernels" / "broken"
    place.mkdir(parents=True)
    words = {"argv": list(argv), "display_name": "Broken", "language": "python"}
    (place / "kernel.json").write_text(json.dumps(words))
    monkeypatch.setenv("JUPYTER_PATH", str(folder))


@pytest.mark.parametrize(
    "argv",
    [("/nowhere/python", "-f", "{connection_file}"), ("/bin/false",), ("/bin/sh", "-c", "exit 7")],
)
def test_a_kernel_that_does_not_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, argv: tuple[str, ...]
) -> None:
    import papermill

    from support.executing import make_notebook

    kernelspec(tmp_path, monkeypatch, *argv)
    session = Session()
    begin = time.monotonic()
    with pytest.raises((RuntimeError, OSError)):
        papermill.execute_notebook(
            make_notebook("x = 1"),
            None,
            engine_name="nbreduce",
            kernel_name="broken",
            progress_bar=False,
            session=session,
        )
    assert time.monotonic() - begin < 20
    assert [one.status for one in timings_of(session.notebook)] == ["pending"]


def test_how_a_kernel_died_is_told() -> None:
    for code, words in ((KILLED, "killed by SIGKILL"), ("import os; os._exit(3)", "exit status 3")):
        session = Session()
        done = run(session, code)
        assert isinstance(done.error, DeadKernelError)
        ending = ending_of(done.error, session)
        assert ending.failure is FailureKind.KERNEL_DIED
        assert ending.reason == f"cell 1: the kernel died ({words})"


def folder_of(process: psutil.Process) -> str | None:
    """Return the folder for temporary files that a process was started with; other tests' processes have others."""
    try:
        return process.environ().get("TMPDIR")
    except psutil.Error:
        return None


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", None)
    threads = threading.active_count()
    told = run(Session(), "import os\nprint(os.environ['TMPDIR'])")
    assert told.text.strip() == str(tmp_path)
    run(Session(), KILLED)
    assert [one for one in tmp_path.iterdir() if one.name.startswith("nbreduce-")] == []
    assert [one for one in psutil.process_iter() if folder_of(one) == str(tmp_path)] == []
    assert threading.active_count() <= threads + 1
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_only_this_machine_reaches_a_kernel() -> None:
    """The channels are Unix sockets. ipykernel itself listens on loopback for the output of forked processes."""
    code = (
        "import psutil, os\n"
        "found = psutil.Process(os.getpid()).net_connections('inet')\n"
        "print('ports', len(found), {one.laddr.ip for one in found} <= {'127.0.0.1'})"
    )
    done = run(Session(), code)
    assert "ports 1 True" in done.text or "ports 0 True" in done.text, done.text
