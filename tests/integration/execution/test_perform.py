"""An order performed from end to end in this process: what is in the archive afterwards, and what is told."""

import json
import os
import stat
import threading
import time
from pathlib import Path
from typing import Any

import nbformat
import pytest

from nbreduce.archive.files import ArchiveUnavailable, sha256_of
from nbreduce.archive.records import read_record
from nbreduce.archive.store import Archive, AttemptGivenUp
from nbreduce.domain.parameters import Source, Value
from nbreduce.domain.reduction import Attempt, Outcome, Reduction, Run, ended_by
from nbreduce.domain.states import FailureKind, State
from nbreduce.execution.order import WorkOrder
from nbreduce.execution.session import Progress, Session
from nbreduce.execution.worker import perform, record_unexecuted
from nbreduce.templates.library import read_template
from support.executing import KILLED
from support.filesystems import small_filesystem
from support.making import at, make_reduction, make_run, notebook, write_template

KEEP = """
from nbreduce_kernel import keep
with open(f"{output_dir}/sum.txt", "w") as stream:
    stream.write("42")
keep(f"{output_dir}/sum.txt", title="the sum")
"""
CELL = """from pathlib import Path
run_file: Path = ""
output_dir: Path = ""
scale: float = 1.0
pair: tuple[int, int] = (1, 2)"""


