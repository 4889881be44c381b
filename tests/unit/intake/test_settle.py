import os
import threading
from pathlib import Path

import pytest

from data.hostile import write_run
from data.powers import bound_by_permissions
from nbreduce.domain.run import FileStamp
from nbreduce.intake import leases, settle
from nbreduce.intake.hdf5_head import Head
from nbreduce.intake.settle import Gone, Settled, SettleSettings, Settling, Sight, Waiting, decide

SETTINGS = SettleSettings(stable_for=2, give_up_after=60)
STAMP = FileStamp(size=10, mtime_ns=1)
WHOLE = Head("hdf5", 10, 10)


@pytest.mark.parametrize(
    ("head", "no_writer", "quiet", "settled"),
    [
        (WHOLE, True, 0, True),
        (WHOLE, False, 0, False),
        (WHOLE, False, 1.9, False),
        (WHOLE, False, 2.0, True),
        (Head("hdf5", 10, 20), True, 59, False),
        (Head("hdf5", 10, 20), True, 60, True),
        (Head("hdf5", 10, 20), False, 60, True),
        (Head("hdf5", 10, 10, open_for_writing=True), False, 10, False),
        (Head("hdf5", 10, None), True, 10, False),
        (Head("hdf5", 20, 10), False, 59, False),
        (Head("hdf5", 20, 10), False, 60, True),
        (Head("hdf5", 20, 10), True, 0, True),
        (Head("empty", 0), True, 59, False),
        (Head("empty", 0), True, 60, True),
        (Head("text", 10), True, 0, True),
        (Head("unknown", 10), False, 1, False),
        (Head("hdf4", 10), False, 3, True),
    ],
)
def test_what_counts_as_finished(head: Head, no_writer: bool, quiet: float, settled: bool) -> None:
    verdict = decide(Sight((1, 1, 1, 1, 1), STAMP, head, no_writer), quiet, SETTINGS)
    if settled:
        assert isinstance(verdict, Settled) and verdict.stamp == STAMP and verdict.why
    else:
        assert isinstance(verdict, Waiting) and verdict.reason


@pytest.fixture
def settling(monkeypatch: pytest.MonkeyPatch) -> Settling:
    """Settling on what looks like a network mount: the kernel knows nothing of writers."""
    monkeypatch.setattr(settle, "has_no_writer", lambda descriptor: False)
    return Settling(SETTINGS)


def test_time_is_counted_from_the_last_change_by_our_own_clock(
    settling: Settling, tmp_path: Path
) -> None:
    path = write_run(tmp_path / "a.nxs")
    os.utime(path, (0, 0))
    assert isinstance(settling.check(path, now=100.0), Waiting)
    assert isinstance(settling.check(path, now=101.9), Waiting)
    os.utime(path, (4e9, 4e9))
    assert isinstance(settling.check(path, now=102.5), Waiting)
    assert isinstance(settling.check(path, now=104.4), Waiting)
    verdict = settling.check(path, now=104.6)
    assert isinstance(verdict, Settled)
    assert verdict.stamp == FileStamp(size=path.stat().st_size, mtime_ns=path.stat().st_mtime_ns)


def test_a_change_is_seen_though_size_and_time_are_set_back(
    settling: Settling, tmp_path: Path
) -> None:
    path = write_run(tmp_path / "a.nxs")
    before = path.stat()
    assert isinstance(settling.check(path, now=0.0), Waiting)
    with path.open("r+b") as file:
        file.seek(before.st_size - 1)
        file.write(b"x")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert isinstance(settling.check(path, now=2.5), Waiting)
    assert isinstance(settling.check(path, now=4.6), Settled)


def test_another_file_renamed_into_its_place_starts_anew(
    settling: Settling, tmp_path: Path
) -> None:
    path = write_run(tmp_path / "a.nxs")
    settling.check(path, now=0.0)
    write_run(tmp_path / "b").rename(path)
    assert isinstance(settling.check(path, now=3.0), Waiting)
    assert isinstance(settling.check(path, now=5.0), Settled)


def test_incomplete_files_are_taken_as_they_are_in_the_end(
    settling: Settling, tmp_path: Path
) -> None:
    empty, cut = tmp_path / "empty.nxs", write_run(tmp_path / "cut.nxs")
    empty.touch()
    os.truncate(cut, 500)
    for path, reason in ((empty, "no content yet"), (cut, "500 of ")):
        verdict = settling.check(path, now=0.0)
        assert isinstance(verdict, Waiting) and verdict.reason.startswith(reason)
        assert isinstance(settling.check(path, now=59.0), Waiting)
        assert isinstance(settling.check(path, now=60.0), Settled)


