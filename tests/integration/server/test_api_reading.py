"""What the API tells of a workspace."""

import pytest

from nbreduce.catalogue.listing import ReductionFilter, RunFilter, list_reductions, list_runs
from support.api import Api
from support.sites import DEMO, Site


def test_runs_come_page_by_page_newest_first(api: Api, filled: Site) -> None:
    names, total = [], 1
    while len(names) < total:
        page = api.get("/runs", limit=40, offset=len(names)).json
        assert page["offset"] == len(names)
        names += [one["name"] for one in page["runs"]]
        total = page["total"]
    assert names == [one.name for one in filled.runs()]
    assert api.get("/runs", offset=total).json["runs"] == []


def test_filters_are_the_command_lines_own(api: Api, filled: Site) -> None:
    with filled.catalogue() as session:
        for given in (
            {"instrument": "HIFI", "state": ["failed", "skipped"]},
            {"search": "zoë's steel"},
            {"template": "powder", "state": ["failed"]},
            {
                "experiment": "RB1510002",
                "since": "2026-03-01T12:00:00Z",
                "until": "2027-01-01T00:00:00+02:00",
            },
        ):
            wanted = list_runs(session, RunFilter.model_validate(given))
            answered = api.get("/runs", limit=500, **given).json
            assert [one["id"] for one in answered["runs"]] == [one.id for one in wanted], given
            assert answered["total"] == len(wanted) > 0, given


def test_reductions_are_listed_as_the_command_line_lists_them(api: Api, filled: Site) -> None:
    with filled.catalogue() as session:
        for given in (
            {"instrument": DEMO, "state": ["running", "failed"]},
            {"search": "zoë's steel", "template": "powder"},
            {"run": "1", "until": "2027-01-01T00:00:00+02:00"},
            {},
        ):
            wanted = list_reductions(session, ReductionFilter.model_validate(given), 500)
            answered = api.get("/reductions", limit=500, **given).json
            assert [one["name"] for one in answered["reductions"]] == [one.name for one in wanted]
            assert answered["total"] >= len(wanted) > 0, given
    page = api.get("/reductions", instrument=DEMO, limit=1, offset=1).json
    (line,) = page["reductions"]
    assert (line["name"], line["instrument"], line["run"]) == (f"{DEMO}1-work-v1", DEMO, "1")
    assert line["notebook"] == f"archive/{DEMO}/RB1/1/work/v1/{DEMO}1-work-v1.ipynb"
    assert (page["total"], page["offset"]) == (2, 1)
    assert api.get("/reductions", colour="red").status == 400


def test_experiments_are_counted_as_they_are_listed(api: Api) -> None:
    counted = api.get("/experiments", instrument="ENGINX").json["experiments"]
    assert len(counted) == 6
    for one in counted:
        listed = api.get("/runs", instrument="ENGINX", experiment=one["experiment"], limit=1).json
        assert listed["total"] == one["runs"]
        assert listed["runs"][0]["added"] == one["newest"]


def test_a_run_tells_its_reductions_and_a_reduction_its_run(api: Api) -> None:
    run = api.get(f"/runs/{DEMO}/1").json
    (reduction,) = run["reductions"]
    assert reduction["name"] == f"{DEMO}1-work-v1"
    assert reduction["state"] == "succeeded"
    assert reduction["notebook"] == f"archive/{DEMO}/RB1/1/work/v1/{DEMO}1-work-v1.ipynb"
    told = api.get(f"/reductions/{reduction['name']}").json
    assert (told["run"]["id"], told["versions"]) == (run["id"], [reduction["name"]])
    assert told["notebook"] is None, "its file is not there, and here that is looked at"
    assert (told["template_known"], told["template_changed"]) == (True, True)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/runs/DEMO/77", "there is no run DEMO 77. List them with 'nbreduce runs'"),
        ("/reductions/DEMO1-work-v9", "there is no reduction 'DEMO1-work-v9'"),
        ("/templates/NONE/work", "there is no instrument 'NONE'. Instruments with templates: DEMO"),
        (f"/templates/{DEMO}/none", f"{DEMO} has no template 'none'. Its templates: work"),
        ("/requests/77", "there is no request 77"),
        ("/reports/x", "there is no report x"),
        ("/reports/99999999999999999999", "there is no report 9"),
        ("/nothing", "there is nothing at this address"),
        ("", "there is nothing at this address"),
    ],
)
def test_what_is_not_there_is_told(api: Api, path: str, words: str) -> None:
    answer = api.get(path)
    assert answer.status == 404
    assert words in f"{answer.json['message']}. {answer.json['hint']}"
    assert answer.headers["Content-Type"] == "application/json"


def test_a_template_tells_what_a_form_needs(api: Api) -> None:
    told = api.get(f"/templates/{DEMO}/work").json
    scale = told["schema"]["properties"]["scale"]
    assert (scale["exclusiveMinimum"], scale["maximum"]) == (0, 10)
    assert {one["name"] for one in told["parameters"] if one["supplied"]} >= {"run_file"}
    assert told["template"]["path"] == f"notebook_templates/{DEMO}/work.ipynb"
    assert api.get("/templates").json["templates"] == [told["template"]]


def test_events_come_after_an_id(api: Api) -> None:
    first = api.get("/events", limit=3).json
    ids = [one["id"] for one in first["events"]]
    more = api.get("/events", after=ids[-1], limit=3).json
    assert [one["id"] for one in more["events"]] == [ids[-1] + 1, ids[-1] + 2, ids[-1] + 3]
    assert api.get("/events", after=first["latest"]).json["events"] == []
    assert all(one["run"].count("/") == 1 for one in first["events"])


def test_health_tells_what_doctor_tells(api: Api, filled: Site) -> None:
    filled.workspace().archive.prepare()
    told = api.get("/health").json
    assert told["problems"] == []
    assert told["service"]["running"] is False
    assert told["watched"] == [str(filled.data)]
    assert told["free_bytes"] > 0
    assert sum(told["reductions"].values()) >= 300
    found = {one["what"]: one for one in told["findings"]}
    doctor = {one["what"]: one for one in filled.cli("doctor", "--json").json}
    assert found.keys() <= doctor.keys()
    assert found["templates"] == doctor["templates"]
    assert found["service"]["remedy"] == "Start it with: nbreduce up"
