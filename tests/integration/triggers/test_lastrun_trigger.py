"""The lastrun.txt trigger on real files."""

import os
import random
import time
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from data.sinks import MemorySink, eventually, running
from nbreduce.domain.run import Report
from nbreduce.triggers.lastrun import LastrunSettings, LastrunTrigger


class Facility:
    """A folder as ISIS lays it out for WISH."""

    def __init__(
        self, root: Path, name: str = "WISH", prefix: str = "WISH", padding: int = 8
    ) -> None:
        self.lastrun = root / "logs" / "lastrun.txt"
        self.data = root / "data"
        self.lastrun.parent.mkdir()
        self.data.mkdir()
        self._name, self._prefix, self._padding = name, prefix, padding

    def say(self, number: int, padding: int | None = None) -> None:
        """Name a run in lastrun.txt, as the instrument does: by rewriting it in place."""
        width = self._padding if padding is None else padding
        self.lastrun.write_text(f"{self._name} {number:0{width}d} 0\n")

    def measure(self, number: int, cycle: str = "cycle_23_2") -> Path:
        path = self.data / cycle / f"{self._prefix}{number:0{self._padding}d}.nxs"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"1")
        return path

    def trigger(self, **settings: Any) -> LastrunTrigger:
        values = {
            "kind": "lastrun",
            "instrument": self._name,
            "path": self.lastrun,
            "data": (self.data,),
            "poll_interval": 0.02,
        } | settings
        return LastrunTrigger(LastrunSettings.model_validate(values), [self._prefix], self._padding)


@pytest.fixture
def wish(tmp_path: Path) -> Facility:
    return Facility(tmp_path)


def test_the_first_start_reports_the_newest_run_with_its_file(wish: Facility) -> None:
    paths = [wish.measure(number) for number in range(44730, 44734)]
    wish.say(44733)
    sink = MemorySink()
    with running(wish.trigger(), sink):
        assert eventually(lambda: bool(sink.reports))
        time.sleep(0.1)
    (report,) = sink.reports
    assert (report.trigger, report.instrument) == ("lastrun", "WISH")
    assert (report.run_number, report.path) == (44733, paths[-1])
    assert sink.warnings == []


def test_each_run_is_reported_once_and_gaps_are_recovered(wish: Facility) -> None:
    sink = MemorySink(last_run_number=100)
    present = {number: wish.measure(number) for number in range(101, 112) if number != 105}
    wish.say(103)
    with running(wish.trigger(), sink):
        assert eventually(lambda: sink.numbers == [101, 102, 103])
        wish.say(104)
        assert eventually(lambda: sink.numbers[-1] == 104)
        wish.say(111)
        assert eventually(lambda: sink.numbers[-1] == 111)
        wish.say(111)
        time.sleep(0.1)
    assert sink.numbers == list(range(101, 112))
    assert [report.path for report in sink.reports] == [present.get(n) for n in range(101, 112)]


def test_runs_missed_while_the_service_was_down_are_recovered(wish: Facility) -> None:
    sink = MemorySink(last_run_number=44733)
    wish.say(44733)
    with running(wish.trigger(), sink):
        time.sleep(0.1)
    assert sink.reports == []
    wish.say(44740)
    with running(wish.trigger(), sink):
        assert eventually(lambda: sink.numbers == list(range(44734, 44741)))


def test_the_padding_rolls_over(tmp_path: Path) -> None:
    facility = Facility(tmp_path, padding=5)
    for number in (99998, 99999, 100000, 100001):
        facility.measure(number)
    facility.say(99998)
    sink = MemorySink()
    with running(facility.trigger(), sink):
        assert eventually(lambda: sink.numbers == [99998])
        facility.say(100000)
        assert eventually(lambda: len(sink.reports) == 3)
        facility.say(100001, padding=8)
        assert eventually(lambda: len(sink.reports) == 4)
    assert sink.names == ["WISH99998.nxs", "WISH99999.nxs", "WISH100000.nxs", "WISH100001.nxs"]
    assert sink.warnings == []


def test_a_prefix_that_is_not_the_instrument_s_name(tmp_path: Path) -> None:
    facility = Facility(tmp_path, name="TOSCA", prefix="TSC", padding=5)
    path = facility.measure(25234, cycle="cycle_19_4")
    facility.say(25234, padding=8)
    sink = MemorySink()
    with running(facility.trigger(), sink):
        assert eventually(lambda: bool(sink.reports))
    assert sink.reports[0].path == path
    assert sink.warnings == []


