import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbreduce.triggers.lastrun import Step, next_step
from nbreduce.triggers.lastrun_file import MAX_BYTES, LastRun, Problem, parse_lastrun

RUNS = st.integers(1, 10**8)
NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,9}", fullmatch=True)


@pytest.mark.parametrize(
    ("text", "name", "number"),
    [
        ("WISH 00044733 0", "WISH", 44733),
        ("WISH 00044733 0\n", "WISH", 44733),
        ("MARI 25234 0\r\n", "MARI", 25234),
        ("  ENGINX\t100000   0 \n\n", "ENGINX", 100000),
        ("WISH 00044733 0\x00\x00", "WISH", 44733),
    ],
)
def test_lines_that_name_a_run(text: str, name: str, number: int) -> None:
    assert parse_lastrun(text) == LastRun(name, number)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty"),
        (" \r\n\x00", "is empty"),
        ("WISH", "says 'WISH'"),
        ("WISH 000", "says 'WISH 000'"),
        ("WISH 00044733", "says 'WISH 00044733'"),
        ("WISH 00044733 ", "says 'WISH 00044733'"),
        ("WISH 00044x33 0", "says"),
        ("WISH -5 0", "says"),
        ("WISH 5 0\nWISH 6 0", "says"),
        ("\x89HDF\r\n\x1a\n", "says"),
        ("\x01\x02 12 0", "says"),
        ("WISH ٣٤ 0", "says"),
        ("WISH 00000000 0", "no possible run number"),
        ("WISH " + "9" * 13 + " 0", "no possible run number"),
        ("x" * (MAX_BYTES + 1), "has more than"),
    ],
)
def test_what_names_no_run_is_a_problem(text: str, reason: str) -> None:
    problem = parse_lastrun(text)
    assert isinstance(problem, Problem) and reason in problem.reason


@given(NAMES, RUNS, st.integers(0, 12))
def test_any_run_survives_its_line(name: str, number: int, width: int) -> None:
    assert parse_lastrun(f"{name} {number:0{width}d} 0\n") == LastRun(name, number)


@given(NAMES, RUNS, st.integers(1, 20))
def test_a_line_written_in_part_is_never_another_run(name: str, number: int, length: int) -> None:
    """Only the last token may be cut, which does not matter."""
    line = f"{name} {number:08d} 0"
    part = parse_lastrun(line[:length])
    assert isinstance(part, Problem) or part == LastRun(name, number)


@given(st.text(max_size=300) | st.binary(max_size=300).map(lambda raw: raw.decode("latin-1")))
def test_any_text_gives_a_run_or_a_short_reason(text: str) -> None:
    reading = parse_lastrun(text)
    if isinstance(reading, LastRun):
        assert 0 < reading.run_number < 10**12
    else:
        assert 0 < len(reading.reason) < 400


def test_the_first_start_reports_only_the_newest() -> None:
    assert next_step(None, None, 44733, 1000) == Step(range(44733, 44734))


def test_gaps_are_filled() -> None:
    assert next_step(99998, None, 100000, 1000) == Step(range(99999, 100001))
    assert next_step(1, None, 1001, 1000) == Step(range(2, 1002))


def test_a_wide_jump_asks_for_files() -> None:
    step = next_step(1, None, 1002, 1000)
    assert step == Step(range(2, 1003), only_existing=True)


def test_a_step_back_is_a_new_beginning() -> None:
    step = next_step(500, None, 20, 1000)
    assert step.numbers == range(20, 21)
    assert step.warning == "went back from run 500 to 20; goes on from there"


def test_a_step_back_from_a_wide_jump_goes_on_where_it_was() -> None:
    step = next_step(99999, 100, 103, 1000)
    assert step.numbers == range(101, 104)
    assert step.warning.endswith("goes on after run 100")


@given(RUNS, st.lists(st.integers(0, 50), min_size=1, max_size=30))
def test_while_the_numbers_grow_none_is_lost_or_reported_twice(
    start: int, growth: list[int]
) -> None:
    last, reported = start, []
    for more in growth:
        step = next_step(last, None, last + more, 100)
        reported += step.numbers
        last = reported[-1] if reported else last
        assert not step.warning
    assert reported == list(range(start + 1, start + 1 + sum(growth)))


@given(st.none() | RUNS, st.none() | RUNS, RUNS, st.integers(1, 10**4))
def test_the_newest_run_is_always_reported_unless_it_was_just_now(
    last: int | None, before: int | None, current: int, max_gap: int
) -> None:
    step = next_step(last, before, current, max_gap)
    if current == last:
        assert len(step.numbers) == 0
    else:
        assert step.numbers[-1] == current
        assert step.only_existing or len(step.numbers) <= max_gap
