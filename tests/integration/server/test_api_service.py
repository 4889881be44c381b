"""What is asked over HTTP is done by the service, and told: reports, reruns, cancels, and the service's own going."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import websocket

from support.api import PREFIX, Api, running_api
from support.services import Service
from support.sites import DEMO, ONE_WORKER, Site
from support.waiting import wait_for


@dataclass
class Desk:
    """A workspace, its service, and a server on it."""

    site: Site
    service: Service
    api: Api


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    site = Site(tmp_path_factory.mktemp("desk") / "ws", settings=ONE_WORKER, triggers=[])
    site.triggers = [
        {"kind": "directory", "instrument": DEMO, "path": str(site.data), "poll_interval": 3600.0}
    ]
    site.configure()
    folder = tmp_path_factory.mktemp("desk-api")
    with site.serving() as service, running_api(folder, site.path) as api:
        yield Desk(site, service, api)


def settled(api: Api, report: int) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        told: dict[str, Any] = api.get(f"/reports/{report}").json
        return told if told["run"] else None

    found = wait_for(look, f"report {report} is settled")
    assert found is not None
    return found


def test_a_reported_run_is_reduced_with_the_values_that_were_asked_for(desk: Desk) -> None:
    path = desk.site.measure(1, desk.site.aside())
    body = {"instrument": DEMO, "runs": [str(path)], "parameters": {"scale": 2}}
    answer = desk.api.post("/runs", body)
    assert answer.status == 202, answer.body
    (report,) = answer.json["reports"]
    told = settled(desk.api, report)
    assert (told["run"], told["skipped"], told["trigger"]) == (f"{DEMO}/1", None, "rest")
    assert told["reductions"] == [f"{DEMO}1-work-v1"]
    desk.site.wait_for_state(f"{DEMO}1-work-v1")
    made = desk.api.get(f"/reductions/{DEMO}1-work-v1").json
    assert made["reduction"]["state"] == "succeeded"
    assert made["reduction"]["parameters"]["scale"] == {"value": 2.0, "source": "request"}
    assert made["reduction"]["requested_by"] == "rest"
    assert (desk.site.path / made["notebook"]).is_file()
    assert made["template_changed"] is False


def test_a_reported_file_that_is_no_run_tells_why(desk: Desk) -> None:
    path = desk.site.aside() / f"{DEMO}00000002.nxs"
    path.write_text("no run")
    (report,) = desk.api.post("/runs", {"instrument": DEMO, "runs": [str(path)]}).json["reports"]
    told = settled(desk.api, report)
    assert "is a text file" in told["skipped"]
    assert told["reductions"] == []


def test_a_text_that_is_code_stays_a_text(desk: Desk) -> None:
    path = desk.site.measure(3, desk.site.aside())
    (report,) = desk.api.post("/runs", {"instrument": DEMO, "runs": [str(path)]}).json["reports"]
    (name,) = settled(desk.api, report)["reductions"]
    desk.site.wait_for_state(name)
    code = "__import__('pathlib').Path('owned').touch()"
    answer = desk.api.post(f"/reductions/{name}/rerun", {"parameters": {"gate": code}})
    assert answer.status == 202, answer.body
    request = answer.json["request"]
    told = wait_for(
        lambda: next(
            (
                one
                for one in [desk.api.get(f"/requests/{request}").json]
                if one["accepted"] is not None
            ),
            None,
        ),
        "the request is answered",
    )
    assert told["accepted"] is True
    again = told["answer"]
    desk.site.wait_until(lambda: desk.site.reduction(again), f"{again} is there")
    made = desk.api.get(f"/reductions/{again}").json["reduction"]
    assert made["parameters"]["gate"]["value"] == code
    assert desk.api.post(f"/reductions/{again}/cancel", {}).status == 202
    desk.site.wait_for_state(again)
    assert not list(desk.site.path.rglob("owned"))


def test_the_services_end_and_return_are_told_to_who_follows(desk: Desk) -> None:
    stream = websocket.create_connection(
        f"ws://127.0.0.1:{desk.api.port}{PREFIX}/events/stream",
        header=[f"Authorization: token {desk.api.token}"],
        timeout=60,
    )

    def service() -> dict[str, Any]:
        while True:
            told: dict[str, Any] | None = json.loads(stream.recv())["service"]
            if told is not None:
                return told

    assert service()["pid"] == desk.service.process.pid
    desk.service.stop()
    assert service()["running"] is False
    path = desk.site.measure(4, desk.site.aside())
    (report,) = desk.api.post("/runs", {"instrument": DEMO, "runs": [str(path)]}).json["reports"]
    assert desk.api.get(f"/reports/{report}").json["run"] is None
    assert desk.api.get("/health").json["service"]["running"] is False
    with desk.site.serving() as back:
        assert service()["pid"] == back.process.pid
        (name,) = settled(desk.api, report)["reductions"]
        desk.site.wait_for_state(name)
    stream.close()
