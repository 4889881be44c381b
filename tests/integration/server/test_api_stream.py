"""The pushed journal, over real WebSockets."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import websocket

from nbreduce.catalogue import events
from nbreduce.domain.events import EventKind
from support.api import PREFIX, Api
from support.making import at
from support.sites import Site
from support.waiting import wait_for

Connect = Callable[..., websocket.WebSocket]


@pytest.fixture
def connect(api: Api) -> Iterator[Connect]:
    opened: list[websocket.WebSocket] = []

    def follow(query: str = "") -> websocket.WebSocket:
        address = f"ws://127.0.0.1:{api.port}{PREFIX}/events/stream{query}"
        header = [f"Authorization: token {api.token}"]
        opened.append(websocket.create_connection(address, header=header, timeout=60))
        return opened[-1]

    yield follow
    for one in opened:
        one.close()


def happen(site: Site, *words: str) -> None:
    """Let things happen that are about no run."""
    catalogue = site.workspace().catalogue
    with catalogue.write() as session:
        for one in words:
            events.add_event(session, EventKind.WARNING, at(0), {"message": one})
    catalogue.close()


def pushed(stream: websocket.WebSocket) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(stream.recv())
    return told


def messages(stream: websocket.WebSocket, last: str) -> list[str]:
    """Collect what is told until a message."""
    found: list[str] = []
    while last not in found:
        found += [one["data"]["message"] for one in pushed(stream)["events"]]
    return found


def test_a_follower_is_told_how_things_stand_and_then_what_happens(
    connect: Connect, filled: Site
) -> None:
    stream = connect()
    first = pushed(stream)
    assert (first["events"], first["runs"], first["reset"]) == ([], [], True)
    assert first["service"] == {"running": False, "pid": None, "since": None}
    happen(filled, "a", "b")
    assert messages(stream, "b") == ["a", "b"]


def test_a_follower_that_was_away_is_told_what_it_missed_once_and_in_order(
    connect: Connect, filled: Site
) -> None:
    stream = connect()
    latest = pushed(stream)["latest"]
    stream.close()
    words = [f"missed {number}" for number in range(1200)]
    happen(filled, *words)
    others = [connect(), connect(f"?after={latest + 600}")]
    back = connect(f"?after={latest}")
    pushed(others[0])
    happen(filled, "last")
    assert messages(back, "last") == [*words, "last"]
    assert messages(others[1], "last") == [*words[600:], "last"]
    assert messages(others[0], "last")[-1] == "last"


def test_runs_come_with_the_events_that_are_about_them(connect: Connect, api: Api) -> None:
    after = api.get("/events", limit=1).json["latest"] // 2
    stream = connect(f"?after={after}")
    push = pushed(stream)
    about = {one["run"] for one in push["events"]} - {None}
    assert about == {f"{one['instrument']}/{one['name']}" for one in push["runs"]}
    assert push["latest"] == push["events"][-1]["id"]


@pytest.mark.parametrize("after", [10**9, 0])
def test_who_is_ahead_of_the_journal_or_far_behind_reads_everything_anew(
    connect: Connect, filled: Site, after: int
) -> None:
    happen(filled, *["filler"] * 5001)
    first = pushed(connect(f"?after={after}"))
    assert first["reset"] is True
    assert first["events"] == []


@pytest.mark.parametrize("query", ["?after=-1", "?after=x", "?after=" + "9" * 30, "?after=1.5"])
def test_an_id_that_is_none_is_refused(connect: Connect, query: str) -> None:
    with pytest.raises(websocket.WebSocketBadStatusException) as caught:
        connect(query)
    assert caught.value.status_code == 400


def test_what_a_follower_sends_is_taken_as_nothing(connect: Connect, filled: Site) -> None:
    stream = connect()
    pushed(stream)
    stream.send("{" * 1000)
    stream.send_binary(b"\xff")
    happen(filled, "still here")
    assert messages(stream, "still here") == ["still here"]


def test_a_catalogue_that_is_away_is_told_and_so_is_its_return(
    connect: Connect, filled: Site
) -> None:
    stream = connect()
    pushed(stream)
    lost = filled.path / "lost"
    lost.mkdir()
    files = list(filled.path.glob("catalogue.db*"))
    try:
        for path in files:
            path.rename(lost / path.name)
        assert "catalogue.db is gone" in pushed(stream)["trouble"]
    finally:
        for path in lost.iterdir():
            path.rename(filled.path / path.name)
        lost.rmdir()
    assert pushed(stream)["trouble"] == ""
    happen(filled, "back")
    assert messages(stream, "back") == ["back"]


def test_a_dead_follower_does_not_keep_others_from_hearing(connect: Connect, filled: Site) -> None:
    dead, living = connect(), connect()
    pushed(living)
    dead.sock.close()
    happen(filled, "one")
    assert messages(living, "one") == ["one"]
    happen(filled, "two")
    assert messages(living, "two") == ["two"]


def test_a_follower_that_takes_nothing_is_let_go(connect: Connect, filled: Site, api: Api) -> None:
    stuck = connect()
    pushed(stuck)
    noise = "x" * 3_000_000

    def let_go() -> bool:
        happen(filled, noise)
        return "too slow" in api.log.read_text()

    wait_for(let_go, "the follower is let go")
    living = connect()
    pushed(living)
    happen(filled, "others hear")
    assert messages(living, "others hear") == ["others hear"]
