"""Comparing what a service really made: through the command line and the services that the API calls."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nbreduce.comparison import service
from nbreduce.comparison.declared import MEDIA_TYPE
from nbreduce.domain.errors import NbreduceError, NotFound
from nbreduce.domain.states import State
from support.notebooks import save
from support.patterns import file_rerun, pattern_site, pattern_template
from support.sites import DEMO, Site

FIRST = f"{DEMO}1-pattern"
V1, V2, V3, OTHER = f"{FIRST}-v1", f"{FIRST}-v2", f"{FIRST}-v3", f"{DEMO}2-pattern-v1"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Run 1 as v1, v2 with another d_min, v3 by a changed template; run 2 as v1. The service has stopped."""
    made = pattern_site(tmp_path_factory.mktemp("compare") / "site")
    with made.serving():
        for number in (1, 2):
            made.measure(number)
        for number in (1, 2):
            made.wait_for_state(f"{DEMO}{number}-pattern-v1", State.SUCCEEDED)
        made.wait_for_state(file_rerun(made, V1, d_min=0.9), State.SUCCEEDED)
        changed = pattern_template()
        changed["cells"][1]["source"] = changed["cells"][1]["source"].replace("60 +", "90 +")
        save(changed, made.templates / DEMO / "pattern.ipynb")
        made.wait_for_state(file_rerun(made, V1), State.SUCCEEDED)
    yield made


def test_the_command_says_what_differs_and_by_how_much(site: Site) -> None:
    told = site.cli("compare", V1, V2)
    assert told.code == 0, told.words
    assert re.search(
        r"v2 differs from v1 in d_min; I\(d\) agrees within [\d.]+ % of its maximum above 0\.90 Å",
        told.words,
    )
    assert "d_min 0.7 angstrom (template) 0.9 angstrom (request)" in told.words
    assert "model v2 1200 0 counts" in told.words and "identical" in told.words


def test_programs_get_all_of_it(site: Site) -> None:
    found = site.cli("compare", V1, V3, OTHER, "--json").json
    assert [one["label"] for one in found["reductions"]] == ["1 v1", "1 v3", "2 v1"]
    assert {section["name"] for section in found["sections"]} >= {"run", "template", "inputs"}
    by_curve = {one["curve"]: one["agreements"] for one in found["plots"][0]["curves"]}
    changed, another = by_curve["model"]
    assert changed["greatest"] == pytest.approx(30, rel=1e-3)
    assert another["greatest"] == 0
    same_background = by_curve["I(d)"][1]
    assert same_background["chi2"] == pytest.approx(1, abs=0.15), "two runs of the same sample"
    (cells,) = found["cells"]
    (cell,) = cells["cells"]
    assert (cells["after"], cell["kind"]) == (V3, "changed")
    (line,) = [one for one in cell["lines"] if one["before"] != one["after"]]
    assert "60 +" in line["before"] and "90 +" in line["after"]


def test_bundles_are_drawn_by_the_plots_of_notebooks(site: Site) -> None:
    (plot,) = service.overlay(site.workspace(), [V1, V2])
    document = json.loads(str(plot.plot["doc_json"]))
    text = json.dumps(document, ensure_ascii=False)
    assert set(plot.plot) == {"bokeh", "doc_json", "alt"}
    assert "I(d) · v2 − v1" in text and "model · v1" in text
    assert text.count('"name": "Figure"') == 2
    assert "CustomJS" not in text


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ([V1], "one reduction alone cannot be compared"),
        ([V1, V1], "is named twice"),
        ([V1] * 9, "9 reductions cannot be compared at once"),
        ([V1, "../../etc/passwd"], "there is no reduction"),
        ([V1, ""], "there is no reduction"),
    ],
)
def test_bad_names_are_refused_in_words(site: Site, names: list[str], words: str) -> None:
    for compare in (service.compare, service.overlay):
        with pytest.raises(NbreduceError, match=words):
            compare(site.workspace(), names)
    with pytest.raises(NbreduceError):
        service.cells(site.workspace(), names)


def test_the_command_refuses_bad_names_in_words(site: Site) -> None:
    told = site.cli("compare", V1)
    assert told.code == 2
    assert "one reduction alone cannot be compared Name two to 8 of them" in told.words


def damage(site: Site, name: str, change: Any) -> Path:
    found = site.reduction(name)
    assert found is not None
    path = site.folder_of(found) / f"{name}.ipynb"
    path.parent.chmod(0o755)
    path.chmod(0o644)
    content = path.read_bytes()
    path.write_bytes(change(content))
    return path


def test_a_damaged_archive_is_told_and_the_rest_is_compared(site: Site) -> None:
    whole = damage(site, OTHER, lambda content: content[: len(content) // 2])
    try:
        found = service.compare(site.workspace(), [V1, OTHER])
        assert found.plots == ()
        assert any("cannot be read" in note for note in found.notes)
        assert {section.name for section in found.sections} >= {"run", "inputs"}
        with pytest.raises(NbreduceError, match="cannot be read"):
            service.cells(site.workspace(), [V1, OTHER])
        whole.unlink()
        assert service.compare(site.workspace(), [V1, OTHER]).notes
        with pytest.raises(NotFound):
            service.compare(site.workspace(), [V1, f"{FIRST}-v99"])
    finally:
        whole.write_bytes(b"{}")


def test_a_notebook_of_before_curves_were_declared_is_told(site: Site) -> None:
    def undeclare(content: bytes) -> bytes:
        notebook = json.loads(content)
        for cell in notebook["cells"]:
            for output in cell.get("outputs", []):
                output.get("data", {}).get(MEDIA_TYPE, {}).pop("charts", None)
        return json.dumps(notebook).encode()

    damage(site, V2, undeclare)
    found = service.compare(site.workspace(), [V1, V2])
    assert found.plots == ()
    assert found.sentence == "v2 differs from v1 in d_min."
    assert any(note.startswith("v2: a plot does not declare curves") for note in found.notes)
