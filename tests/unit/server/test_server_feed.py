"""What each follower of the journal is told: all that it missed, once and in order."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbreduce.catalogue import events, runs
from nbreduce.catalogue.core import Catalogue
from nbreduce.config import load_config
from nbreduce.domain.errors import Unavailable
from nbreduce.domain.events import EventKind
from nbreduce.server import feed as feed_module
from nbreduce.server.context import ServerContext
from nbreduce.server.feed import MAX_MISSED, Feed, Look, Place, news, within_reach
from nbreduce.server.wire import EventLine, Push, ServiceLine
from support.loops import run
from support.making import at, make_run

DOWN, UP = ServiceLine(running=False), ServiceLine(running=True, pid=1, since=at(0))
PATIENCE = 30.0


def event(number: int) -> EventLine:
    return EventLine(id=number, time=at(number), kind="run", run=None, reduction=None, data={})


def look(*numbers: int, service: ServiceLine | None = DOWN) -> Look:
    return Look(service=service, latest=max(numbers, default=0), events=tuple(map(event, numbers)))


def test_who_knows_nothing_reads_everything_once_it_is_told() -> None:
    place = Place(None)
    assert news(place, look(1, 2, 3)) == Push(latest=3, service=DOWN, reset=True)
    assert news(place, look(1, 2, 3)) is None
    assert news(place, look(4)) == Push(latest=4, events=(event(4),))


def test_a_change_of_the_service_is_told_once() -> None:
    place = Place(0)
    assert news(place, look()) == Push(latest=0, service=DOWN)
    assert news(place, look(service=UP)) == Push(latest=0, service=UP)
    assert news(place, look(service=UP)) is None


def test_trouble_is_told_once_and_so_is_its_end() -> None:
    place = Place(0)
    news(place, look(1))
    trouble = Look(service=DOWN, trouble="the catalogue is gone")
    assert news(place, trouble) == Push(latest=1, trouble="the catalogue is gone")
    assert news(place, trouble) is None
    assert news(place, look(1, 2)) == Push(latest=2, events=(event(2),), trouble="")
    assert news(place, look(2)) is None


def test_the_service_is_told_in_trouble_too() -> None:
    place = Place(None)
    trouble = Look(service=DOWN, trouble="the catalogue is gone")
    assert news(place, trouble) == Push(latest=0, service=DOWN, trouble="the catalogue is gone")
    assert news(place, look(1)) == Push(latest=1, trouble="", reset=True)


def test_nothing_happening_is_told_too(
    context: ServerContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_module, "LONGEST_SILENCE", 0.3)

    async def live() -> None:
        feed = Feed(context)
        told: list[Push] = []
        feed.follow(told.append, 0)
        await until(lambda: len(told) > 2)
        assert told[1:3] == [Push(latest=0)] * 2
        await feed.close()

    run(live())


@pytest.mark.parametrize(
    ("after", "latest", "reached"),
    [(0, 0, True), (0, MAX_MISSED, True), (0, MAX_MISSED + 1, False), (5, 4, False), (5, 5, True)],
)
def test_who_is_too_far_away_reads_everything_anew(after: int, latest: int, reached: bool) -> None:
    assert within_reach(after, latest) is reached
    told = news(Place(after), Look(service=DOWN, latest=latest))
    assert told is not None
    assert told.reset is not reached


@given(st.lists(st.integers(0, 5)), st.lists(st.one_of(st.none(), st.integers(0, 30)), min_size=1))
def test_followers_from_anywhere_hear_each_event_once(
    grow: list[int], start: list[int | None]
) -> None:
    """As the feed reads: from the follower that is furthest behind."""
    latest = 30
    places = [Place(one) for one in start]
    heard: list[list[int]] = [[] for _ in places]
    first = [latest if one is None else one for one in start]
    for more in [*grow, 0]:
        latest += more
        known = [one.after for one in places if one.after is not None]
        found = look(*range(min(known, default=latest) + 1, latest + 1))
        found = Look(service=DOWN, latest=latest, events=found.events)
        for place, ids in zip(places, heard, strict=True):
            push = news(place, found)
            ids += [one.id for one in push.events] if push else []
        first = [
            latest if one is None and not ids else known_first
            for one, ids, known_first in zip(start, heard, first, strict=True)
        ]
    for one, ids in zip(start, heard, strict=True):
        if one is None:
            assert ids == list(range(latest - len(ids) + 1, latest + 1))
        else:
            assert ids == list(range(one + 1, latest + 1))


@pytest.fixture
def context(tmp_path: Path) -> Iterator[ServerContext]:
    (tmp_path / "nbreduce.toml").write_text("")
    catalogue = Catalogue(load_config(tmp_path).catalogue_url)
    catalogue.upgrade()
    catalogue.close()
    yield ServerContext(tmp_path, tmp_path)


def happen(context: ServerContext, count: int) -> None:
    with context.workspace.catalogue.write() as session:
        if runs.find_run(session, "DEMO", "42") is None:
            runs.save_run(session, make_run(), at(0))
        for number in range(count):
            events.add_event(session, EventKind.WARNING, at(0), {"message": str(number)}, run_id=1)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.01)


def test_one_reader_serves_all_and_rests_when_nobody_follows(context: ServerContext) -> None:
    async def live() -> None:
        feed = Feed(context)
        told: dict[str, list[Push]] = {"a": [], "b": []}
        feed.follow(told["a"].append, None)
        await until(lambda: bool(told["a"]))
        happen(context, 1200)
        feed.follow(told["b"].append, 0)
        await until(lambda: all(pushes[-1].latest == 1201 for pushes in told.values() if pushes))
        await until(lambda: all(bool(pushes) for pushes in told.values()))
        for pushes in told.values():
            await until(lambda pushes=pushes: pushes[-1].latest == 1201)  # type: ignore[misc]
            ids = [one.id for push in pushes for one in push.events]
            assert ids == list(range(1, 1202))
            assert [run.name for run in pushes[-1].runs] == ["42"]
        for pushes in told.values():
            feed.leave(pushes.append)
        await feed.close()

    run(live())


def test_a_defect_is_told_and_the_feed_goes_on(
    context: ServerContext, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def live() -> None:
        feed = Feed(context)
        told: list[Push] = []
        with monkeypatch.context() as patched:
            patched.setattr(feed_module.events, "latest_event_id", lambda _: 1 / 0)
            feed.follow(told.append, None)
            await until(lambda: bool(told))
        assert "division by zero" in str(told[0].trouble)
        assert "log" in str(told[0].trouble)
        await until(lambda: told[-1].trouble == "")
        happen(context, 1)
        await until(lambda: bool(told[-1].events))
        await feed.close()

    run(live())
    assert len([one for one in caplog.records if "cannot be told" in one.message]) == 1


def test_without_a_workspace_a_follower_is_told_why(tmp_path: Path) -> None:
    async def live() -> None:
        feed = Feed(ServerContext(tmp_path, Unavailable("no workspace here", "make one")))
        told: list[Push] = []
        feed.follow(told.append, None)
        await until(lambda: bool(told))
        assert told == [Push(latest=0, trouble="no workspace here. make one")]
        await feed.close()

    run(live())
