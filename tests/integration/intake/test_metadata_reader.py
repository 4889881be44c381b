"""The child process of the metadata reader: bounded, replaceable, shared by threads."""

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import h5py
import pytest

from data.hostile import write_run
from data.sinks import eventually
from nbreduce.intake.line_child import ChildFailed, LineChild
from nbreduce.intake.nexus import MetadataReader, UnreadableRun


class _Impostor(MetadataReader):
    """A reader whose child is a Python text of the test's."""

    def __init__(self, program: str, timeout: float = 5.0) -> None:
        super().__init__(timeout)
        self.program = program

    def _command(self) -> list[str]:
        return [sys.executable, "-c", self.program]


ANSWER = """
import json, sys
for line in sys.stdin:
    request = json.loads(line)
    {action}
    print(json.dumps({{"id": request["id"], "metadata": {{"title": "fine"}}}}), flush=True)
"""


def test_reads_are_served_by_one_child(tmp_path: Path) -> None:
    path = write_run(tmp_path / "RUN00004217.nxs")
    with MetadataReader() as reader:
        assert reader.pid is None
        reader.start()
        pid = reader.pid
        assert pid is not None and os.getsid(pid) == pid
        assert [reader.read(path).run_number for _ in range(3)] == [4217] * 3
        assert reader.pid == pid
    assert not Path(f"/proc/{pid}").exists()


def test_a_writer_s_lock_is_neither_heeded_nor_met_with_another(tmp_path: Path) -> None:
    path = write_run(tmp_path / "RUN00004217.nxs")
    with h5py.File(path, "r+", locking=True), MetadataReader() as reader:
        assert reader.read(path).counts == 6


def test_threads_share_the_child_and_get_their_own_answers(tmp_path: Path) -> None:
    paths = [write_run(tmp_path / f"RUN{number:08}.nxs", number) for number in range(1, 25)]
    with MetadataReader() as reader, ThreadPoolExecutor(8) as pool:
        numbers = [run.run_number for run in pool.map(reader.read, paths)]
    assert numbers == list(range(1, 25))


def test_a_child_killed_while_idle_is_replaced_unnoticed(tmp_path: Path) -> None:
    path = write_run(tmp_path / "RUN00004217.nxs")
    with MetadataReader() as reader:
        reader.start()
        assert reader.pid is not None
        os.kill(reader.pid, signal.SIGKILL)
        found = reader.read(path)
    assert found.counts == 6
    assert found.notes == ()


def test_a_child_killed_while_reading_costs_no_metadata(tmp_path: Path) -> None:
    write_run(tmp_path / "RUN00004217.nxs")
    action = "import os; request['counts'] and os.kill(os.getpid(), 9)"
    with _Impostor(ANSWER.format(action=action)) as reader:
        found = reader.read(tmp_path / "RUN00004217.nxs")
    assert found.title == "fine"
    assert found.notes == ("counts unknown: adding up the detectors made the reader fail",)


@pytest.mark.parametrize(
    ("action", "kind", "detail"),
    [
        ("import os; os.kill(os.getpid(), 11)", "died", "SIGSEGV"),
        ("sys.exit('out of cheese')", "died", "exit code 1: out of cheese"),
        ("print('{not json'); continue", "babbled", ""),
        ("print('[]'); continue", "babbled", ""),
        ("request['id'] += 1", "babbled", ""),
        ("print(json.dumps({'id': request['id']}), flush=True); continue", "babbled", ""),
        ("print('x' * 1_000_000, flush=True); continue", "babbled", ""),
        ("sys.stdout.write('{}\\n{}\\n'); sys.stdout.flush(); continue", "babbled", ""),
        ("sys.stderr.write('e' * 10_000_000); sys.exit(3)", "died", "exit code 3"),
    ],
)
def test_a_child_that_fails_gives_a_reason(
    tmp_path: Path, action: str, kind: str, detail: str
) -> None:
    program = ANSWER.format(action=action)
    program = program.replace("continue", "sys.stdout.flush(); continue")
    with _Impostor(program) as reader:
        with pytest.raises(UnreadableRun) as caught:
            reader.read(tmp_path / "RUN00004217.nxs")
        assert reader.pid is None
    assert caught.value.kind == kind
    assert detail in caught.value.detail
    assert len(caught.value.detail) < 500


