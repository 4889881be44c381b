from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbreduce.intake import nexus_fields as fields

MODERN = st.datetimes(datetime(1990, 1, 4), datetime(2100, 1, 1))
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2015-07-01T15:29:17", "2015-07-01T15:29:17"),
        ("2010-06-01 10:55:51", "2010-06-01T10:55:51"),
        ("2024-05-28T11:24:48+0000", "2024-05-28T11:24:48"),
        ("2024-05-28T11:24:48Z", "2024-05-28T11:24:48"),
        ("2010-12-05T12:37:39-05:00", "2010-12-05T17:37:39"),
        ("2024-10-28T09:34:50.524Z", "2024-10-28T09:34:50.524"),
        ("2019-01-02T03:04:05.123456789+01:00", "2019-01-02T02:04:05.123456"),
    ],
)
def test_times_of_all_facilities_are_read(text: str, expected: str) -> None:
    moment, _ = fields.parse_time(text, "start")
    assert moment == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["1989-12-31T19:00:00.000000000-05:00", "1970-01-01T00:00:00Z", "1990-01-01T00:00:00Z"]
)
def test_an_unset_clock_is_no_time(text: str) -> None:
    moment, notes = fields.parse_time(text, "end")
    assert moment is None
    assert notes == [f"the end time {text} comes from an unset clock; taken as unknown"]


@pytest.mark.parametrize(
    "text",
    [
        "yesterday",
        "2024-13-01T00:00:00",
        "2024-02-30",
        "0001-01-01T00:00:00+14:00",
        "\ud800",
        "9" * 500,
    ],
)
def test_garbage_is_no_time(text: str) -> None:
    moment, notes = fields.parse_time(text, "start")
    assert moment is None
    assert "can't be read" in notes[0]
    assert len(notes[0]) < 400


def test_no_time_is_noted() -> None:
    assert fields.parse_time("", "start") == (None, ["no start time"])


@given(MODERN, ZONES)
def test_a_time_with_a_zone_keeps_its_moment(time: datetime, zone: timezone) -> None:
    zoned = time.replace(tzinfo=zone)
    assert fields.parse_time(zoned.isoformat(), "start") == (zoned, [])


@given(MODERN)
def test_a_time_without_a_zone_is_utc_and_noted(time: datetime) -> None:
    moment, notes = fields.parse_time(time.isoformat(), "start")
    assert moment == time.replace(tzinfo=UTC)
    assert notes == ["times without a zone; read as UTC"]


@given(st.text(max_size=100))
def test_any_text_gives_a_time_in_utc_or_a_note(text: str) -> None:
    moment, notes = fields.parse_time(text, "start")
    assert (moment is None and len(notes) == 1) or (moment is not None and moment.tzinfo is UTC)


def test_an_end_before_the_start_is_noted() -> None:
    start = datetime(2020, 1, 1, tzinfo=UTC)
    assert fields.time_order_notes(start, start - timedelta(seconds=24)) == [
        "the run ends 24 s before it starts"
    ]
    assert fields.time_order_notes(start, start) == []
    assert fields.time_order_notes(start, None) == []


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"CeO2 4 x 4 x 15", "CeO2 4 x 4 x 15"),
        (b"2010-06-01 10:55:51 ", "2010-06-01 10:55:51"),
        ("5 µm".encode(), "5 µm"),
        (b"use\x00", "use"),
        (b" ", ""),
        (b"", ""),
        ("試料", "試料"),
    ],
)
def test_plain_texts_are_kept_without_notes(raw: bytes | str, text: str) -> None:
    assert fields.clean_text(raw, "title", 100) == (text, [])


def test_latin_1_is_read_and_noted() -> None:
    assert fields.clean_text(b"20 \xb0C", "title", 100) == (
        "20 °C",
        ["the title is not UTF-8; read as Latin-1"],
    )


def test_control_characters_are_removed_and_noted() -> None:
    text, notes = fields.clean_text("a\x1b[31m\r\nb\x9bc\ud800", "title", 100)
    assert text == "a [31m b c"
    assert notes == ["the title holds control characters; removed"]


