"""The desk: a bulk of reruns keeps neither the dispatcher nor the runs that finish meanwhile."""

import queue
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nbreduce.archive.store import Archive
from nbreduce.catalogue import bulk, reductions, requests, runs
from nbreduce.catalogue.core import Catalogue
from nbreduce.catalogue.listing import ReductionFilter, list_reductions
from nbreduce.catalogue.requests import KeyUsed, RequestKind
from nbreduce.config import Config
from nbreduce.domain.reduction import ended_unexecuted
from nbreduce.domain.states import State
from nbreduce.execution import desk as desk_module
from nbreduce.execution.desk import Desk
from nbreduce.execution.dispatcher import Dispatcher
from nbreduce.execution.executor import Message
from nbreduce.execution.orders import Orders
from nbreduce.templates.library import TemplateLibrary, read_template
from support.making import at, make_reduction, make_run, notebook, write_template

NAME = "DEMO42-work-v1"


class Idle:
    """An executor that starts nothing."""

    slots = 2

    def submit(self, order: Any) -> None:
        raise AssertionError("nothing is started here")

    cancel = take_back = submit


class Counter:
    """A desk, and what it stands on."""

    def __init__(self, folder: Path) -> None:
        self.catalogue = Catalogue(f"sqlite:///{folder / 'catalogue.db'}")
        self.catalogue.upgrade()
        archive = Archive(folder / "archive")
        archive.prepare()
        config = Config(workspace=folder)
        template = read_template(write_template(folder / "templates" / "DEMO", notebook()))
        self.inbox: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        orders = Orders(self.catalogue, archive, config)
        dispatcher = Dispatcher(self.catalogue, archive, config, orders, Idle(), self.inbox)
        library = TemplateLibrary(folder / "templates")
        self.desk = Desk(self.catalogue, archive, library, dispatcher)
        first = make_reduction(template_sha256=template.sha256)
        first = ended_unexecuted(first, State.CANCELLED, at(1), "")
        with self.catalogue.write() as session:
            runs.save_run(session, make_run(), at(0))
            reductions.add_reduction(session, first)

    def file(self, count: int, name: str = "a-bulk") -> None:
        with self.catalogue.write() as session:
            bulk.add_bulk(session, name, [NAME] * count, "ada", {"d_min": 0.9})

    def rerun(self, **values: Any) -> int:
        with self.catalogue.write() as session:
            return requests.add_request(session, RequestKind.RERUN, NAME, "bob", values)

    def queued(self) -> list[str]:
        with self.catalogue.read() as session:
            found = list_reductions(session, ReductionFilter(state=(State.QUEUED,)))
        return [one.name for one in reversed(found)]

    def end_one(self) -> None:
        with self.catalogue.write() as session:
            first = list_reductions(session, ReductionFilter(state=(State.QUEUED,)))[-1]
            ended = ended_unexecuted(first, State.CANCELLED, at(2), "")
            reductions.change_reduction(session, ended)

    def state(self) -> tuple[int, int]:
        with self.catalogue.read() as session:
            state = bulk.bulk_state(session, "a-bulk")
        assert state is not None
        return state.total, state.waiting


@pytest.fixture
def counter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter]:
    monkeypatch.setattr(desk_module, "_MOMENT", 60.0)
    made = Counter(tmp_path)
    yield made
    made.catalogue.close()


def test_of_a_bulk_only_as_many_are_queued_as_there_is_room_for(counter: Counter) -> None:
    counter.file(10)
    for _ in range(3):
        counter.desk.serve()
        assert len(counter.queued()) == 2 * Idle.slots
    assert counter.state() == (10, 6)
    counter.end_one()
    counter.desk.serve()
    assert len(counter.queued()) == 2 * Idle.slots
    assert counter.state() == (10, 5)


def test_one_rerun_does_not_wait_for_a_bulk_that_was_asked_for_before(counter: Counter) -> None:
    counter.file(10)
    counter.desk.serve()
    asked = counter.rerun(d_min=0.5)
    counter.desk.serve()
    with counter.catalogue.read() as session:
        made = requests.get_request(session, asked)
    assert made.accepted
    assert counter.queued()[-1] == made.answer
    assert counter.state() == (10, 6)


def test_answering_lets_the_dispatcher_go_on_after_a_moment(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_module, "_MOMENT", 0.0)
    for _ in range(3):
        counter.rerun()
    for made in (1, 2, 3):
        counter.desk.serve()
        assert len(counter.queued()) == made
        # It is woken as long as there is more to answer, and not for nothing.
        assert counter.inbox.empty() is (made == 3)
        while not counter.inbox.empty():
            counter.inbox.get()


def test_a_bulk_is_filed_once_and_wholly(counter: Counter) -> None:
    counter.file(3)
    with pytest.raises(KeyUsed):
        counter.file(5)
    assert counter.state() == (3, 3)
    with counter.catalogue.read() as session:
        assert bulk.count_bulk(session, "a-bulk", {"d_min": 0.9}) == 3
        assert bulk.count_bulk(session, "another", {}) == 0
        with pytest.raises(KeyUsed):
            bulk.count_bulk(session, "a-bulk", {"d_min": 1.0})


def test_what_is_refused_is_counted_by_why(counter: Counter) -> None:
    with counter.catalogue.write() as session:
        bulk.add_bulk(session, "a-bulk", [NAME, NAME], "ada", {"d_min": "much"})
        bulk.add_bulk(session, "none", [], "ada", {})
    counter.desk.serve()
    with counter.catalogue.read() as session:
        state = bulk.bulk_state(session, "a-bulk")
        assert bulk.bulk_state(session, "none") is None
    assert state is not None
    assert (state.total, state.waiting, state.states) == (2, 0, {})
    assert state.refused == {"d_min = 'much': must be a number": 2}
