"""Bad input over HTTP: a clear answer each, and never a defect."""

import json
from typing import Any

import pytest

from support.api import Api
from support.sites import DEMO, Site

NAME = f"{DEMO}1-work-v1"
CODE = "__import__('os').system('touch /tmp/x')"


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("/runs?colour=red", "colour"),
        ("/runs?limit=0", "limit"),
        ("/runs?limit=501", "limit"),
        ("/runs?limit=ten", "limit"),
        ("/runs?offset=-1", "offset"),
        ("/runs?offset=99999999999999999999999", "offset"),
        ("/runs?state=lost", "state.0"),
        ("/runs?state=failed&state=lost", "state.1"),
        ("/runs?since=yesterday", "since"),
        ("/runs?since=2026-03-01T12:00:00", "since"),
        ("/runs?until=0.5", "until"),
        ("/runs?since=0001-01-01T00:00:00%2B14:00", "since"),
        ("/runs?until=9999-12-31T23:59:59-14:00", "until"),
        ("/runs?search=" + "x" * 201, "search"),
        ("/experiments?limit=5", "limit"),
        ("/events?after=-1", "after"),
        ("/events?after=9223372036854775808", "after"),
        ("/health?verbose=1", "verbose"),
    ],
)
def test_a_query_that_cannot_be_used_is_told_by_its_parameter(
    api: Api, path: str, where: str
) -> None:
    answer = api.ask("GET", path)
    assert answer.status == 400, answer.body
    assert where in [one["where"] for one in answer.json["problems"]]
    assert where in answer.json["message"]


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (b"", 202, ""),
        (b"{", 400, "Invalid JSON"),
        (b"\xff\xfe", 400, "Invalid JSON"),
        (b"[]", 400, "the body cannot be used"),
        (b'{"parameters": [1]}', 400, "parameters"),
        (b'{"values": {}}', 400, "values"),
        (b'{"parameters": {"scale": NaN}}', 422, "not a finite number"),
        (b'{"parameters": {"scale": 1e999}}', 422, "not a finite number"),
        (b'{"parameters": {"scale": ' + b"1" * 5000 + b"}}", 400, "Invalid JSON"),
        (b'{"parameters": {"scale": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}", 400, "the body"),
        (b'{"parameters": {"mode": "' + b"x" * 1_000_000 + b'"}}', 413, "larger than 1000 kB"),
        (b'{"parameters": {"mode": "\\ud800"}}', 400, "Invalid JSON"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_bodies(api: Api, body: bytes, status: int, words: str) -> None:
    answer = api.ask("POST", f"/reductions/{NAME}/rerun", body)
    assert answer.status == status, answer.body[:500]
    assert words in answer.body.decode()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"colour": 1}, "there is no parameter 'colour'"),
        ({"scale": "wide"}, "must be a number > 0 and <= 10"),
        ({"scale": 0}, "must be a number > 0"),
        ({"scale": 11}, "<= 10"),
        ({"scale": True}, "must be a number"),
        ({"mode": CODE}, "mode"),
        ({"run_file": "/etc/passwd"}, "run_file is supplied by the platform"),
        ({"output_dir": "../.."}, "output_dir is supplied by the platform"),
    ],
)
def test_values_that_are_not_allowed(api: Api, values: dict[str, Any], words: str) -> None:
    answer = api.post(f"/reductions/{NAME}/rerun", {"parameters": values})
    assert answer.status == 422
    assert words in answer.words
    answer = api.post("/runs", {"instrument": DEMO, "runs": [1], "parameters": values})
    assert answer.status == 422
    assert words in answer.words


@pytest.mark.parametrize(
    "name",
    [
        "..",
        "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "a%2Fb",
        "%00",
        "a%00b",
        "a%0Ab",
        "%C3%A4",
        "%F0%9F%94%AC",
        "x" * 5000,
        "'%20OR%201=1",
        "%25",
        ".",
        "*",
    ],
)
@pytest.mark.parametrize(
    "path",
    ["/reductions/{}", "/runs/DEMO/{}", "/runs/{}/1", "/templates/{}/work", "/templates/DEMO/{}"],
)
def test_names_that_nothing_has(api: Api, path: str, name: str) -> None:
    answer = api.ask("GET", path.format(name))
    assert answer.status == 404, answer.body
    assert answer.json["message"]


@pytest.mark.parametrize("path", ["/reductions/%FF", "/runs?search=%ED%A0%80"])
def test_bytes_that_are_no_text(api: Api, path: str) -> None:
    assert api.ask("GET", path).status == 400


