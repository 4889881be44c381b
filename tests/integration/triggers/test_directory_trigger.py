"""The directory trigger on real folders, with events and without."""

import os
import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import watchfiles

from data.sinks import MemorySink, eventually, running, stamp_of
from nbreduce.triggers.directory import DirectorySettings, DirectoryTrigger


def _trigger(path: Path, **settings: Any) -> DirectoryTrigger:
    values = {"kind": "directory", "instrument": "X", "path": path, "poll_interval": 0.1} | settings
    return DirectoryTrigger(DirectorySettings.model_validate(values))


@pytest.fixture
def sink() -> MemorySink:
    return MemorySink()


@pytest.fixture
def no_events(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a network mount: nothing that happens is told."""

    def silent(
        *paths: str, stop_event: Any, rust_timeout: int, **options: Any
    ) -> Iterator[set[Any]]:
        while not stop_event.wait(rust_timeout / 1000):
            yield set()

    monkeypatch.setattr(watchfiles, "watch", silent)


def _write(path: Path, mtime: float | None = None, content: bytes = b"1") -> Path:
    """Write as facilities do: under another name, then renamed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name("." + path.name)
    part.write_bytes(content)
    if mtime is not None:
        os.utime(part, (mtime, mtime))
    return part.rename(path)


def test_a_file_is_reported_by_event_long_before_the_next_look(
    tmp_path: Path, sink: MemorySink
) -> None:
    with running(_trigger(tmp_path, poll_interval=60), sink):
        _write(tmp_path / "first.nxs")
        assert eventually(lambda: sink.names == ["first.nxs"])
        time.sleep(0.5)
        begun = time.monotonic()
        _write(tmp_path / "sub" / "Größe 2.NXS")
        _write(tmp_path / "third.nxs")
        assert eventually(lambda: len(sink.reports) == 3)
        assert time.monotonic() - begun < 2
    report = next(
        report for report in sink.reports if report.path and report.path.name == "third.nxs"
    )
    assert (report.trigger, report.instrument) == ("directory", "X")
    assert report.path == tmp_path / "third.nxs" and report.run_number is report.sentinel is None
    assert sorted(sink.names) == ["Größe 2.NXS", "first.nxs", "third.nxs"]
    assert sink.warnings == []


def test_a_file_is_reported_without_any_event(
    tmp_path: Path, sink: MemorySink, no_events: None
) -> None:
    with running(_trigger(tmp_path), sink):
        for name in ("a.nxs", "sub/b.nxs"):
            _write(tmp_path / name)
            assert eventually(lambda name=name: Path(name).name in sink.names)
    assert sink.names == ["a.nxs", "b.nxs"]


def test_a_folder_that_is_moved_in_brings_its_files(tmp_path: Path, sink: MemorySink) -> None:
    watched = tmp_path / "watched"
    watched.mkdir()
    _write(tmp_path / "cycle" / "a.nxs", 20)
    _write(tmp_path / "cycle" / "deep" / "b.nxs", 10)
    with running(_trigger(watched, poll_interval=60), sink):
        _write(watched / "ready.nxs")
        assert eventually(lambda: sink.names == ["ready.nxs"])
        time.sleep(0.5)
        (tmp_path / "cycle").rename(watched / "cycle")
        assert eventually(lambda: len(sink.names) == 3)
    assert sink.names == ["ready.nxs", "b.nxs", "a.nxs"]


def test_what_came_while_the_service_was_down_is_reported_in_order(
    tmp_path: Path, sink: MemorySink
) -> None:
    known = _write(tmp_path / "known.nxs", 5)
    changed = _write(tmp_path / "changed.nxs", 6)
    sink.files = {path: stamp_of(path) for path in (known, changed)}
    _write(changed, 40, b"longer")
    for name, mtime in (("c.nxs", 30), ("a.nxs", 10), ("b.nxs", 20)):
        _write(tmp_path / name, mtime)
    with running(_trigger(tmp_path), sink):
        assert eventually(lambda: len(sink.reports) == 4)
    assert sink.names == ["a.nxs", "b.nxs", "c.nxs", "changed.nxs"]


def test_a_restart_reports_nothing_again(tmp_path: Path, sink: MemorySink) -> None:
    for number in range(5):
        _write(tmp_path / f"{number}.nxs", number)
    for _ in range(3):
        with running(_trigger(tmp_path), sink):
            assert eventually(lambda: len(sink.reports) >= 5)
            time.sleep(0.3)
    assert len(sink.reports) == 5


def test_a_file_that_grows_is_reported_when_seen_and_when_it_rests(
    tmp_path: Path, sink: MemorySink
) -> None:
    path = tmp_path / "slow.nxs"
    with running(_trigger(tmp_path), sink):
        with path.open("wb", buffering=0) as file:
            for _ in range(60):
                file.write(b"x" * 1000)
                time.sleep(0.01)
        assert eventually(lambda: sink.files.get(path) == stamp_of(path))
        time.sleep(0.3)
    assert 2 <= len(sink.reports) < 10


def test_only_new_files_where_that_is_asked_for(tmp_path: Path, sink: MemorySink) -> None:
    _write(tmp_path / "old.nxs", datetime(2019, 12, 31, tzinfo=UTC).timestamp())
    _write(tmp_path / "new.nxs", datetime(2020, 1, 2, tzinfo=UTC).timestamp())
    with running(_trigger(tmp_path, since=datetime(2020, 1, 1, tzinfo=UTC)), sink):
        assert eventually(lambda: bool(sink.reports))
        time.sleep(0.3)
    assert sink.names == ["new.nxs"]


def test_a_sentinel_is_named_beside_the_file(tmp_path: Path, sink: MemorySink) -> None:
    _write(tmp_path / "sub" / "run 7.nxs")
    with running(_trigger(tmp_path, sentinel="{stem}.done"), sink):
        assert eventually(lambda: bool(sink.reports))
    assert sink.reports[0].sentinel == tmp_path / "sub" / "run 7.done"


def test_a_folder_that_is_not_there_is_waited_for(tmp_path: Path, sink: MemorySink) -> None:
    folder = tmp_path / "mount"
    with running(_trigger(folder), sink):
        assert eventually(lambda: bool(sink.warnings))
        time.sleep(0.4)
        assert sink.warnings == [f"directory: the folder {folder} is not there; waiting for it"]
        _write(folder / "a.nxs")
        assert eventually(lambda: sink.names == ["a.nxs"])


@pytest.mark.parametrize("events", [True, False])
def test_a_folder_that_goes_away_and_comes_back_is_followed(
    tmp_path: Path, sink: MemorySink, events: bool, request: pytest.FixtureRequest
) -> None:
    if not events:
        request.getfixturevalue("no_events")
    folder = tmp_path / "mount"
    kept = _write(folder / "a.nxs")
    with running(_trigger(folder), sink):
        assert eventually(lambda: sink.names == ["a.nxs"])
        for round_ in range(2):
            folder.rename(tmp_path / "away")
            assert eventually(lambda round_=round_: len(sink.warnings) == round_ + 1)
            _write(tmp_path / "away" / f"new {round_}.nxs")
            (tmp_path / "away").rename(folder)
            assert eventually(lambda round_=round_: f"new {round_}.nxs" in sink.names)
        shutil.rmtree(folder)
        _write(folder / "last.nxs")
        assert eventually(lambda: "last.nxs" in sink.names)
    assert sink.names == [kept.name, "new 0.nxs", "new 1.nxs", "last.nxs"]


def test_a_name_that_is_not_utf8_is_reported_and_told(tmp_path: Path, sink: MemorySink) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.nxs"))
    with running(_trigger(tmp_path), sink):
        _write(tmp_path / "before.nxs")
        assert eventually(lambda: len(sink.reports) == 1)
        path.write_bytes(b"1")
        assert eventually(lambda: len(sink.reports) == 2)
        _write(tmp_path / "after.nxs")
        assert eventually(lambda: len(sink.reports) == 3)
    assert sink.reports[1].path == path
    assert (
        f"directory: the name of {tmp_path}/caf\\udce9.nxs is not UTF-8; rename the file"
        in sink.warnings
    )


def test_where_events_fail_looking_goes_on(
    tmp_path: Path, sink: MemorySink, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*paths: str, **options: Any) -> Iterator[set[Any]]:
        raise OSError(28, "No space left on device (os error 28)")
        yield

    monkeypatch.setattr(watchfiles, "watch", fails)
    with running(_trigger(tmp_path), sink):
        _write(tmp_path / "a.nxs")
        assert eventually(lambda: sink.names == ["a.nxs"])
        _write(tmp_path / "b.nxs")
        assert eventually(lambda: sink.names == ["a.nxs", "b.nxs"])
    assert len(sink.warnings) == 1
    assert "no events from" in sink.warnings[0] and "looking every 0.1 s" in sink.warnings[0]


def test_a_report_that_was_not_taken_is_made_again_by_the_next_run(
    tmp_path: Path, sink: MemorySink
) -> None:
    _write(tmp_path / "a.nxs")
    sink.failing = True
    with pytest.raises(OSError, match="the catalogue is away"):
        _trigger(tmp_path).run(sink, Event())
    sink.failing = False
    with running(_trigger(tmp_path), sink):
        assert eventually(lambda: sink.names == ["a.nxs"])


def test_ten_thousand_known_files_cost_little(
    tmp_path: Path, sink: MemorySink, no_events: None
) -> None:
    source = _write(tmp_path / "source")
    folder = tmp_path / "data"
    folder.mkdir()
    for number in range(10_000):
        os.link(source, folder / f"RUN{number:08}.nxs")
    stamp = stamp_of(source)
    sink.files = {folder / f"RUN{number:08}.nxs": stamp for number in range(10_000)}
    with running(_trigger(folder), sink):
        begun, used = time.monotonic(), time.process_time()
        _write(folder / "new.nxs")
        assert eventually(lambda: sink.names == ["new.nxs"])
        assert time.monotonic() - begun < 5
        assert time.process_time() - used < 2
