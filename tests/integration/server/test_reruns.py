"""Reruns over REST: planned, filed, many at once, and whatever is wrong told in words."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from nbreduce.domain.states import State
from support.lab import Lab, running_lab
from support.notebooks import PARAMETERS, READ, WAIT, WRITE, notebook, save
from support.sites import DEMO, Site
from support.waiting import wait_for

V1 = f"{DEMO}1-work-v1"
RUNS = 3
NOTED = PARAMETERS + '\nnote: str = ""  # what someone wants to remember'


class Rest:
    """The API of a site."""

    def __init__(self, site: Site, lab: Lab) -> None:
        self.site = site
        self.lab = lab

    def ask(self, path: str, body: Any = None) -> tuple[int, Any]:
        """Ask; return the status and the answer. Nothing may ever be a 500."""
        data = None if body is None else json.dumps(body).encode()
        address = f"{self.lab.url}/nbreduce/api/{path}"
        headers = {"Authorization": f"token {self.lab.token}"}
        request = urllib.request.Request(address, data=data, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return response.status, json.loads(response.read())
        except urllib.error.HTTPError as error:
            told = error.read()
            assert error.code < 500 or error.code == 503, (path, error.code, told)
            return error.code, json.loads(told)

    def good(self, path: str, body: Any = None) -> Any:
        status, answer = self.ask(path, body)
        assert status < 300, (path, status, answer)
        return answer

    def plan(self, name: str = V1, **body: Any) -> Any:
        return self.good(f"reductions/{name}/plan", body)

    def rerun(self, name: str = V1, **body: Any) -> str:
        """File a rerun; return the name of the reduction that is made."""
        request = self.good(f"reductions/{name}/rerun", body)["request"]
        answer = wait_for(lambda: self._answered(request), "the service answers")
        assert answer["accepted"], answer
        return str(answer["answer"])

    def _answered(self, request: int) -> Any:
        answer = self.good(f"requests/{request}")
        return answer if answer["accepted"] is not None else None

    def cells(self, name: str = V1) -> dict[str, str]:
        """Return the sources that an executed notebook holds."""
        reduction = self.site.reduction(name)
        assert reduction is not None
        content = json.loads((self.site.folder_of(reduction) / f"{name}.ipynb").read_bytes())
        tags = {"parameters": "parameters", "injected-parameters": "injected"}
        return {
            tags[tag]: "".join(cell["source"])
            for cell in content["cells"]
            for tag in cell["metadata"].get("tags", [])
            if tag in tags
        }


@pytest.fixture(scope="module")
def rest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rest]:
    """A site with three reduced runs and a skipped one, served."""
    folder = tmp_path_factory.mktemp("reruns")
    site = Site(folder / "site")
    save(notebook(READ, WAIT, WRITE, parameters=NOTED), site.templates / DEMO / "work.ipynb")
    (folder / "lab").mkdir()
    with site.serving(), running_lab(folder / "lab", site.path) as lab:
        for number in range(1, RUNS + 1):
            site.measure(number)
        (site.data / f"{DEMO}00000005.nxs").write_text("no run")
        for number in range(1, RUNS + 1):
            site.wait_for_state(f"{DEMO}{number}-work-v1", State.SUCCEEDED)
        site.wait_for_run("5")
        yield Rest(site, lab)
    site.check_archive()


def by_name(plan: Any) -> dict[str, Any]:
    return {one["name"]: one for one in plan["parameters"]}


def test_a_plan_says_all_that_would_be_and_all_that_is_wrong(rest: Rest) -> None:
    plan = rest.plan()
    assert (plan["reduction"], plan["template"], plan["template_changed"]) == (V1, "work", False)
    assert plan["name"] == f"{DEMO}1-work-v{plan['version']}"
    assert (plan["problems"], plan["warnings"], plan["changes"]) == ([], [], {})
    assert (plan["environment"], plan["environment_state"]) == ("default", "same")
    scale = by_name(plan)["scale"]
    assert (scale["value"], scale["before"], scale["source"], scale["problem"]) == (
        *(1.0, 1.0, "template"),
        None,
    )
    assert by_name(plan)["run_file"]["supplied"]
    wrong = {"scale": 11, "mode": "odd", "colour": "red", "run_file": "/etc/passwd"}
    plan = rest.plan(parameters=wrong)
    assert {one["where"]: one["message"] for one in plan["problems"]} == {
        "scale": "must be a number > 0 and <= 10",
        "mode": "must be one of 'plain', 'fancy'",
        "colour": "there is no parameter 'colour'. Parameters: gate, mode, note, scale",
        "run_file": "run_file is supplied by the platform and cannot be set",
    }
    assert by_name(plan)["scale"]["problem"] == "must be a number > 0 and <= 10"
    assert by_name(plan)["scale"]["otherwise"] == 1.0
    status, told = rest.ask(f"reductions/{V1}/rerun", {"parameters": wrong})
    assert status == 422
    assert {one["where"] for one in told["problems"]} == wrong.keys()


def test_values_that_hold_code_are_texts_in_the_new_notebook(rest: Rest) -> None:
    code = '\'); import os; os._exit(3) #\n"""\\'
    made = rest.rerun(parameters={"note": code})
    reduction = rest.site.wait_for_state(made, State.SUCCEEDED)
    assert reduction.parameters["note"].value == code
    assert f"note = {code!r}" in rest.cells(made)["injected"]


