"""Reports, runs and requests in the catalogue."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError, NoResultFound

from nbreduce.catalogue import bulk, reports, requests, runs
from nbreduce.catalogue.core import Catalogue
from nbreduce.catalogue.listing import RunFilter, list_runs
from nbreduce.catalogue.orm import RequestRow
from nbreduce.catalogue.requests import RequestKind
from nbreduce.domain.run import FileStamp, Report
from support.making import at, make_run

STAMP = FileStamp(size=2**40, mtime_ns=2**61)


def report(path: str | None = "/d/a.nxs", **more: object) -> Report:
    fields = {"trigger": "cli", "instrument": "DEMO", "received": at(0), **more}
    return Report(path=path, **fields)  # type: ignore[arg-type]


def test_a_report_is_pending_until_it_is_settled(catalogue: Catalogue) -> None:
    full = report(
        "/d/größe 1.nxs",
        run_number=7,
        sentinel=Path("/d/done"),
        parameters={"a": [1, None]},
        templates=("work",),
    )
    with catalogue.write() as session:
        number = reports.add_report(session, full, STAMP)
        runs.save_run(session, make_run(), at(1))
    with catalogue.read() as session:
        (record,) = reports.pending_reports(session)
        assert record.model_dump(include=set(Report.model_fields)) == {
            **full.model_dump(),
            "path": str(full.path),
            "sentinel": "/d/done",
        }
        assert (record.size, record.mtime_ns) == (STAMP.size, STAMP.mtime_ns)
        assert reports.run_of_report(session, number) is None
    newer = FileStamp(size=5, mtime_ns=6)
    with catalogue.write() as session:
        reports.settle_report(session, number, 1, "new run", newer)
    with catalogue.read() as session:
        assert reports.pending_reports(session) == []
        assert reports.run_of_report(session, number) == 1
        (settled,) = reports.reports_of(session, 1)
        assert (settled.note, settled.size, settled.mtime_ns) == ("new run", 5, 6)


def test_pending_reports_are_paged_in_order(catalogue: Catalogue) -> None:
    with catalogue.write() as session:
        made = [reports.add_report(session, report(f"/d/{n}"), None) for n in range(25)]
    seen, after = [], 0
    with catalogue.read() as session:
        while page := reports.pending_reports(session, 10, after):
            assert len(page) <= 10
            seen += [one.id for one in page]
            after = page[-1].id
    assert seen == made


def test_files_are_known_as_they_were_at_their_last_report(catalogue: Catalogue) -> None:
    with catalogue.write() as session:
        reports.add_report(session, report(), STAMP)
        reports.add_report(session, report(), FileStamp(size=1, mtime_ns=1))
        reports.add_report(session, report("/d/b"), None)
        reports.add_report(session, report("/d/c", instrument="OTHER"), STAMP)
        reports.add_report(session, report(None, run_number=5), None)
    with catalogue.read() as session:
        assert reports.known_files(session, "DEMO") == {
            Path("/d/a.nxs"): FileStamp(size=1, mtime_ns=1)
        }


def test_the_last_number_that_a_trigger_reported(catalogue: Catalogue) -> None:
    with catalogue.write() as session:
        for number in (5, 9, 7):
            reports.add_report(session, report(None, trigger="lastrun", run_number=number), None)
        reports.add_report(session, report("/d/x", trigger="lastrun"), None)
        reports.add_report(session, report(None, trigger="cli", run_number=50), None)
    with catalogue.read() as session:
        assert reports.last_reported_number(session, "DEMO", "lastrun") == 7
        assert reports.last_reported_number(session, "OTHER", "lastrun") is None


def test_a_file_name_that_is_no_text_is_kept_visibly(catalogue: Catalogue) -> None:
    with catalogue.write() as session:
        reports.add_report(session, report("/d/caf\udce9.nxs"), STAMP)
    with catalogue.read() as session:
        assert reports.pending_reports(session)[0].path == "/d/caf\\udce9.nxs"


def test_runs_are_saved_replaced_found_and_listed(catalogue: Catalogue) -> None:
    first, second = make_run(), make_run(id=2, name="43", run_number=43, title="50% of X_1")
    with catalogue.write() as session:
        assert runs.next_run_id(session) == 1
        runs.save_run(session, first, at(1))
        runs.save_run(session, second, at(2))
        better = first.model_copy(update={"title": "Größe", "skipped": "no counts"})
        runs.save_run(session, better, at(3))
    with catalogue.read() as session:
        assert runs.next_run_id(session) == 3
        assert runs.get_run(session, 1) == runs.find_run(session, "DEMO", "42") == better
        assert runs.find_run(session, "DEMO", "44") is None
        assert list_runs(session) == [second, better]
        assert list_runs(session, RunFilter(search="50%")) == [second]
        assert list_runs(session, RunFilter(search="X_1")) == [second]
        assert (
            list_runs(session, RunFilter(search="X1"))
            == list_runs(session, RunFilter(search="%%"))
            == []
        )
        for words in ("gröss", "GRÖSSE", "größe"):
            assert list_runs(session, RunFilter(search=words)) == [better]
        assert list_runs(session, RunFilter(experiment="RB1"), limit=1) == [second]
        assert list_runs(session, RunFilter(instrument="OTHER")) == []
        with pytest.raises(NoResultFound):
            runs.get_run(session, 99)


def test_two_runs_of_one_name_are_refused(catalogue: Catalogue) -> None:
    with pytest.raises(IntegrityError), catalogue.write() as session:
        runs.save_run(session, make_run(), at(1))
        runs.save_run(session, make_run(id=2), at(2))
    with catalogue.read() as session:
        assert list_runs(session) == []


def test_requests_are_open_until_answered_and_then_forgotten(catalogue: Catalogue) -> None:
    with catalogue.write() as session:
        rerun = requests.add_request(session, RequestKind.RERUN, "X-v1", "ada", {"a": 1})
        cancel = requests.add_request(session, RequestKind.CANCEL, "X-v1", "bob")
    with catalogue.write() as session:
        assert [one.id for one in requests.open_requests(session)] == [rerun, cancel]
        requests.answer_request(session, rerun, True, "X-v2")
    with catalogue.read() as session:
        assert [one.id for one in requests.open_requests(session)] == [cancel]
        answered = requests.get_request(session, rerun)
        assert (answered.accepted, answered.answer, answered.parameters) == (True, "X-v2", {"a": 1})
        assert answered.answered is not None
        moment = answered.answered
    with catalogue.write() as session:
        requests.forget_requests(session, moment)
        assert requests.get_request(session, rerun).answer == "X-v2"
        requests.forget_requests(session, moment.replace(year=moment.year + 1))
    with catalogue.read() as session:
        assert [one.id for one in requests.open_requests(session)] == [cancel]
        with pytest.raises(NoResultFound):
            requests.get_request(session, rerun)


def test_answers_of_a_bulk_are_kept_until_all_of_it_is_answered(catalogue: Catalogue) -> None:
    with catalogue.write() as session:
        rows = [
            RequestRow(
                kind=RequestKind.RERUN,
                reduction="X-v1",
                parameters={},
                requested_by="ada",
                created=at(0),
                answered=at(0) if number == 0 else None,
                accepted=True if number == 0 else None,
                answer="",
                bulk="many",
            )
            for number in range(2)
        ]
        session.add_all(rows)
        session.flush()
        last = rows[1].id
        requests.forget_requests(session, at(3600))
        state = bulk.bulk_state(session, "many")
        assert state is not None
        assert (state.total, state.waiting) == (2, 1)
        requests.answer_request(session, last, True, "X-v2")
        requests.forget_requests(session, at(3600))
        assert bulk.bulk_state(session, "many") is not None
        requests.forget_requests(session, datetime.max.replace(tzinfo=UTC))
        assert bulk.bulk_state(session, "many") is None
