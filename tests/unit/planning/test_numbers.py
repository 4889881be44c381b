"""Runs by number, as people write them."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbreduce.planning.numbers import RangeError, count_numbers, format_ranges, parse_ranges

NUMBERS = st.sets(st.integers(0, 300), min_size=1)


@given(NUMBERS)
def test_what_is_written_is_read_again(numbers: set[int]) -> None:
    ranges = parse_ranges(format_ranges(numbers))
    assert {one for first, last in ranges for one in range(first, last + 1)} == numbers
    assert count_numbers(ranges) == len(numbers)
    assert list(ranges) == sorted(ranges)


@given(st.lists(st.tuples(st.integers(0, 10**17), st.integers(0, 10**17)), min_size=1, max_size=9))
def test_ranges_never_overlap_or_touch(pairs: list[tuple[int, int]]) -> None:
    text = ",".join(f"{min(pair)}-{max(pair)}" for pair in pairs)
    ranges = parse_ranges(text)
    for (_, before), (after, _) in pairwise(ranges):
        assert after > before + 1
    for pair in pairs:
        assert any(first <= min(pair) and max(pair) <= last for first, last in ranges)


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    try:
        assert parse_ranges(text)
    except RangeError as error:
        assert error.hint


@pytest.mark.parametrize(
    ("text", "ranges"),
    [
        ("241300-241391, 241395", ((241300, 241391), (241395, 241395))),
        ("5 – 7; 8\n3", ((3, 3), (5, 8))),
        ("7,7,7,", ((7, 7),)),
    ],
)
def test_what_people_write(text: str, ranges: tuple[tuple[int, int], ...]) -> None:
    assert parse_ranges(text) == ranges


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no runs are named"),
        (" , ", "no runs are named"),
        ("9-3", "'9-3' runs backwards. Write 3-9"),
        ("3-", "'3-' is neither a run number nor a range of them"),
        ("-5", "'-5' is neither"),
        ("1.5", "'1.5' is neither"),
        ("1-2-3", "'1-2-3' is neither"),
        ("٣", "is neither"),
        ("9" * 19, "is neither"),
    ],
)
def test_what_names_no_runs(text: str, words: str) -> None:
    with pytest.raises(RangeError) as refused:
        parse_ranges(text)
    assert words in str(refused.value)