def test_the_same_key_is_filed_once(rest: Rest) -> None:
    key = str(uuid4())
    body = {"parameters": {"scale": 3}, "key": key}
    first, second = (rest.good(f"reductions/{V1}/rerun", body)["request"] for _ in range(2))
    assert first == second
    body["parameters"] = {"scale": 4}
    status, told = rest.ask(f"reductions/{V1}/rerun", body)
    assert (status, told["message"]) == (409, "this key was used for another request")


def test_an_edited_cell_is_a_rerun(rest: Rest) -> None:
    cells = rest.cells()
    assert rest.plan(cells=cells)["changes"] == {}
    edited = {**cells, "parameters": cells["parameters"].replace("= 1.0", "= 2.0")}
    plan = rest.plan(cells=edited)
    assert plan["changes"] == {"scale": 2.0}
    assert by_name(plan)["scale"]["value"] == 2.0
    made = rest.rerun(cells=edited, parameters={"mode": "fancy"})
    reduction = rest.site.wait_for_state(made, State.SUCCEEDED)
    assert {name: one.value for name, one in reduction.parameters.items()}.items() >= {
        "scale": 2.0,
        "mode": "fancy",
    }.items()
    # What was asked for explicitly is asked for again.
    assert by_name(rest.plan(made))["scale"]["value"] == 2.0


@pytest.mark.parametrize(
    ("where", "old", "new", "words"),
    [
        ("parameters", "= 1.0", "= print('x')", "scale is not a literal"),
        ("parameters", "= 1.0", "= 11.0", "the default of scale is not a number > 0"),
        ("injected", "run_number = 1", "run_number = 1\nimport os", "holds code ('import os')"),
        (
            "injected",
            "run_number = 1",
            "run_number = 1\ncolour = 1",
            "there is no parameter 'colour'",
        ),
    ],
)
def test_a_cell_that_holds_no_values_is_refused_with_its_line(
    rest: Rest, where: str, old: str, new: str, words: str
) -> None:
    cells = rest.cells()
    assert old in cells[where]
    edited = {**cells, where: cells[where].replace(old, new)}
    for path in ("plan", "rerun"):
        status, told = rest.ask(f"reductions/{V1}/{path}", {"cells": edited})
        assert status == 422
        assert words in told["message"]


@pytest.mark.parametrize(
    ("path", "body", "status", "words"),
    [
        ("reductions/X-work-v9/plan", {}, 404, "there is no reduction 'X-work-v9'"),
        ("reductions/..%2F..%2Fetc/rerun", {}, 404, "there is no reduction"),
        (f"reductions/{V1}/plan", [], 400, "the body cannot be used"),
        (f"reductions/{V1}/plan", {"parameters": []}, 400, "parameters"),
        (f"reductions/{V1}/plan", {"colour": 1}, 400, "colour"),
        (f"reductions/{V1}/plan", {"cells": {"parameters": "x" * 200_000}}, 400, "100000"),
        (f"reductions/{V1}/plan", {"cells": {"parameters": "x" * 2_000_000}}, 413, "1000 kB"),
        (f"reductions/{V1}/rerun", {"key": "short"}, 400, "key"),
        (f"reductions/{V1}/rerun", {"template_sha256": "0"}, 409, "was changed since"),
        ("reruns/plan", {}, 422, "nothing is chosen"),
        ("reruns/plan", {"names": [V1], "runs": "1"}, 422, "not both"),
        ("reruns/plan", {"instrument": DEMO, "runs": "x"}, 422, "neither a run number"),
        ("reruns/plan", {"instrument": "NOPE", "runs": "1"}, 404, "no instrument 'NOPE'"),
        ("reruns/plan", {"instrument": DEMO, "runs": "1", "limit": 10**9}, 400, "limit"),
        ("reruns", {"names": ["X-work-v9"]}, 422, "there is no such reduction (1)"),
        ("reruns", {"names": [V1], "parameters": {"scale": 0}}, 422, "scale must be a number > 0"),
        ("reruns", {"names": [V1], "templates": {f"{DEMO}/work": "0"}}, 409, "was changed since"),
        ("reruns/no-such-bulk", None, 404, "there are no reruns filed as no-such-bulk"),
    ],
)
def test_what_cannot_be_is_told_in_words(
    rest: Rest, path: str, body: Any, status: int, words: str
) -> None:
    before = len(rest.site.reductions())
    found, told = rest.ask(path, body)
    assert (found, words in told["message"]) == (status, True), told
    assert len(rest.site.reductions()) == before