@pytest.mark.parametrize("path", ["//runs", "/runs/", "/runs//1", "/../api/runs", "/runs/DEMO/1/2"])
def test_addresses_that_are_none(api: Api, path: str) -> None:
    answer = api.ask("GET", path)
    assert answer.status == 404
    assert answer.json["message"] == "there is nothing at this address"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/health", "GET"),
        ("DELETE", f"/reductions/{NAME}", "GET"),
        ("PUT", "/runs", "GET, POST"),
        ("PATCH", f"/reductions/{NAME}/cancel", "POST"),
        ("GET", f"/reductions/{NAME}/cancel", "POST"),
        ("HEAD", "/runs", "GET, POST"),
    ],
)
def test_methods_that_are_none(api: Api, method: str, path: str, allowed: str) -> None:
    answer = api.ask(method, path)
    assert answer.status == 405
    assert answer.headers["Allow"] == allowed


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({}, 400, "instrument: Field required; runs: Field required"),
        ({"instrument": DEMO, "runs": []}, 400, "runs"),
        ({"instrument": DEMO, "runs": [1] * 1001}, 400, "at most 1000 items"),
        ({"instrument": DEMO, "runs": [-1]}, 400, "must be a run number, or the whole path"),
        ({"instrument": DEMO, "runs": [True]}, 400, "must be a run number"),
        ({"instrument": DEMO, "runs": ["data/run.nxs"]}, 400, "must be a run number"),
        ({"instrument": DEMO, "runs": ["../../etc/passwd"]}, 400, "must be a run number"),
        ({"instrument": DEMO, "runs": ["/a\0b"]}, 400, "must be a run number"),
        ({"instrument": DEMO, "runs": ["/" + "x" * 5000]}, 400, "must be a run number"),
        ({"instrument": DEMO, "runs": ["/" + "x" * 4000]}, 422, "there is no file '/xxx"),
        ({"instrument": DEMO, "runs": ["/no/such.nxs"]}, 422, "there is no file '/no/such.nxs'"),
        (
            {"instrument": DEMO, "runs": [1, 777, 10**17]},
            422,
            "run 777, 100000000000000000 was found",
        ),
        ({"instrument": "NONE", "runs": [1]}, 404, "there is no instrument 'NONE'"),
        ({"instrument": "../DEMO", "runs": [1]}, 404, "there is no instrument"),
        ({"instrument": DEMO, "runs": [1], "templates": ["none"]}, 404, "has no template 'none'"),
        ({"instrument": DEMO, "runs": [1], "trigger": "cli"}, 400, "trigger"),
    ],
    ids=lambda value: json.dumps(value)[:50],
)
def test_runs_that_cannot_be_reported(
    api: Api, filled: Site, body: dict[str, Any], status: int, words: str
) -> None:
    with filled.catalogue() as session:
        before = session.connection().exec_driver_sql("SELECT count(*) FROM report").scalar()
    answer = api.post("/runs", body)
    assert answer.status == status, answer.body[:500]
    assert words in answer.words
    with filled.catalogue() as session:
        after = session.connection().exec_driver_sql("SELECT count(*) FROM report").scalar()
    assert after == before


def test_a_thousand_runs_are_reported_in_one_request(api: Api, filled: Site) -> None:
    for number in range(1000, 2000):
        (filled.data / f"{DEMO}{number:08d}.nxs").touch()
    body = {
        "instrument": DEMO,
        "runs": [*range(1000, 1999), str(filled.data / f"{DEMO}00001999.nxs")],
    }
    answer = api.post(
        "/runs", {**body, "parameters": {"scale": 2, "mode": "plain"}, "templates": ["work"]}
    )
    assert answer.status == 202, answer.body
    reports = answer.json["reports"]
    assert len(set(reports)) == 1000
    told = api.get(f"/reports/{reports[-1]}").json
    assert told["path"] == str(filled.data / f"{DEMO}00001999.nxs")
    assert (told["trigger"], told["run"], told["reductions"]) == ("rest", None, [])


def test_what_has_ended_cannot_be_cancelled(api: Api) -> None:
    answer = api.post(f"/reductions/{NAME}/cancel", {})
    assert answer.status == 409
    assert "has ended already: succeeded" in answer.words
    answer = api.post(f"/reductions/{DEMO}2-work-v1/cancel", {})
    assert answer.status == 202
    told = api.get(f"/requests/{answer.json['request']}").json
    assert (told["kind"], told["accepted"]) == ("cancel", None)