class Bench:
    """An archive, a raw file, and orders for the template that is made of some cells."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.archive = Archive(folder / "archive")
        self.archive.prepare()
        self.raw = folder / "DEMO00000042.nxs"
        self.raw.write_bytes(b"raw counts")
        self.run: Run = make_run(path=str(self.raw), size=10, mtime_ns=self.raw.stat().st_mtime_ns)

    def order(self, *cells: str, kernelspec: str = "python3", **metadata: Any) -> WorkOrder:
        template = read_template(
            write_template(self.folder / "DEMO", notebook(CELL, cells, **metadata))
        )
        given: dict[str, Any] = {
            "run_file": (str(self.raw), Source.SUPPLIED),
            "output_dir": ("outputs", Source.SUPPLIED),
            "scale": (2.5, Source.REQUEST),
            "pair": ([3, 4], Source.EXPERIMENT),
        }
        reduction = make_reduction(
            self.run,
            state=State.STARTING,
            template_sha256=template.sha256,
            parameters={n: Value(value=v, source=source) for n, (v, source) in given.items()},
            attempts=(Attempt(number=1, submitted=at(1)),),
        )
        return WorkOrder(
            run=self.run,
            reduction=reduction,
            template=template.metadata,
            template_folder=self.archive.keep_template(template),
            kernel_path=self.archive.keep_kernel_modules(),
            archive=self.archive.root,
            kernelspec=kernelspec,
            ask_index=False,
            manifest_timeout=60,
        )

    def place(self, order: WorkOrder) -> Path:
        return self.archive.layout.reduction(order.run, order.reduction)

    def perform(self, order: WorkOrder, session: Session | None = None) -> Outcome:
        """Perform an order, and check what is true of every end: what is told is in the archive, sealed."""
        outcome = perform(order, session or Session(), at(2))
        path = self.archive.layout.notebook(order.run, order.reduction)
        record = read_record(path)
        assert record.reduction == ended_by(order.reduction, outcome)
        assert record.run == order.run
        for one in (path.parent, *(p for p in path.parent.rglob("*") if not p.is_symlink())):
            assert not one.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH), one
        nbformat.validate(nbformat.read(path, as_version=4))
        assert list(self.archive.layout.stagings.iterdir()) == []
        return outcome

    def notebook(self, order: WorkOrder) -> Any:
        return nbformat.read(self.archive.layout.notebook(order.run, order.reduction), as_version=4)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_a_reduction_that_succeeds(bench: Bench) -> None:
    told: list[Progress] = []
    order = bench.order("assert scale == 2.5 and pair == (3, 4)", KEEP, "open(run_file).read()")
    outcome = bench.perform(order, Session(on_progress=told.append))
    assert (outcome.state, outcome.failure, outcome.reason) == (State.SUCCEEDED, None, "")
    assert outcome.warnings == ()
    place = bench.place(order)
    (output,) = outcome.outputs
    assert (output.path, str(output.kind), output.title) == ("outputs/sum.txt", "keep", "the sum")
    assert output.sha256 == sha256_of(place / "outputs" / "sum.txt")
    (read,) = outcome.inputs
    assert (read.path, read.size, read.sha256) == (str(bench.raw), 10, sha256_of(bench.raw))
    assert [one.status for one in outcome.timings] == ["completed"] * 5
    assert [one.cell for one in told] == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert outcome.manifest is not None
    assert sha256_of(place / "environment.conda-lock.yml") == outcome.manifest.sha256
    assert "succeeded" in (place / "execution.log").read_text()
    cells = bench.notebook(order).cells
    (injected,) = [one for one in cells if "injected-parameters" in one.metadata.get("tags", [])]
    assert "scale = 2.5" in injected.source
    assert "pair = (3, 4)" in injected.source
    assert bench.notebook(order).metadata.kernelspec.name == "python3"


ENDS: dict[str, tuple[tuple[str, ...], FailureKind, str]] = {
    "cell error": (("1 / 0", "x = 1"), FailureKind.CELL_ERROR, "cell 3: ZeroDivisionError"),
    "killed": ((KILLED, "x = 1"), FailureKind.KERNEL_DIED, "cell 3: the kernel died (killed by"),
    "timeout": (("while True: pass", "x = 1"), FailureKind.TIMEOUT, "cell 3: ran longer than"),
}


@pytest.mark.parametrize("name", ENDS)
def test_a_reduction_that_fails(bench: Bench, name: str) -> None:
    cells, kind, words = ENDS[name]
    order = bench.order(*cells, timeout=3 if name == "timeout" else 60)
    outcome = bench.perform(order)
    assert (outcome.state, outcome.failure) == (State.FAILED, kind)
    assert outcome.reason.startswith(words)
    assert [one.status for one in outcome.timings] == ["completed"] * 2 + ["failed", "pending"]
    assert (bench.place(order) / "environment.conda-lock.yml").is_file()


def test_a_file_that_vanished(bench: Bench) -> None:
    order = bench.order("x = 1")
    bench.raw.unlink()
    outcome = bench.perform(order)
    assert (outcome.state, outcome.failure) == (State.FAILED, FailureKind.INPUT_ERROR)
    assert f"the run's file {bench.raw} cannot be read any more" in outcome.reason
    assert outcome.inputs == ()
    assert {one.status for one in outcome.timings} == {"pending"}


def test_a_kernelspec_that_nobody_has(bench: Bench) -> None:
    outcome = bench.perform(bench.order("x = 1", kernelspec="nowhere"))
    assert (outcome.state, outcome.failure) == (State.FAILED, FailureKind.ENVIRONMENT_ERROR)
    assert "nowhere" in outcome.reason
    assert outcome.manifest is None
    assert any(word.startswith("no manifest: ") for word in outcome.warnings)


def test_a_kernel_that_dies_at_its_start(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = tmp_path / "jupyter" / "kernels" / "broken"
    spec.mkdir(parents=True)
    words = {"argv": ["/bin/false"], "display_name": "Broken", "language": "python"}
    (spec / "kernel.json").write_text(json.dumps(words))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    outcome = bench.perform(bench.order("x = 1", kernelspec="broken"))
    assert (outcome.state, outcome.failure) == (State.FAILED, FailureKind.ENVIRONMENT_ERROR)
    assert {one.status for one in outcome.timings} == {"pending"}


def test_a_reduction_that_was_cancelled(bench: Bench) -> None:
    session = Session()

    def cancel(progress: Progress) -> None:
        if progress.cell == 3:
            threading.Timer(0.3, session.cancel).start()

    session.on_progress = cancel
    outcome = bench.perform(bench.order("import time; time.sleep(60)", "x = 1"), session)
    assert (outcome.state, outcome.failure) == (State.CANCELLED, None)
    assert outcome.reason == "cancelled while it ran"
    assert [one.status for one in outcome.timings][2:] == ["failed", "pending"]


def test_outputs_that_are_missing_undeclared_or_elsewhere(bench: Bench) -> None:
    declare = """
from IPython.display import display
def declare(path):
    data = {"path": path, "kind": "keep", "title": None}
    display({"application/vnd.nbreduce.output+json": data}, raw=True)
open("stray.txt", "w").write("x")
open("outputs/gone.txt", "w").write("x")
import os
os.symlink("/etc/hostname", "outputs/link")
os.symlink("/etc", "outputs/folder")
for path in ("outputs/gone.txt", "outputs/link", "outputs/folder/hostname", "../x", "/etc/hostname"):
    declare(path)