def test_a_sentinel_decides_alone(settling: Settling, tmp_path: Path) -> None:
    path, sentinel = tmp_path / "a.nxs", tmp_path / "a.done"
    assert isinstance(settling.check(path, sentinel, now=0.0), Gone)
    path.touch()
    assert settling.check(path, sentinel, now=1000.0) == Waiting("'a.done' is not there yet")
    sentinel.touch()
    assert isinstance(settling.check(path, sentinel, now=1000.1), Settled)


def test_a_file_that_vanishes_is_gone(settling: Settling, tmp_path: Path) -> None:
    path = write_run(tmp_path / "a.nxs")
    settling.check(path, now=0.0)
    path.unlink()
    assert isinstance(settling.check(path, now=1.0), Gone)
    assert isinstance(settling.check(path / "below a file", now=1.0), Gone)
    path.touch()
    assert isinstance(settling.check(path / "below a file", now=1.0), Gone)


def test_what_waiting_can_not_mend_is_left_to_the_reader(
    settling: Settling, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "pipe.nxs")
    assert isinstance(settling.check(tmp_path, now=0.0), Settled)
    assert isinstance(settling.check(tmp_path / "pipe.nxs", now=0.0), Settled)
    path = write_run(tmp_path / "closed.nxs")
    path.chmod(0)
    with bound_by_permissions():
        assert settling.check(path, now=0.0) == Settled("it may not be read")


def test_a_share_that_fails_is_waited_for(
    settling: Settling, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_run(tmp_path / "a.nxs")

    def stale(descriptor: int) -> Head:
        raise OSError(116, "Stale file handle")

    with monkeypatch.context() as patch:
        patch.setattr(settle, "read_head", stale)
        assert settling.check(path, now=0.0) == Waiting("it can't be reached: Stale file handle")
        assert isinstance(settling.check(path, now=30.0), Waiting)
        verdict = settling.check(path, now=60.0)
        assert isinstance(verdict, Settled) and "Stale file handle" in verdict.why
    settling.check(path, now=61.0)
    assert isinstance(settling.check(path, now=63.0), Settled)


def test_nothing_is_remembered_of_files_that_settled(settling: Settling, tmp_path: Path) -> None:
    for number in range(20):
        path = write_run(tmp_path / f"{number}.nxs")
        settling.check(path, now=0.0)
        settling.check(path, now=3.0)
    settling.check(tmp_path / "never there.nxs", now=0.0)
    assert not settling._seen


MOUNTS = b"""\
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 22 0:25 / /tmp rw - tmpfs tmpfs rw
31 22 0:40 / /data rw - nfs4 server:/data rw
32 31 0:41 / /data/local\\040disk rw,nosuid shared:3 master:2 - xfs /dev/sdb rw
33 22 0:42 / /home/a rw - fuse.sshfs host: rw
a line that is no mount
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "ext4"),
        ("/database/x", "ext4"),
        ("/tmp/x", "tmpfs"),
        ("/data", "nfs4"),
        ("/data/cycle_1/x.nxs", "nfs4"),
        ("/data/local disk/x", "xfs"),
        ("/home/a/x", "fuse.sshfs"),
    ],
)
def test_the_filesystem_of_a_path(path: str, kind: str) -> None:
    assert leases.filesystem(Path(path), leases.parse_mountinfo(MOUNTS)) == kind


def test_a_mount_on_top_of_another_wins() -> None:
    mounts = [(b"/", "ext4"), (b"/data", "ext4"), (b"/data", "nfs")]
    assert leases.filesystem(Path("/data/x"), mounts) == "nfs"
    assert leases.filesystem(Path("/data/x"), []) == ""


def _no_writer(path: Path) -> bool:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return leases.has_no_writer(descriptor)
    finally:
        os.close(descriptor)


def test_leases_are_never_asked_for_on_network_mounts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_run(tmp_path / "a.nxs")
    fake = tmp_path / "mountinfo"
    monkeypatch.setattr(leases, "MOUNTINFO", fake)
    assert not _no_writer(path), "no mount table, no proof"
    for kind, proof in (("ext4", True), ("nfs4", False), ("cifs", False), ("fuse.sshfs", False)):
        fake.write_text(f"22 1 254:0 / / rw - {kind} /dev/vda rw\n")
        assert _no_writer(path) is proof


def test_being_opened_for_writing_during_a_lease_harms_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel signals whoever holds a lease; by default that signal would end the process."""
    path, stop = write_run(tmp_path / "a.nxs"), threading.Event()
    fake = tmp_path / "mountinfo"
    fake.write_text("22 1 254:0 / / rw - ext4 /dev/vda rw\n")
    monkeypatch.setattr(leases, "MOUNTINFO", fake)

    def write() -> None:
        while not stop.is_set():
            with path.open("r+b"):
                pass

    writer = threading.Thread(target=write)
    writer.start()
    try:
        seen = {_no_writer(path) for _ in range(3000)}
    finally:
        stop.set()
        writer.join()
    assert seen == {True, False}
