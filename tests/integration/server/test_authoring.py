"""What template authors do, over REST, on real processes: check, try, compare with before, publish, begin anew."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from nbreduce.submission import current_user
from support.commands import clean_environment, command_line
from support.lab import Lab, running_lab
from support.notebooks import READ, WRITE, notebook, save, work
from support.reduced import add_reduced
from support.rest import ask, good
from support.services import kernels_in, lives
from support.sites import DEMO, Site
from support.waiting import wait_for

TEMPLATE = f"/templates/{DEMO}/work"
RUNS = ("1", "2", "3")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Lab]]:
    """A workspace with three reduced runs, and a JupyterLab on it."""
    folder = tmp_path_factory.mktemp("authors")
    site = Site(folder / "site")
    (folder / "lab").mkdir()
    add_reduced(site, *map(int, RUNS))
    with running_lab(folder / "lab", site.path) as lab:
        yield site, lab


@pytest.fixture
def site(place: tuple[Site, Lab]) -> Iterator[Site]:
    """The workspace; its template is put back afterwards."""
    site = place[0]
    yield site
    save(work(), site.templates / DEMO / "work.ipynb")


@pytest.fixture
def lab(place: tuple[Site, Lab]) -> Lab:
    return place[1]


def trial(lab: Lab, **asked: Any) -> Any:
    """Ask for a trial."""
    return good(lab, "POST", "/trials", {"instrument": DEMO, "template": "work", **asked})


def ended(lab: Lab, told: Any) -> Any:
    """Wait for the end of a trial."""

    def look() -> Any:
        found = good(lab, "GET", f"/trials/{told['id']}")
        return found if found["ended"] else None

    return wait_for(look, "the trial ends", 120)


def tree(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def test_a_draft_is_checked_without_being_saved_or_executed(site: Site, lab: Lab) -> None:
    mark = site.path / "mark"
    draft = notebook(READ, f"open({str(mark)!r}, 'w')\nsiez", WRITE)
    told = good(lab, "POST", f"{TEMPLATE}/check", {"content": draft})
    assert told["errors"] == 1
    assert told["verdict"] == "1 error, 1 warning"
    assert [(one["cell"], one["line"], one["severity"]) for one in told["problems"]] == [
        (2, 1, "warning"),
        (2, 2, "error"),
    ]
    assert told["problems"][1]["hint"] == "Did you mean size?"
    assert set(told["schema"]["properties"]) == {"scale", "mode", "gate"}
    assert not mark.exists()
    assert good(lab, "POST", f"{TEMPLATE}/check", {})["verdict"] == "good"


def test_a_draft_is_tried_and_the_archive_stays_as_it_is(site: Site, lab: Lab) -> None:
    before = tree(site.path / "archive")
    (site.templates / DEMO / "steps.py").write_text("ANSWER = 42\n")
    draft = notebook(READ, "import steps\nprint(steps.ANSWER)", WRITE)
    told = trial(lab, content=draft, runs=["2"], parameters={"scale": 3})
    assert told["state"] in {"queued", "running"}
    done = ended(lab, told)
    (row,) = done["rows"]
    assert (done["state"], row["state"], row["new"]["state"]) == ("succeeded",) * 3
    assert row["notebook"].startswith(f"trials/{current_user()}/{told['id']}/result/{DEMO}/")
    executed = json.loads((site.path / row["notebook"]).read_text())
    assert "42" in json.dumps(executed["cells"][3]["outputs"])
    record = executed["metadata"]["nbreduce"]
    assert record["trial"] is True
    assert record["reduction"]["name"] == f"{DEMO}2-work-trial-v1"
    assert record["reduction"]["parameters"]["scale"] == {"value": 3, "source": "request"}
    assert row["reduction"] == f"{DEMO}2-work-v1"
    assert row["differences"][:1] == ["outputs/result.txt differs"]
    assert tree(site.path / "archive") == before
    assert json.loads((site.templates / DEMO / "work.ipynb").read_text()) == work()
    (site.templates / DEMO / "steps.py").unlink()


def test_the_last_runs_are_compared_with_what_they_gave(site: Site, lab: Lab) -> None:
    draft = notebook(READ, "if run_number == 2:\n    raise ValueError('odd run')", WRITE)
    done = ended(lab, trial(lab, content=draft, last=3))
    assert [row["run"] for row in done["rows"]] == ["3", "2", "1"]
    assert [row["state"] for row in done["rows"]] == ["succeeded", "failed", "succeeded"]
    assert [row["old"]["state"] for row in done["rows"]] == ["succeeded"] * 3
    assert done["rows"][1]["differences"][0] == "succeeded before, failed now"
    assert "odd run" in done["rows"][1]["new"]["reason"]
    names = [done["rows"][0]["reduction"], done["rows"][0]["comparable"]]
    where = "&".join(f"name={name}" for name in names)
    compared = good(lab, "GET", f"/comparison?{where}")
    assert [one["name"] for one in compared["reductions"]] == names
    assert [one["label"] for one in compared["reductions"]] == ["v1", "trial"]
    assert compared["sentence"].startswith("trial differs from v1 in ")
    assert good(lab, "GET", f"/comparison/plots?{where}") == {"plots": []}
    same = [one for one in done["rows"][0]["differences"] if " s before, " not in one]
    assert same == ["outputs/result.txt differs"]
    assert done["state"] == "failed"
    listed = good(lab, "GET", "/trials")["trials"]
    assert listed[0]["id"] == done["id"]


def test_one_trial_runs_and_the_next_waits_and_each_can_be_cancelled(site: Site, lab: Lab) -> None:
    gate = str(site.path / "never")
    running = trial(lab, runs=["1"], parameters={"gate": gate})
    waiting = trial(lab, runs=["1"])

    def at_the_gate() -> bool:
        row = good(lab, "GET", f"/trials/{running['id']}")["rows"][0]
        return bool(row["cell"] == 4)

    wait_for(at_the_gate, "the trial waits in its fourth cell, after that of the values", 120)
    told = good(lab, "GET", f"/trials/{waiting['id']}")
    assert (told["state"], told["ahead"]) == ("queued", 1)
    good(lab, "DELETE", f"/trials/{waiting['id']}")
    assert ended(lab, waiting)["state"] == "cancelled"
    kernels = kernels_in(site.path / "trials")
    assert kernels
    good(lab, "DELETE", f"/trials/{running['id']}")
    done = ended(lab, running)
    assert (done["state"], done["rows"][0]["state"]) == ("cancelled", "cancelled")
    wait_for(lambda: not any(map(lives, kernels)), "its kernel is gone")
    wait_for(lambda: ask(lab, "DELETE", f"/trials/{running['id']}")[0] == 409, "it has ended")


@pytest.mark.parametrize(
    ("asked", "status", "words"),
    [
        ({}, 422, "a trial needs runs"),
        ({"runs": ["1"], "last": 2}, 422, "a trial needs runs"),
        ({"runs": ["77"]}, 404, "there is no run DEMO 77"),
        ({"runs": ["../../etc"]}, 404, "there is no run"),
        ({"last": 21}, 400, "last"),
        ({"runs": ["1"] * 21}, 400, "runs"),
        ({"runs": ["1"], "template": "../work"}, 422, "name may only hold"),
        ({"runs": ["1"], "template": "none"}, 404, "DEMO has no template 'none'"),
        ({"runs": ["1"], "instrument": "NONE"}, 404, "there is no instrument"),
        ({"runs": ["1"], "parameters": {"scael": 1}}, 422, "there is no parameter 'scael'"),
        ({"runs": ["1"], "parameters": {"scale": "__import__('os')"}}, 422, "must be a number"),
        ({"runs": ["1"], "content": {"cells": []}}, 422, "not a notebook of format 4"),
        ({"runs": ["1"], "content": notebook(parameters=None)}, 422, "no cell is tagged"),
        ({"runs": ["1"], "content": [1]}, 400, "content"),
    ],
)
def test_trials_that_cannot_be(
    site: Site, lab: Lab, asked: dict[str, Any], status: int, words: str
) -> None:
    body = {"instrument": DEMO, "template": "work", **asked}
    code, told = ask(lab, "POST", "/trials", body)
    assert (code, words in f"{told['message']} {told['hint']}") == (status, True), told


@pytest.mark.parametrize("name", ["nothing", "..", "20260101-000000-abcdef", "%2e%2e%2fx"])
def test_trials_that_are_not_there(lab: Lab, name: str) -> None:
    assert ask(lab, "GET", f"/trials/{name}")[0] == 404
    assert ask(lab, "DELETE", f"/trials/{name}")[0] == 404


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b'{"content": ' + b"[" * 100_000, 400),
        (b'{"content": 5}', 400),
        (b'{"content": {"cells": [], "x": "' + b"x" * 1_000_000 + b'"}}', 413),
        (b"\xff", 400),
        (b'{"contents": {}}', 400),
    ],
    ids=["deep", "number", "huge", "binary", "unknown"],
)
def test_hostile_bodies(lab: Lab, content: bytes, status: int) -> None:
    assert ask(lab, "POST", f"{TEMPLATE}/check", content)[0] == status


def test_versions_are_published_once_checked(site: Site, lab: Lab) -> None:
    path = site.templates / DEMO / "published.ipynb"
    save(notebook("siez"), path)
    where = f"/templates/{DEMO}/published/versions"
    code, told = ask(lab, "POST", where, {"message": "first"})
    assert code == 422
    assert "siez is not defined" in told["message"]
    save(work(title="First"), path)
    assert ask(lab, "POST", where, {"message": " "})[0] == 422
    first = good(lab, "POST", where, {"message": "first"})
    assert (first["version"], first["person"]) == (1, current_user())
    assert ask(lab, "POST", where, {"message": "again"})[0] == 409
    assert good(lab, "GET", where)["changed"] is False
    save(work(title="Second"), path)
    assert good(lab, "GET", where)["changed"] is True
    good(lab, "POST", where, {"message": "second"})
    listed = good(lab, "GET", where)
    assert [one["message"] for one in listed["versions"]] == ["second", "first"]
    kept = site.path / "archive" / ".store" / "templates" / first["sha256"] / "published.ipynb"
    assert json.loads(kept.read_text())["metadata"]["nbreduce"]["title"] == "First"
    told = site.cli("template", "versions", f"{DEMO}/published", "--json").json
    assert told["versions"] == listed["versions"]
    path.unlink()


def test_new_instruments_and_templates(site: Site, lab: Lab) -> None:
    made = good(lab, "POST", "/instruments", {"key": "NEW", "name": 'A "new" one'})
    assert made["path"].endswith("NEW/instrument.toml")
    body = {"instrument": "NEW", "name": "counts", "title": "Counts\nof all"}
    made = good(lab, "POST", "/templates", body)
    assert made["path"].endswith("NEW/counts.ipynb")
    assert Path(made["file"]) == site.templates / "NEW" / "counts.ipynb"
    assert good(lab, "POST", "/templates/NEW/counts/check", {})["verdict"] == "good"
    listed = good(lab, "GET", "/templates")
    assert listed["folder"] == "notebook_templates"
    assert "Counts of all" in {one["title"] for one in listed["templates"]}
    assert ask(lab, "POST", "/instruments", {"key": "NEW"})[0] == 409
    assert ask(lab, "POST", "/templates", body)[0] == 409
    for key in ("../x", "", "a/b", ".hidden"):
        assert ask(lab, "POST", "/instruments", {"key": key})[0] == 422
        assert ask(lab, "POST", "/templates", {**body, "name": key})[0] == 422
    assert ask(lab, "POST", "/templates", {**body, "instrument": "NONE"})[0] == 404
    assert ask(lab, "POST", "/templates", {**body, "name": "x", "title": "\x00"})[0] == 422


def test_the_command_line_can_do_the_same(site: Site, tmp_path: Path) -> None:
    path = site.templates / DEMO / "work.ipynb"
    told = site.cli("template", "try", path, "--last", "2", "--json", timeout=120)
    assert (told.code, [row["run"] for row in told.json["rows"]]) == (0, ["3", "2"])
    assert site.cli("template", "try", path).code == 2
    assert site.cli("instrument", "new", "CLI", "--name", "By hand").code == 0
    made = site.cli("template", "new", "CLI", "counts", "--title", "Counts")
    assert Path(made.out.strip()).is_file()
    assert site.cli("template", "check", made.out.strip()).code == 0
    assert site.cli("template", "publish", "CLI/counts", "-m", "first").code == 0
    assert "first" in site.cli("template", "versions", made.out.strip()).out
    assert site.cli("template", "publish", "../x", "-m", "first").code == 2


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_trial_of_the_command_line_that_is_interrupted_leaves_nothing_behind(
    site: Site, number: signal.Signals
) -> None:
    path = site.templates / DEMO / "work.ipynb"
    save(notebook(READ, "while True:\n    pass", WRITE), path)
    before = tree(site.path / "archive")
    process = subprocess.Popen(
        command_line("template", "try", path, "--last", "2", "--json", "-w", site.path),
        env=clean_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        wait_for(lambda: kernels_in(site.path / "trials"), "its kernel runs", 120)
        started = psutil.Process(process.pid).children(recursive=True)
        # As a terminal does it: to all that belong to the command.
        os.killpg(process.pid, number)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    told = json.loads(out)
    assert (process.returncode, "Traceback" in err) == (1, False), err
    assert [told["state"], *(row["state"] for row in told["rows"])] == ["cancelled"] * 3
    wait_for(lambda: not any(map(lives, started)), "all that it started is gone")
    assert kernels_in(site.path / "trials") == []
    assert tree(site.path / "archive") == before