@pytest.mark.parametrize(
    "value", [None, [], {}, "\ud800", 10**400, True, [[[]]], {"a": {"b": 1}}, "x" * 10_000]
)
def test_no_value_is_too_odd_to_be_answered(rest: Rest, value: Any) -> None:
    for name in ("scale", "mode"):
        status, told = rest.ask(f"reductions/{V1}/plan", {"parameters": {name: value}})
        assert status in {200, 400}
        if status == 200:
            assert [one["where"] for one in told["problems"]] == [name]


def test_many_are_planned_and_then_made(rest: Rest) -> None:
    # Of run 1 there are several versions by now.
    choice = {"instrument": DEMO, "runs": f"2-{RUNS}, 5, 8-9", "parameters": {"scale": 5}}
    plan = rest.good("reruns/plan", choice)
    assert (plan["reruns"], plan["left_out"]) == (RUNS - 1, 3)
    assert plan["reasons"]["there is no such run"] == 2
    assert plan["lines"][0] == {
        "run": "2",
        "reduction": f"{DEMO}2-work-v1",
        "version": 1,
        "new_version": 2,
        "changes": {"scale": {"before": 1.0, "after": 5.0}},
        "problem": None,
    }
    assert plan["lines"][2]["problem"].startswith("skipped: ")
    assert plan["lines"][3]["run"] == "8-9"
    key = str(uuid4())
    body = {**choice, "templates": plan["templates"], "key": key}
    filed = rest.good("reruns", body)
    assert filed == {"bulk": key, "reruns": RUNS - 1}
    states = wait_for(lambda: all_ended(rest, key), "the reruns end")
    assert states == {"succeeded": RUNS - 1}
    # Now there are v2, but the key still stands for what was asked for then.
    assert rest.good("reruns", body) == filed
    for number in range(2, RUNS + 1):
        made = rest.site.reduction(f"{DEMO}{number}-work-v2")
        assert made is not None
        assert made.parameters["scale"].value == 5.0
        assert rest.site.reduction(f"{DEMO}{number}-work-v3") is None
    assert rest.good("reruns/plan", {**choice, "offset": 1, "limit": 2})["lines"][0]["run"] == "3"


def test_many_on_the_command_line(rest: Rest) -> None:
    site = rest.site
    names = [one.name for one in site.reductions() if one.template == "work"][:2]
    told = site.cli("rerun", *names, "-p", "scale=6", "--wait", "--json")
    assert told.code == 0, told.words
    assert (told.json["total"], told.json["states"]) == (2, {"succeeded": 2})
    told = site.cli("rerun", "-i", DEMO, "-r", "1-3", "-p", "scale=60", "--wait")
    assert told.code == 2
    assert "scale = '60': must be a number > 0 and <= 10" in told.words


def all_ended(rest: Rest, key: str) -> Any:
    state = rest.good(f"reruns/{key}")
    ended = {"succeeded", "failed", "cancelled"}
    return None if state["waiting"] or state["states"].keys() - ended else state["states"]


def test_as_many_as_may_be_and_one_more(rest: Rest) -> None:
    names = [f"{DEMO}{number}-work-v1" for number in range(1, 10_001)]
    plan = rest.good("reruns/plan", {"names": names, "limit": 5})
    assert (plan["reruns"], plan["left_out"]) == (RUNS, 10_000 - RUNS)
    assert len(plan["lines"]) == 5
    for body in ({"names": [*names, "one more"]}, {"instrument": DEMO, "runs": "1-10001"}):
        for path in ("reruns/plan", "reruns"):
            status, told = rest.ask(path, body)
            assert status == 422
            assert "are too many for one request: 10000 at most" in told["message"]


def test_templates_and_files_that_change_meanwhile_are_told(rest: Rest) -> None:
    template = rest.site.templates / DEMO / "work.ipynb"
    seen = rest.plan()["template_sha256"]
    changed = NOTED.replace('"le": 10', '"le": 20') + "\nextra: int = 7  # new"
    save(notebook(READ, WAIT, WRITE, parameters=changed), template)
    plan = rest.plan(parameters={"scale": 15})
    assert plan["template_changed"]
    assert plan["problems"] == []
    assert (by_name(plan)["extra"]["before_source"], by_name(plan)["extra"]["value"]) == (None, 7)
    body = {"template_sha256": seen}
    status, told = rest.ask(f"reductions/{V1}/rerun", body)
    assert status == 409
    assert "the template work was changed since" in told["message"]
    template.rename(rest.site.path / "aside.ipynb")
    status, told = rest.ask(f"reductions/{V1}/plan", {})
    assert status == 404
    assert f"{DEMO} has no template 'work'" in told["message"]
    assert rest.good("reruns/plan", {"names": [V1]})["left_out"] == 1
    (rest.site.path / "aside.ipynb").rename(template)
    file = rest.site.data / f"{DEMO}00000003.nxs"
    file.rename(rest.site.path / "aside.nxs")
    (warning,) = rest.plan(f"{DEMO}3-work-v1")["warnings"]
    assert "is not there now" in warning
    Path(rest.site.path / "aside.nxs").rename(file)
