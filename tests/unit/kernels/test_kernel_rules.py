"""Which kept kernels must go."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from nbreduce.kernels.registry import KeptKernel
from nbreduce.kernels.rules import KeepRules, overdue

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
RULES = KeepRules(folder=Path("kernels"), seconds=600, at_most=2, memory=2e9)
PLENTY = 8e9


def kept(name: str, minute: float) -> KeptKernel:
    since = NOON + timedelta(minutes=minute)
    return KeptKernel(
        reduction=name,
        host="here",
        pid=1,
        started=1,
        lease=Path("lease"),
        kernelspec="python3",
        since=since,
        until=since + timedelta(seconds=RULES.seconds),
    )


def test_each_stays_its_time() -> None:
    both = [kept("a", 0), kept("b", 5)]
    ends = {
        minute: overdue(both, RULES, NOON + timedelta(minutes=minute), PLENTY)
        for minute in (6, 9.99, 10, 14.99, 15)
    }
    assert ends == {6: set(), 9.99: set(), 10: {"a"}, 14.99: {"a"}, 15: {"a", "b"}}


def test_the_newest_win() -> None:
    three = [kept("b", 2), kept("a", 1), kept("c", 3)]
    assert overdue(three, RULES, NOON + timedelta(minutes=4), PLENTY) == {"a"}


def test_one_that_is_over_its_time_takes_no_newer_ones_place() -> None:
    three = [kept("a", 0), kept("b", 8), kept("c", 9)]
    assert overdue(three, RULES, NOON + timedelta(minutes=11), PLENTY) == {"a"}


def test_all_go_when_memory_is_low() -> None:
    both = [kept("a", 0), kept("b", 1)]
    later = NOON + timedelta(minutes=2)
    assert overdue(both, RULES, later, 2e9) == set()
    assert overdue(both, RULES, later, 1.99e9) == {"a", "b"}


def test_nothing_is_overdue_where_nothing_is_kept() -> None:
    assert overdue([], RULES, NOON, 0.0) == set()
