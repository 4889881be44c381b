"""What the command line shows of a workspace, to people and to programs."""

import json
from pathlib import Path

import pytest

from support.sites import DEMO, Site


@pytest.mark.parametrize(
    "words",
    [
        ("runs",),
        ("runs", "-i", DEMO, "-n", "1"),
        ("reductions",),
        ("reductions", "-s", "failed", "-r", "2", "-t", "broken"),
        ("show", f"{DEMO}1-work-v2"),
        ("template", "list"),
        ("template", "check"),
        ("environment", "list"),
    ],
    ids=" ".join,
)
def test_what_is_listed_is_there_for_programs_and_for_people(
    lived: Site, words: tuple[str, ...]
) -> None:
    for_programs = lived.cli(*words, "--json")
    assert for_programs.code == 0, for_programs.words
    assert for_programs.json
    assert for_programs.err == ""
    for_people = lived.cli(*words)
    assert for_people.code == 0
    assert for_people.out


def test_runs_tell_what_became_of_each(lived: Site) -> None:
    by_name = {run["name"]: run for run in lived.cli("runs", "--json").json}
    assert list(by_name) == ["3", "2", "1"]
    assert "is a text file" in by_name["3"]["skipped"]
    assert by_name["3"]["reductions"] == []
    assert [(one["version"], one["state"]) for one in by_name["1"]["reductions"]] == [
        (1, "succeeded"),
        (2, "succeeded"),
    ]
    assert by_name["2"]["reductions"][0]["failure"] == "cell_error"
    shown = lived.cli("runs").out
    for words in ("– skipped: ", "✔ work v2 succeeded", "✖ broken v1 failed: cell 3: ZeroDivision"):
        assert words in shown


def test_reductions_are_filtered(lived: Site) -> None:
    failed = lived.cli("reductions", "--state", "failed", "--json").json
    assert [one["name"] for one in failed] == [f"{DEMO}2-broken-v1"]
    newest = lived.cli("reductions", "--limit", "1", "--json").json
    assert [one["name"] for one in newest] == [f"{DEMO}2-broken-v1"]
    page = lived.cli("reductions", "--limit", "1", "--offset", "1", "--json").json
    assert [one["name"] for one in page] == [f"{DEMO}1-work-v2"]
    assert lived.cli("reductions", "--until", "2020-01-01", "--json").json == []
    assert len(lived.cli("reductions", "--since", "2020-01-01 12:00", "--json").json) == 3
    assert lived.cli("reductions", "-i", "NONE").out == "No reductions.\n"
    assert lived.cli("reductions", "-i", "NONE", "--json").json == []
    told = lived.cli("reductions", "--state", "skipped")
    assert told.code == 0
    assert "It is runs that are skipped" in told.out
    assert "nbreduce runs --state skipped" in told.words
    assert lived.cli("reductions", "--state", "skipped", "--json").json == []


def test_runs_are_filtered(lived: Site) -> None:
    for state, names in {
        "skipped": ["3"],
        "failed": ["2"],
        "succeeded": ["1"],
        "running": [],
    }.items():
        found = lived.cli("runs", "--state", state, "--json").json
        assert [run["name"] for run in found] == names, state
    assert lived.cli("runs", "nothing like it").out == "No such runs.\n"

    def names(*words: str) -> list[str]:
        return [run["name"] for run in lived.cli("runs", "--json", *words).json]

    assert names("--template", "broken") == ["2"]
    assert names("--template", "work", "--state", "failed") == []
    assert names("--since", "2020-01-01", "--offset", "1") == ["2", "1"]
    assert names("--offset", "1", "--limit", "1") == ["2"]
    assert names("--until", "2020-01-01") == names("--since", "2200-01-01T00:00") == []
    told = lived.cli("runs", "--since", "yesterday")
    assert told.code == 2
    assert "'yesterday' does not match the formats '%Y-%m-%d'" in told.words


def test_show_tells_all_that_is_recorded(lived: Site) -> None:
    shown = lived.cli("show", f"{DEMO}1-work-v2").out
    for words in (
        f"{DEMO}1-work-v2  succeeded",
        "scale = 2.0  (request)",
        "mode = 'plain'  (template)",
        "run_number = 1  (supplied)",
        "outputs/result.txt  keep",
        "packages, manifest ",
        "Differs from DEMO1-work-v1",
        f"{DEMO}00000001.nxs  ",
    ):
        assert words in shown
    told = lived.cli("show", f"{DEMO}1-work-v2", "--json").json
    assert Path(told["notebook"]).is_file()
    assert json.loads(Path(told["notebook"]).read_text())["metadata"]["nbreduce"]


def test_logs_of_an_ended_reduction(lived: Site) -> None:
    told = lived.cli("logs", f"{DEMO}2-broken-v1")
    assert told.code == 0
    assert "ZeroDivisionError: division by zero" in told.out
    assert "failed cell 3" in told.out
    assert lived.cli("logs", "-f", f"{DEMO}2-broken-v1").out == told.out


def test_templates_tell_their_parameters(lived: Site) -> None:
    found = {one["template"]: one for one in lived.cli("template", "list", "--json").json}
    assert set(found) == {"work", "broken"}
    scale = found["work"]["schema"]["properties"]["scale"]
    assert scale["exclusiveMinimum"] == 0
    assert scale["maximum"] == 10
    assert scale["default"] == 1.0
    assert scale["description"] == "factor on the result"
    assert "scale, mode, gate" in lived.cli("template", "list").out


def test_a_template_that_is_not_in_order_is_told_cell_by_cell(lived: Site, tmp_path: Path) -> None:
    other = Site(tmp_path / "ws")
    bad = other.templates / DEMO / "bad.ipynb"
    content = json.loads((other.templates / DEMO / "work.ipynb").read_text())
    content["cells"][2]["source"] = "print(1))"
    content["cells"][3]["execution_count"] = 4
    content["metadata"]["nbreduce"]["colour"] = "red"
    bad.write_text(json.dumps(content))
    told = other.cli("template", "check")
    assert told.code == 1
    for words in (
        f"{DEMO}/work: good",
        f"{DEMO}/bad: 3 errors",
        "metadata nbreduce.colour: ",
        "cell 3, line 1: not Python: unmatched ')'",
        "cell 4: outputs are not stripped",
    ):
        assert words in told.out
    told = other.cli("template", "check", bad, "--json")
    assert told.code == 1
    assert len(told.json[0]["problems"]) == 3
    listed = {
        one["template"]: one["usable"] for one in other.cli("template", "list", "--json").json
    }
    assert listed == {"work": True, "bad": False}


def test_a_template_can_be_tried_without_service_and_archive(lived: Site, tmp_path: Path) -> None:
    template = lived.templates / DEMO / "work.ipynb"
    run = lived.data / f"{DEMO}00000001.nxs"
    before = len(lived.reductions())
    words = ("template", "try", template, run, "-o", tmp_path / "trials", "--json")
    told = lived.cli(*words, "-p", "scale=3")
    assert told.code == 0, told.words
    assert told.json["state"] == "succeeded"
    notebook = Path(told.json["notebook"])
    assert notebook.is_relative_to(tmp_path / "trials")
    assert (notebook.parent / "outputs" / "result.txt").read_text().startswith("1 ")
    assert len(lived.reductions()) == before
    broken = lived.cli("template", "try", lived.templates / DEMO / "broken.ipynb", run, *words[4:])
    assert broken.code == 1
    assert broken.json["failure"] == "cell_error"
