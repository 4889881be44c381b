from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from nbreduce.domain.run import FileStamp
from nbreduce.triggers.ledger import Ledger
from nbreduce.triggers.scanning import Found


def _found(name: str, size: int = 1, mtime: int = 1) -> Found:
    return Found(f"/data/{name}", mtime, (size, mtime))


def _news(ledger: Ledger, *found: Found) -> list[str]:
    """Return what the ledger has reported, and note it as reported."""
    news = ledger.news(found)
    for item in news:
        ledger.reported(item)
    return [Path(item.path).name for item in news]


def test_new_files_are_news_once_and_in_order_of_time() -> None:
    ledger = Ledger({})
    found = [_found("c", mtime=3), _found("a", mtime=1), _found("b", mtime=2)]
    assert _news(ledger, *found) == ["a", "b", "c"]
    assert _news(ledger, *found) == []


def test_files_that_were_reported_before_are_known() -> None:
    known = {Path("/data/a"): FileStamp(size=1, mtime_ns=1)}
    assert _news(Ledger(known), _found("a"), _found("b")) == ["b"]


def test_a_changed_file_is_news_when_it_has_come_to_rest() -> None:
    ledger = Ledger({})
    assert _news(ledger, _found("a", size=1)) == ["a"]
    for size in range(2, 10):
        assert _news(ledger, _found("a", size=size)) == []
    assert _news(ledger, _found("a", size=9)) == ["a"]
    assert _news(ledger, _found("a", size=9)) == []


def test_a_file_that_returns_to_its_known_state_is_no_news() -> None:
    ledger = Ledger({})
    assert _news(ledger, _found("a", size=1)) == ["a"]
    assert _news(ledger, _found("a", size=2)) == []
    assert _news(ledger, _found("a", size=1)) == []
    assert _news(ledger, _found("a", size=2)) == []
    assert _news(ledger, _found("a", size=2)) == ["a"]


def test_what_others_reported_meanwhile_is_learnt() -> None:
    ledger = Ledger({})
    _news(ledger, _found("a", size=1))
    ledger.learn({Path("/data/a"): FileStamp(size=5, mtime_ns=1)})
    assert not ledger.is_changed(_found("a", size=5))
    assert ledger.is_changed(_found("a", size=6))
    assert ledger.is_new(_found("b"))


def test_what_is_no_ordinary_file_is_news_only_once() -> None:
    ledger = Ledger({Path("/data/pipe"): FileStamp(size=0, mtime_ns=5)})
    assert _news(ledger, Found("/data/folder", 1, None), Found("/data/pipe", 9, None)) == ["folder"]
    assert _news(ledger, Found("/data/folder", 2, None)) == []


def test_old_files_are_ignored_where_that_is_asked_for() -> None:
    since = datetime(2020, 1, 1, tzinfo=UTC)
    ledger = Ledger({}, since)
    edge = int(since.timestamp() * 1e9)
    assert _news(ledger, _found("old", mtime=edge - 1), _found("new", mtime=edge)) == ["new"]


def test_a_name_that_is_not_utf8_is_known_again() -> None:
    ledger = Ledger({Path("/data/caf\\udce9"): FileStamp(size=1, mtime_ns=1)})
    assert _news(ledger, _found("caf\udce9")) == []


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 3)), max_size=40))
def test_the_last_state_of_each_file_is_always_reported_in_the_end(
    looks: list[tuple[str, int]],
) -> None:
    ledger, reported = Ledger({}), {}
    for name, size in looks:
        for item in ledger.news([_found(name, size)]):
            ledger.reported(item)
            reported[name] = size
    last = dict(looks)
    for _ in range(2):
        for item in ledger.news([_found(name, size) for name, size in last.items()]):
            ledger.reported(item)
            assert item.stamp is not None
            reported[Path(item.path).name] = item.stamp[0]
    assert reported == last