def test_a_child_that_hangs_is_killed_in_time_and_the_next_file_is_read(tmp_path: Path) -> None:
    action = "import time; 'HANG' in request['path'] and time.sleep(60)"
    with _Impostor(ANSWER.format(action=action), timeout=0.5) as reader:
        begun = time.monotonic()
        with pytest.raises(UnreadableRun, match="could not be read in time") as caught:
            reader.read(tmp_path / "HANG.nxs")
        assert 1.0 <= time.monotonic() - begun < 3.0
        assert caught.value.kind == "hung"
        assert reader.read(tmp_path / "RUN.nxs").title == "fine"


def test_the_child_is_confined(tmp_path: Path) -> None:
    path = write_run(tmp_path / "RUN00004217.nxs")
    with MetadataReader(timeout=7, memory_bytes=1 << 30) as reader:
        reader.read(path)
        lines = Path(f"/proc/{reader.pid}/limits").read_text().splitlines()
    limits = {line[:26].strip(): line[26:].split()[0] for line in lines}
    assert limits["Max address space"] == str(1 << 30)
    assert limits["Max core file size"] == "0"
    assert limits["Max file size"] == "0"
    assert 7 <= int(limits["Max cpu time"]) < 20


def test_the_child_sees_none_of_the_service_s_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NBREDUCE_CATALOGUE__URL", "postgresql://user:password@host/db")
    path = write_run(tmp_path / "RUN00004217.nxs")
    with MetadataReader() as reader:
        reader.read(path)
        environment = Path(f"/proc/{reader.pid}/environ").read_bytes()
    assert b"OPENBLAS_NUM_THREADS=1" in environment
    assert b"password" not in environment


def test_the_child_ends_with_its_service_however_that_ends(tmp_path: Path) -> None:
    path = write_run(tmp_path / "RUN00004217.nxs")
    program = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from nbreduce.intake.nexus import MetadataReader\n"
        "reader = MetadataReader()\n"
        "reader.read(Path(sys.argv[1]))\n"
        "print(reader.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    service = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, timeout=30
    )
    assert service.returncode == -signal.SIGKILL
    pid = int(service.stdout)
    assert eventually(lambda: not _runs(pid))


def test_a_child_with_too_little_memory_is_a_reason_not_a_crash(tmp_path: Path) -> None:
    path = write_run(tmp_path / "RUN00004217.nxs")
    with (
        MetadataReader(memory_bytes=32 << 20) as reader,
        pytest.raises(UnreadableRun) as caught,
    ):
        reader.read(path)
    assert caught.value.kind == "died"


def test_grandchildren_die_with_a_child_that_is_killed() -> None:
    program = (
        "import subprocess, sys, time\n"
        "p = subprocess.Popen(['sleep', '60'])\n"
        "sys.stdin.readline(); print(p.pid, flush=True); sys.stdin.readline(); time.sleep(60)"
    )
    child = LineChild([sys.executable, "-c", program], dict(os.environ))
    pid = int(child.ask(b"who?", 5))
    with pytest.raises(ChildFailed, match="hung"):
        child.ask(b"wait", 0.2)
    assert eventually(lambda: not _runs(pid))


def test_closing_twice_and_reading_after_closing_work(tmp_path: Path) -> None:
    path = write_run(tmp_path / "RUN00004217.nxs")
    reader = MetadataReader()
    reader.close()
    assert reader.read(path).run_number == 4217
    reader.close()
    reader.close()
    assert reader.pid is None


def test_no_descriptor_or_thread_is_left_behind(tmp_path: Path) -> None:
    path = write_run(tmp_path / "RUN00004217.nxs")
    before, threads = len(list(Path("/proc/self/fd").iterdir())), threading.active_count()
    for _ in range(3):
        with MetadataReader() as reader:
            reader.read(path)
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    assert threading.active_count() == threads


def _runs(pid: int) -> bool:
    """Whether a process runs: it exists and is no zombie that its new parent has not buried yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
