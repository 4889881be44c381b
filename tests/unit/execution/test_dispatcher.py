"""The dispatcher with an executor made by hand: what it writes down, and what happens when something goes wrong."""

import json
import queue
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from nbreduce.archive.files import ArchiveUnavailable
from nbreduce.archive.store import Archive
from nbreduce.catalogue import events, reductions, runs
from nbreduce.catalogue.core import Catalogue
from nbreduce.config import Config
from nbreduce.domain.model import now
from nbreduce.domain.record import Record
from nbreduce.domain.reduction import Attempt, Reduction, ended_by
from nbreduce.domain.states import FailureKind, State
from nbreduce.execution.dispatcher import Dispatcher
from nbreduce.execution.executor import Blocked, Finished, Lost, Message
from nbreduce.execution.order import Started, WorkOrder
from nbreduce.execution.orders import Orders
from nbreduce.templates.library import read_template
from support.making import at, make_outcome, make_reduction, make_run, notebook, write_template


class Hands:
    """An executor that only remembers what it was told."""

    slots = 2

    def __init__(self) -> None:
        self.orders: list[WorkOrder] = []
        self.cancelled: list[str] = []
        self.taken_back: list[str] = []

    def submit(self, order: WorkOrder) -> None:
        self.orders.append(order)

    def cancel(self, key: str) -> None:
        self.cancelled.append(key)

    def take_back(self, key: str) -> None:
        self.taken_back.append(key)


class Desk:
    """A dispatcher and what it stands on."""

    def __init__(self, folder: Path) -> None:
        execution: Any = {"retry_delay": 0, "max_attempts": 2}
        self.config = Config(workspace=folder, execution=execution)
        self.archive = Archive(folder / "archive")
        self.archive.prepare()
        self.catalogue = Catalogue(f"sqlite:///{folder / 'catalogue.db'}")
        self.catalogue.upgrade()
        self.template = read_template(write_template(folder / "DEMO", notebook()))
        self.archive.keep_template(self.template)
        self.hands = Hands()
        self.inbox: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        orders = Orders(self.catalogue, self.archive, self.config)
        self.dispatcher = Dispatcher(
            self.catalogue, self.archive, self.config, orders, self.hands, self.inbox
        )
        with self.catalogue.write() as session:
            runs.save_run(session, make_run(), at(0))

    def queue(self, number: int = 1, **fields: Any) -> None:
        fields = {"template_sha256": self.template.sha256, "id": number, "version": number} | fields
        with self.catalogue.write() as session:
            reductions.add_reduction(session, make_reduction(**fields))

    def step(self, *messages: Message | None) -> None:
        for message in messages or (None,):
            self.inbox.put(message)
        self.dispatcher.step()

    def reduction(self, number: int = 1) -> Reduction:
        with self.catalogue.read() as session:
            return reductions.get_reduction(session, number)

    def look_again(self) -> None:
        """Let the time pass after which storage that was away is looked at again."""
        self.dispatcher.watch._looked = -1e9

    def another_dispatcher(self, config: Config) -> Dispatcher:
        """Return the dispatcher of the next start."""
        orders = Orders(self.catalogue, self.archive, config)
        inbox: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        return Dispatcher(self.catalogue, self.archive, config, orders, self.hands, inbox)

    def check_cancelled(self, number: int, reason: str) -> None:
        """See that a reduction ended as cancelled, once, and that the archive says the same."""
        ended = self.reduction(number)
        assert (ended.state, ended.failure, ended.reason) == (State.CANCELLED, None, reason)
        record = json.loads(self.archive.layout.notebook(make_run(), ended).read_bytes())
        told = record["metadata"]["nbreduce"]["reduction"]
        assert (told["state"], told["reason"]) == ("cancelled", reason)
        assert self.dispatcher.active == {}
        with self.catalogue.read() as session:
            steps = [event.data.get("state") for event in events.events_after(session, 0, 1000)]
        assert steps.count("cancelled") == 1

    def publish(self, order: WorkOrder, **ending: Any) -> Finished:
        """Do what a worker does when a reduction has ended; all went well by default."""
        outcome = make_outcome(begin=at(10**9), end=at(10**9 + 1), **ending)
        ended = ended_by(order.reduction, outcome)
        folder = self.archive.stage(ended, order.attempt)
        record = Record(nbreduce="0", run=order.run, reduction=ended, template=order.template)
        made = {"metadata": {"nbreduce": record.model_dump(mode="json")}}
        (folder / f"{ended.name}.ipynb").write_text(json.dumps(made))
        self.archive.publish(folder, order.run, ended)
        return Finished(order.key, outcome)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.catalogue.close()


