"""How long kept kernels live: until their time, and never longer than someone holds them."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import nbreduce_kernel
from nbreduce.execution.session import Session
from nbreduce.kernels.lease import Lease
from nbreduce.kernels.processes import files_in_writing
from nbreduce.kernels.running import end
from support.executing import run
from support.kernels import kept, lives_by
from support.waiting import wait_for

TESTS = Path(__file__).resolve().parents[2]
MODULES = str(Path(nbreduce_kernel.__file__).parents[1])

# What a Dask worker does, as far as kernels are concerned: reductions named in the arguments, whose kernels it keeps
# until it is told to stop.
WORKER = """
import json, sys
from pathlib import Path
from nbreduce.execution.session import Session
from nbreduce.kernels.keeper import Keeper
from nbreduce.kernels.rules import KeepRules
from support.executing import run

folder, rules, code = Path(sys.argv[1]), json.loads(sys.argv[2]), sys.argv[3]
rules = KeepRules(folder=folder / ".nbreduce" / "kernels", **rules)
keeper = Keeper()
for name in sys.argv[4:]:
    with (folder / f"{name}.log").open("a") as log:
        session = Session(
            directory=folder, log=log, may_keep_kernel=True, variables={"PYTHONPATH": sys.argv[0]}
        )
        run(session, "import os\\nPath = __import__('pathlib').Path\\nPath('pid').write_text(str(os.getpid()))", code)
    kernel = session.kernel
    told = {"pid": kernel.process.pid, "lease": str(kernel.lease.folder)}
    print(json.dumps({**told, "kept": keeper.take(name, kernel, rules)}), flush=True)
sys.stdin.read()
keeper.close()
"""


class Worker:
    """A process that reduces, and keeps kernels."""

    def __init__(self, process: "subprocess.Popen[str]", folder: Path) -> None:
        self.process = process
        self.folder = folder

    def reduced(self) -> Any:
        """Return what it tells of its next kernel."""
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())

    def nothing_left(self, *told: Any) -> None:
        """See that kernels have ended, with their folders and files."""
        for one in told:
            wait_for(lambda one=one: not lives_by(one["pid"]), "the kernel ends", patience=20)
            wait_for(lambda one=one: not Path(one["lease"]).exists(), "its folder goes")
        assert kept(self.folder) == {}


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Any]:
    """Start workers on reductions."""

    @contextmanager
    def starting(*names: str, code: str = "value = 42", **rules: float) -> Iterator[Worker]:
        usual = {"seconds": 300, "at_most": 4, "memory": 0}
        arguments = [str(tmp_path), json.dumps({**usual, **rules}), code, *names]
        script = f"import sys; sys.argv[0] = {MODULES!r}\n{WORKER}"
        with subprocess.Popen(
            [sys.executable, "-c", script, *arguments],
            env={**os.environ, "PYTHONPATH": f"{TESTS}{os.pathsep}{MODULES}"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                yield Worker(process, tmp_path)
            finally:
                process.kill()

    yield starting


def test_one_goes_when_its_time_is_over_having_done_its_work_at_exit(
    start: Any, tmp_path: Path
) -> None:
    code = "import atexit\natexit.register(lambda: Path('said').write_text('goodbye'))"
    with start("a", code=code, seconds=3) as worker:
        told = worker.reduced()
        assert told["kept"] and lives_by(told["pid"])
        worker.nothing_left(told)
        assert (tmp_path / "said").read_text() == "goodbye"
        assert worker.process.poll() is None
    assert list((tmp_path / ".nbreduce" / "kernels").iterdir()) == []


def test_only_so_many_stay(start: Any, tmp_path: Path) -> None:
    with start("a", "b", "c", at_most=2) as worker:
        first, second, third = (worker.reduced() for _ in range(3))
        wait_for(lambda: set(kept(tmp_path)) == {"b", "c"}, "the oldest goes")
        wait_for(lambda: not lives_by(first["pid"]), "it ends")
        assert lives_by(second["pid"]) and lives_by(third["pid"])
        worker.process.stdin.close()
        worker.nothing_left(first, second, third)
        assert worker.process.wait(20) == 0


def test_none_is_kept_when_memory_is_low(start: Any, tmp_path: Path) -> None:
    with start("a", memory=1e18) as worker:
        assert worker.reduced()["kept"] is False
        assert kept(tmp_path) == {}


def test_a_killed_worker_takes_its_kernels_along(start: Any, tmp_path: Path) -> None:
    with start("a") as worker:
        told = worker.reduced()
        worker.process.kill()
        worker.nothing_left(told)

    code = "import time\nPath('running').touch()\ntime.sleep(300)"
    with start("b", code=code) as worker:
        wait_for((tmp_path / "running").exists, "its cell runs")
        pid = int((tmp_path / "pid").read_text())
        worker.process.kill()
        wait_for(lambda: not lives_by(pid), "the kernel ends", patience=20)


def test_an_adopted_one_outlives_its_worker_and_ends_with_its_adopter(
    start: Any, tmp_path: Path
) -> None:
    with start("a") as worker:
        told = worker.reduced()
        lease = Lease(Path(told["lease"]))
        assert lease.hold("adopter")
        (tmp_path / ".nbreduce" / "kernels" / "a.json").unlink()
        worker.process.stdin.close()
        assert worker.process.wait(20) == 0
    # Longer than the kernel takes to notice that nobody holds it.
    with pytest.raises(AssertionError, match="not within 3 s"):
        wait_for(lambda: not lives_by(told["pid"]), "nothing", patience=3)
    lease.release()
    wait_for(lambda: not lives_by(told["pid"]) and not lease.folder.exists(), "it ends")


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    with (tmp_path / "execution.log").open("a", encoding="utf-8") as log:
        yield Session(
            directory=tmp_path, log=log, may_keep_kernel=True, variables={"PYTHONPATH": MODULES}
        )


def test_a_kept_kernel_has_left_the_reductions_log(session: Session, tmp_path: Path) -> None:
    done = run(session, "x = 1", "1 / 0", "never = 1")
    assert done.statuses == ["completed", "failed", "pending"]
    assert session.kernel is not None
    try:
        assert files_in_writing(session.kernel.process.pid, tmp_path) == []
    finally:
        end([session.kernel])
    assert not session.kernel.lease.folder.exists()
    assert session.kernel.process.poll() is not None


@pytest.mark.parametrize(
    "code",
    [
        "stream = open('half', 'w')\nstream.write('all of it')",
        "import subprocess\nchild = subprocess.Popen(['sleep', '20'])",
    ],
    ids=["a file in writing", "a process of its own"],
)
def test_a_kernel_that_still_works_on_the_reduction_ends_with_it(
    session: Session, tmp_path: Path, code: str
) -> None:
    done = run(session, code, "import os\nprint(os.getpid())")
    pid = int(done.text.split()[-1])
    assert session.kernel is None
    assert not lives_by(pid)
    if "half" in code:
        assert (tmp_path / "half").read_text() == "all of it"