os.remove("outputs/gone.txt")
"""
    outcome = bench.perform(bench.order(declare))
    assert outcome.state is State.SUCCEEDED
    assert outcome.outputs == ()
    for words in (
        "the declared output outputs/gone.txt is not there",
        "the declared output outputs/link is not there",
        "the declared output outputs/folder/hostname is not there",
        "stray.txt was written but not declared",
    ):
        assert words in outcome.warnings
    assert sum("leaves the reduction's folder" in words for words in outcome.warnings) == 2


def test_an_input_that_changed_is_told(bench: Bench) -> None:
    order = bench.order("x = 1")
    os.utime(bench.raw, ns=(1, 1))
    assert "the run's file has changed since its metadata were read" in (
        bench.perform(order).warnings
    )


def test_a_notebook_may_delete_its_own_folder_and_still_be_recorded(bench: Bench) -> None:
    order = bench.order(
        "import os\nfor n in os.listdir('.'):\n    os.path.isfile(n) and os.remove(n)"
    )
    assert bench.perform(order).state is State.SUCCEEDED


def test_an_attempt_that_was_given_up_publishes_nothing(bench: Bench) -> None:
    order = bench.order("x = 1")

    def withdraw(progress: Progress) -> None:
        if progress.cell == 2:
            bench.archive.withdraw(order.run, order.reduction)

    with pytest.raises(AttemptGivenUp):
        perform(order, Session(on_progress=withdraw), at(2))
    assert not bench.place(order).exists()
    assert [path for path in bench.archive.layout.stagings.iterdir() if path.is_dir()] == []


def test_a_reader_never_sees_half_a_result(bench: Bench) -> None:
    """Read the final place all the time: it is either not there, or whole."""
    order = bench.order(*["print('x' * 500_000)"] * 4, KEEP)
    path = bench.archive.layout.notebook(order.run, order.reduction)
    stop, seen = threading.Event(), []

    def read() -> None:
        while not stop.is_set():
            if path.parent.exists():
                whole = path.is_file() and (path.parent / "outputs" / "sum.txt").is_file()
                seen.append(whole and bool(json.loads(path.read_bytes())))
            time.sleep(0.001)

    reader = threading.Thread(target=read)
    reader.start()
    bench.perform(order)
    time.sleep(0.05)
    stop.set()
    reader.join()
    assert seen
    assert all(seen)


def test_a_rerun_tells_what_differs(bench: Bench) -> None:
    first = bench.order("x = scale")
    outcome = bench.perform(first)
    second: Reduction = first.reduction.model_copy(
        update={
            "id": 2,
            "version": 2,
            "name": "DEMO42-work-v2",
            "parameters": {
                **first.reduction.parameters,
                "scale": Value(value=9.0, source=Source.REQUEST),
            },
        }
    )
    base = ended_by(first.reduction, outcome)
    again = bench.perform(first.model_copy(update={"reduction": second, "base": base}))
    assert [(one.what, one.before, one.after) for one in again.differs] == [
        ("parameter scale", 2.5, 9.0)
    ]


def test_one_that_is_never_executed_is_recorded_with_its_values(bench: Bench) -> None:
    order = bench.order("1 / 0")
    cancelled = order.reduction.model_copy(
        update={"state": State.CANCELLED, "reason": "cancelled by ada", "ended": at(3)}
    )
    record_unexecuted(order, cancelled)
    made = bench.notebook(order)
    assert read_record(bench.archive.layout.notebook(order.run, cancelled)).reduction == cancelled
    assert any("scale = 2.5" in cell.source for cell in made.cells)
    assert not any(cell.get("outputs") for cell in made.cells)
    log = bench.place(order) / "execution.log"
    assert log.read_text() == "not executed: cancelled by ada\n"


def test_nothing_is_published_where_the_archive_is_full(tmp_path: Path) -> None:
    with small_filesystem(tmp_path / "small", 4) as folder:
        bench = Bench(folder)
        order = bench.order("open('outputs/big.bin', 'wb').write(bytes(8_000_000))")
        with pytest.raises(ArchiveUnavailable, match=r"No space left|MB left"):
            perform(order, Session(), at(2))
        assert not bench.place(order).exists()


def test_a_disk_of_the_notebooks_own_that_is_read_only_is_its_own_failure(bench: Bench) -> None:
    order = bench.order("raise OSError(30, 'Read-only file system', '/data/raw/peaks.nxs')")
    outcome = perform(order, Session(), at(2))
    assert (outcome.state, outcome.failure) == (State.FAILED, FailureKind.CELL_ERROR)
    assert "/data/raw/peaks.nxs" in outcome.reason


def test_an_attempt_that_was_given_up_before_it_began_executes_nothing(bench: Bench) -> None:
    order = bench.order("print('never')")
    bench.archive.withdraw(order.run, order.reduction)
    with pytest.raises(AttemptGivenUp):
        perform(order, Session(), at(2))
    assert not bench.place(order).exists()