def test_one_that_goes_well(desk: Desk) -> None:
    desk.queue()
    desk.step()
    (order,) = desk.hands.orders
    assert desk.reduction().state is State.STARTING
    desk.step(Started(key=order.key, time=at(10**9), worker="h:1"))
    assert desk.reduction().state is State.RUNNING
    desk.step(desk.publish(order))
    assert desk.reduction().state is State.SUCCEEDED
    assert desk.dispatcher.active == {}
    assert str((desk.archive.layout.template(order.run, "work") / "latest").readlink()) == "v1"


def test_no_more_are_started_than_there_are_slots(desk: Desk) -> None:
    for number in (1, 2, 3):
        desk.queue(number)
    desk.step()
    desk.step()
    assert [order.reduction.id for order in desk.hands.orders] == [1, 2]


def test_lost_workers_are_tried_again_and_given_up_in_the_end(desk: Desk) -> None:
    desk.queue()
    desk.step()
    desk.step(Lost(desk.hands.orders[0].key, "the worker died"))
    assert [order.key for order in desk.hands.orders] == ["DEMO42-work-v1.1", "DEMO42-work-v1.2"]
    desk.step(Lost("DEMO42-work-v1.2", "the worker died"))
    ended = desk.reduction()
    assert (ended.state, ended.failure) == (State.FAILED, FailureKind.WORKER_LOST)
    assert ended.reason == "given up after 2 attempts; the last: the worker died"
    assert [one.failure for one in ended.attempts] == [FailureKind.WORKER_LOST] * 2
    assert desk.archive.layout.notebook(make_run(), ended).is_file()


def test_a_full_archive_is_no_failure_of_the_reduction(desk: Desk) -> None:
    desk.queue()
    desk.step()
    for attempt in (1, 2, 3, 4):
        desk.step(Blocked(f"DEMO42-work-v1.{attempt}", "the archive is full"))
        desk.look_again()
        desk.step()
        assert desk.reduction().state is State.STARTING
    assert len(desk.hands.orders) == 5


def test_a_result_that_was_published_by_a_lost_worker_is_adopted(desk: Desk) -> None:
    desk.queue()
    desk.step()
    desk.publish(desk.hands.orders[0])
    desk.step(Lost(desk.hands.orders[0].key, "the worker died"))
    assert desk.reduction().state is State.SUCCEEDED