@given(st.binary(max_size=300) | st.text(max_size=300), st.integers(1, 80))
def test_any_title_becomes_short_printable_text(raw: bytes | str, limit: int) -> None:
    text, notes = fields.clean_text(raw, "title", limit)
    assert len(text) <= limit
    assert text == text.strip()
    assert not any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in text)
    text.encode("utf-8")
    assert all(note.startswith("the title ") for note in notes)


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=50))
def test_clean_text_is_left_alone(text: str) -> None:
    assume = " ".join(text.split())
    assert fields.clean_text(assume, "title", 50) == (assume, [])


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (5, 5),
        (-5, -5),
        (5.0, 5),
        (5.5, None),
        (float("nan"), None),
        (float("inf"), None),
        ("1466", 1466),
        (b"1466", 1466),
        (b"1466\x00\x00", 1466),
        (" 07 ", 7),
        ("1466a", None),
        ("١٢", None),
        (b"\xff", None),
        ("9" * 30, None),
        (None, None),
        ([1], None),
    ],
)
def test_whole_numbers(value: object, number: int | None) -> None:
    assert fields.whole_number(value) == number


@pytest.mark.parametrize(
    ("stem", "prefixes", "number"),
    [
        ("ENGINX00241391", (), 241391),
        ("SANS2D00022048", (), 22048),
        ("SANS2D00022048", ("SANS2D",), 22048),
        ("focus2010n000468", (), 468),
        ("EQSANS_1466_event", (), 1466),
        ("REF_L_32035", (), 32035),
        ("TSC25234", ("TSC",), 25234),
        ("tsc25234", ("TSC",), 25234),
        ("D2B123", ("D2B",), 123),
        ("OSI123456_20240101", ("OSI", "OSIRIS"), 123456),
        ("OSIRIS12", ("OSI", "OSIRIS"), 12),
        ("complete_run", (), None),
        ("RUN00000000", (), None),
        ("RUN" + "9" * 40, (), None),
        ("", (), None),
    ],
)
def test_run_numbers_in_names(stem: str, prefixes: tuple[str, ...], number: int | None) -> None:
    assert fields.number_in_name(stem, prefixes) == number


@given(st.integers(1, 10**12 - 1), st.integers(0, 12), st.sampled_from(["MAR", "SANS2D", "D20_"]))
def test_a_number_survives_its_padding(number: int, width: int, prefix: str) -> None:
    assert fields.number_in_name(f"{prefix}{number:0{width}d}", [prefix]) == number


@given(st.text(max_size=60), st.lists(st.text(max_size=5), max_size=3))
def test_any_name_gives_a_usable_number_or_none(stem: str, prefixes: list[str]) -> None:
    number = fields.number_in_name(stem, prefixes)
    assert number is None or 0 < number < fields.MAX_RUN_NUMBER


@pytest.mark.parametrize(
    ("value", "stem", "number", "note"),
    [
        (4217, "IMAT00004217", 4217, ""),
        (4217, "renamed", 4217, ""),
        (4217, "IMAT00009999", 4217, "run number 4217 in the file, 9999 in its name; took 4217"),
        (0, "IMAT00004217", 4217, "run number 0 is not usable; took 4217 from the file's name"),
        (None, "IMAT00004217", 4217, "no run number; took 4217 from the file's name"),
        (
            10**15,
            "IMAT00004217",
            4217,
            f"run number {10**15} is not usable; took 4217 from the file's name",
        ),
        (b"abc", "x", None, "run number b'abc' is not usable, and none in the file's name"),
    ],
)
def test_the_run_number_is_the_file_s_own_else_its_name_s(
    value: object, stem: str, number: int | None, note: str
) -> None:
    assert fields.choose_run_number(value, stem) == (number, [note] if note else [])


@pytest.mark.parametrize(
    ("text", "experiment", "notes"),
    [
        ("1510111", "1510111", []),
        ("IPTS-7928", "IPTS-7928", []),
        ("-1", "unknown", ["experiment '-1' means none"]),
        ("N/A", "unknown", ["experiment 'N/A' means none"]),
        ("", "unknown", ["no experiment"]),
        (None, "unknown", ["no experiment"]),
    ],
)
def test_experiments(text: str | None, experiment: str, notes: list[str]) -> None:
    assert fields.choose_experiment(text, "unknown") == (experiment, notes)
