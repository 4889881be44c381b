"""When files that are really being written count as finished."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np
import pytest

from data.hostile import write_run
from nbreduce.intake import leases, settle
from nbreduce.intake.settle import Settled, SettleSettings, Settling, Waiting

FORMATS = ("earliest", "latest")


@pytest.fixture
def local(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settling:
    """Settling on a disk of this machine."""
    table = tmp_path / "mountinfo"
    table.write_text("22 1 254:0 / / rw - ext4 /dev/vda rw\n")
    monkeypatch.setattr(leases, "MOUNTINFO", table)
    return Settling(SettleSettings(stable_for=2, give_up_after=60))


@pytest.fixture
def remote(monkeypatch: pytest.MonkeyPatch) -> Settling:
    """Settling on a network mount, where only time can tell."""
    monkeypatch.setattr(settle, "has_no_writer", lambda descriptor: False)
    return Settling(SettleSettings(stable_for=2, give_up_after=60))


def _slow_h5py_writer(path: Path, libver: str, flushes: bool = True) -> Iterator[str]:
    with h5py.File(path, "w", libver=libver) as file:
        yield "created"
        counts = file.create_dataset("counts", (0, 1000), maxshape=(None, 1000), dtype="i4")
        for block in range(1, 6):
            counts.resize(block * 100, axis=0)
            counts[-100:] = block
            yield f"block {block}"
            if flushes:
                file.flush()
                yield f"block {block} flushed"


@pytest.mark.parametrize("libver", FORMATS)
def test_a_file_that_h5py_writes_slowly_is_finished_when_closed(
    local: Settling, tmp_path: Path, libver: str
) -> None:
    path, now = tmp_path / "a.nxs", 0.0
    for step in _slow_h5py_writer(path, libver):
        now += 1.9
        assert isinstance(local.check(path, now=now), Waiting), step
    assert isinstance(local.check(path, now=now), Settled)


@pytest.mark.parametrize(("libver", "flushes"), [("latest", True), ("earliest", False)])
def test_over_the_network_a_writer_that_pauses_is_not_cut_short(
    remote: Settling, tmp_path: Path, libver: str, flushes: bool
) -> None:
    """The pauses are longer than `stable_for`."""
    path, now = tmp_path / "a.nxs", 0.0
    for step in _slow_h5py_writer(path, libver, flushes):
        for _ in range(5):
            now += 1.0
            assert isinstance(remote.check(path, now=now), Waiting), step
    assert isinstance(remote.check(path, now=now + 1), Waiting)
    assert isinstance(remote.check(path, now=now + 3), Settled)


def test_a_copy_in_pieces_is_finished_with_its_last_byte(local: Settling, tmp_path: Path) -> None:
    """Each piece is appended by opening and closing the file, with a pause after it."""
    whole = write_run(tmp_path / "source").read_bytes()
    path = tmp_path / "copy.nxs"
    for start in range(0, len(whole), 3000):
        verdict = local.check(path, now=float(start)) if start else Waiting("")
        assert isinstance(verdict, Waiting)
        with path.open("ab") as file:
            file.write(whole[start : start + 3000])
    assert isinstance(local.check(path, now=20000.0), Settled)


@pytest.mark.parametrize("network", [False, True])
def test_a_preallocated_file_is_not_finished_while_it_is_filled(
    local: Settling, tmp_path: Path, network: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if network:
        monkeypatch.setattr(settle, "has_no_writer", lambda descriptor: False)
    whole = write_run(tmp_path / "source").read_bytes()
    path = tmp_path / "a.nxs"
    with path.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, len(whole))
        for now, start in enumerate(range(0, len(whole), 1000)):
            assert isinstance(local.check(path, now=float(now)), Waiting)
            os.pwrite(file.fileno(), whole[start : start + 1000], start)
        assert isinstance(local.check(path, now=float(now + 1)), Waiting)
    assert isinstance(local.check(path, now=float(now + 4)), Settled)


def test_a_file_renamed_into_place_is_finished_at_once(local: Settling, tmp_path: Path) -> None:
    write_run(tmp_path / ".a.nxs.part").rename(tmp_path / "a.nxs")
    assert isinstance(local.check(tmp_path / "a.nxs"), Settled)


@pytest.mark.parametrize("mtime", [0, 4_000_000_000])
def test_times_that_a_writer_sets_deceive_nobody(
    remote: Settling, tmp_path: Path, mtime: int
) -> None:
    path, now = tmp_path / "a.nxs", 0.0
    content = write_run(tmp_path / "source").read_bytes()
    for _ in range(5):
        path.write_bytes(content)
        os.utime(path, (mtime, mtime))
        now += 1.5
        assert isinstance(remote.check(path, now=now), Waiting)
    assert isinstance(remote.check(path, now=now + 2.1), Settled)


def test_another_process_is_seen_to_write(local: Settling, tmp_path: Path) -> None:
    path = tmp_path / "a.nxs"
    program = (
        "import h5py, sys, time\n"
        "with h5py.File(sys.argv[1], 'w') as file:\n"
        "    for block in range(8):\n"
        "        file[str(block)] = range(5000)\n"
        "        file.flush()\n"
        "        time.sleep(0.04)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(path)]) as writer:
        deadline, waited = time.monotonic() + 30, 0
        while not isinstance(verdict := local.check(path), Settled):
            waited += isinstance(verdict, Waiting)
            assert time.monotonic() < deadline
            time.sleep(0.002)
    assert writer.returncode == 0
    assert waited > 10
    with h5py.File(path) as file:
        assert np.array_equal(file["7"], range(5000))
    assert verdict.stamp is not None and verdict.stamp.size == path.stat().st_size