def test_a_lost_worker_is_not_forgotten_while_the_archive_is_away(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.queue()
    desk.step()

    def away(*_: object) -> None:
        raise ArchiveUnavailable("the archive is away")

    with monkeypatch.context() as patched:
        patched.setattr(desk.archive, "withdraw", away)
        patched.setattr(desk.archive, "probe", away)
        desk.step(Lost(desk.hands.orders[0].key, "the worker died"))
        desk.step()
        assert desk.reduction().state is State.STARTING
    desk.look_again()
    desk.step()
    assert [one.outcome for one in desk.reduction().attempts] == ["queued", ""]
    assert len(desk.hands.orders) == 2


def test_the_next_start_adopts_what_is_there_and_queues_the_rest(desk: Desk) -> None:
    desk.queue(1)
    desk.queue(2)
    desk.step()
    desk.publish(desk.hands.orders[0])
    again = desk.another_dispatcher(desk.config)
    again.recover()
    assert desk.reduction(1).state is State.SUCCEEDED
    assert desk.reduction(2).state is State.QUEUED


def test_stopping_hands_back_what_does_not_end_in_time(desk: Desk) -> None:
    desk.queue()
    desk.step()
    desk.dispatcher.drain(0.0)
    assert desk.reduction().state is State.QUEUED
    assert desk.reduction().attempts[0].failure is None
    assert desk.hands.taken_back == ["DEMO42-work-v1.1"]
    assert desk.dispatcher.active == {}


def test_cancelling_in_the_queue_ends_it_with_a_record(desk: Desk) -> None:
    desk.queue()
    desk.dispatcher.cancel(desk.reduction(), make_run(), "cancelled by ada")
    desk.check_cancelled(1, "cancelled by ada")
    desk.step()
    assert desk.hands.orders == []


def test_cancelling_before_a_worker_has_it_takes_it_back_and_ends_it_with_a_record(
    desk: Desk,
) -> None:
    desk.queue()
    desk.step()
    (order,) = desk.hands.orders
    desk.dispatcher.cancel(desk.reduction(), make_run(), "cancelled by ada")
    assert desk.hands.taken_back == [order.key]
    desk.step(Lost(order.key, "the attempt was taken back before a worker had it"))
    desk.check_cancelled(1, "cancelled by ada")
    assert desk.hands.orders == [order]


def test_cancelling_while_it_runs_tells_the_worker_whose_record_is_kept(desk: Desk) -> None:
    desk.queue()
    desk.step()
    (order,) = desk.hands.orders
    desk.step(Started(key=order.key, time=at(10**9), worker="h:1"))
    desk.dispatcher.cancel(desk.reduction(), make_run(), "cancelled by ada")
    assert desk.hands.cancelled == [order.key]
    assert desk.hands.taken_back == []
    assert desk.reduction().state is State.RUNNING
    reason = "cancelled while it ran"
    desk.step(desk.publish(order, state=State.CANCELLED, reason=reason))
    desk.check_cancelled(1, reason)
    assert desk.hands.orders == [order]


def test_cancelling_holds_where_the_worker_dies_of_it(desk: Desk) -> None:
    desk.queue()
    desk.step()
    (order,) = desk.hands.orders
    desk.step(Started(key=order.key, time=at(10**9), worker="h:1"))
    desk.dispatcher.cancel(desk.reduction(), make_run(), "cancelled by ada")
    desk.step(Lost(order.key, "the worker died"))
    desk.check_cancelled(1, "cancelled by ada")
    assert desk.hands.orders == [order]


def test_a_reduction_whose_template_is_gone_fails_with_the_reason_and_the_next_one_starts(
    desk: Desk,
) -> None:
    desk.queue(1, template_sha256="b" * 64)
    desk.queue(2)
    desk.step()
    failed = desk.reduction(1)
    assert (failed.state, failed.failure) == (State.FAILED, FailureKind.ENVIRONMENT_ERROR)
    assert failed.reason.startswith("cannot be recorded: ")
    assert str(desk.archive.layout.templates / ("b" * 64) / "work.ipynb") in failed.reason
    assert failed.attempts == ()
    assert [order.reduction.id for order in desk.hands.orders] == [2]
    assert desk.reduction(2).state is State.STARTING


def test_a_folder_that_is_in_the_way_ends_the_reduction(desk: Desk) -> None:
    """As after a rebuild that could not read the record there: the version is given a second time."""
    desk.queue()
    desk.step()
    target = desk.archive.layout.reduction(make_run(), desk.reduction())
    target.mkdir(parents=True)
    (target / "DEMO42-work-v1.ipynb").write_text("{")
    desk.step(Blocked("DEMO42-work-v1.1", "the archive cannot be written (File exists)"))
    assert desk.reduction().state is State.FAILED


@pytest.mark.parametrize(("attempts", "seconds"), [(1, 2), (2, 4), (5, 32), (6, 60), (1100, 60)])
def test_the_delay_before_the_next_attempt_doubles_up_to_a_minute(
    desk: Desk, attempts: int, seconds: float
) -> None:
    before = [
        Attempt(number=number, submitted=at(number), ended=at(number), outcome="queued")
        for number in range(1, attempts)
    ]
    last = Attempt(number=attempts, submitted=at(attempts))
    desk.queue(state=State.STARTING, attempts=(*before, last))
    began = now()
    desk.another_dispatcher(Config(workspace=desk.config.workspace)).recover()
    waits = desk.reduction()
    assert waits.state is State.QUEUED
    assert waits.not_before is not None
    delay = timedelta(seconds=seconds)
    assert began + delay <= waits.not_before <= now() + delay


def break_stored_template(desk: Desk) -> None:
    """Make the kept template one that nothing can be done with."""

    def refuse(*_: Any) -> None:
        raise TypeError("argument of type 'NoneType' is not iterable")

    desk.dispatcher.orders.make = refuse  # type: ignore[method-assign]


def test_one_that_nothing_can_be_done_with_fails_alone(desk: Desk) -> None:
    desk.queue()
    break_stored_template(desk)
    desk.step()
    ended = desk.reduction()
    assert (ended.state, ended.failure) == (State.FAILED, FailureKind.ENVIRONMENT_ERROR)
    assert "cannot be recorded: TypeError: argument" in ended.reason


def test_one_that_nothing_can_be_done_with_is_given_up_at_the_next_start(desk: Desk) -> None:
    desk.queue()
    desk.step()
    assert desk.reduction().state is State.STARTING
    config = desk.config.model_copy(
        update={"execution": desk.config.execution.model_copy(update={"max_attempts": 1})}
    )
    following = desk.another_dispatcher(config)
    desk.dispatcher = following
    break_stored_template(desk)
    following.recover()
    assert desk.reduction().state is State.FAILED


def test_one_that_nothing_can_be_done_with_can_be_cancelled(desk: Desk) -> None:
    desk.queue()
    break_stored_template(desk)
    desk.dispatcher.cancel(desk.reduction(), make_run(), "by hand")
    assert desk.reduction().state is State.FAILED
    assert "cannot be recorded" in desk.reduction().reason