def test_a_file_of_another_instrument_is_told_once(wish: Facility) -> None:
    wish.lastrun.write_text("OSIRIS 00000007 0")
    sink = MemorySink()
    with running(wish.trigger(), sink):
        assert eventually(lambda: sink.numbers == [7])
        wish.lastrun.write_text("OSIRIS 00000008 0")
        assert eventually(lambda: sink.numbers == [7, 8])
    (warning,) = sink.warnings
    assert warning.endswith("is of 'OSIRIS', not of WISH; check the trigger's path")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"no run here\n", "says 'no run here'"),
        (bytes(range(256)), "says "),
        (b"\x00" * 100, "is empty"),
        (b"WISH 00044", "says 'WISH 00044'"),
        (b"WISH 1 0\n" * 1000, "has more than 4096 characters"),
    ],
)
def test_a_useless_file_is_told_once_and_then_followed_again(
    wish: Facility, content: bytes, words: str
) -> None:
    wish.lastrun.write_bytes(content)
    sink = MemorySink(last_run_number=5)
    with running(wish.trigger(), sink):
        assert eventually(lambda: bool(sink.warnings))
        time.sleep(0.1)
        wish.say(6)
        assert eventually(lambda: sink.numbers == [6])
    (warning,) = sink.warnings
    assert warning.startswith(f"lastrun: {wish.lastrun} {words}")


def test_a_file_that_is_away_for_a_time_is_told_once_each_time(wish: Facility) -> None:
    sink = MemorySink(last_run_number=5)
    with running(wish.trigger(), sink):
        for number in (6, 7):
            assert eventually(lambda number=number: len(sink.warnings) == number - 5)
            time.sleep(0.1)
            wish.say(number)
            assert eventually(lambda number=number: sink.numbers[-1:] == [number])
            wish.lastrun.unlink()
    assert sink.warnings[0].endswith("lastrun.txt can't be read: No such file or directory")
    assert len(sink.warnings) <= 3


def test_a_line_that_is_written_in_pieces_is_never_taken_for_another_run(wish: Facility) -> None:
    sink, dice = MemorySink(last_run_number=44732), random.Random(1)
    with running(wish.trigger(poll_interval=0.001), sink):
        for number in range(44733, 44753):
            with wish.lastrun.open("wb", buffering=0) as file:
                for byte in f"WISH {number:08d} 0\n".encode():
                    file.write(bytes([byte]))
                    if dice.random() < 0.2:
                        time.sleep(0.002)
        assert eventually(lambda: sink.numbers[-1] == 44752)
    assert sink.numbers == list(range(44733, 44753))


def test_a_wide_jump_reports_what_has_a_file_and_tells_of_the_rest(wish: Facility) -> None:
    sink = MemorySink(last_run_number=100)
    paths = {number: wish.measure(number) for number in (101, 5000, 9999)}
    wish.say(10_100)
    with running(wish.trigger(max_gap=1000), sink):
        assert eventually(lambda: sink.numbers == [101, 5000, 9999, 10_100])
        wish.say(10_101)
        assert eventually(lambda: sink.numbers[-1] == 10_101)
    assert [report.path for report in sink.reports] == [*paths.values(), None, None]
    (warning,) = sink.warnings
    assert "jumped from run 100 to 10100: 3 files found in between are reported" in warning
    assert "9996 numbers have no file" in warning


def test_a_number_that_was_a_mistake_loses_no_run(wish: Facility) -> None:
    sink = MemorySink(last_run_number=100)
    wish.say(99_999_999)
    with running(wish.trigger(), sink):
        assert eventually(lambda: sink.numbers == [99_999_999])
        wish.say(103)
        assert eventually(lambda: sink.numbers[-1] == 103)
    assert sink.numbers == [99_999_999, 101, 102, 103]
    assert "went back from run 99999999 to 103; goes on after run 100" in sink.warnings[-1]


def test_numbers_that_begin_anew_are_followed(wish: Facility) -> None:
    sink = MemorySink(last_run_number=44733)
    wish.say(1)
    with running(wish.trigger(), sink):
        assert eventually(lambda: sink.numbers == [1])
        wish.say(3)
        assert eventually(lambda: sink.numbers == [1, 2, 3])
    (warning,) = sink.warnings
    assert "went back from run 44733 to 1; goes on from there" in warning


def test_stopping_in_the_middle_of_a_gap_goes_on_there(wish: Facility) -> None:
    stop = Event()

    class Stopping(MemorySink):
        def report(self, report: Report) -> None:
            super().report(report)
            if len(self.reports) == 10:
                stop.set()

    sink = Stopping(last_run_number=0)
    wish.say(50)
    wish.trigger().run(sink, stop)
    assert sink.numbers == list(range(1, 11))
    with running(wish.trigger(), sink):
        assert eventually(lambda: sink.numbers == list(range(1, 51)))


def test_a_data_folder_that_can_not_be_read_delays_nothing(wish: Facility) -> None:
    wish.data.rmdir()
    os.mkfifo(wish.data)
    wish.say(9)
    sink = MemorySink(last_run_number=1)
    with running(wish.trigger(), sink):
        assert eventually(lambda: sink.numbers == list(range(2, 10)))
    assert {report.path for report in sink.reports} == {None}
