"""Comparisons over the API: what is refused, and what is said of reductions whose notebooks are not there."""

import pytest

from support.api import Api
from support.sites import DEMO, Site

ENDED, RUNNING = f"{DEMO}1-work-v1", f"{DEMO}2-work-v1"
PATHS = ["/comparison", "/comparison/plots", "/comparison/cells"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("names", "status", "words"),
    [
        ([], 400, "name"),
        ([ENDED], 400, "name"),
        ([f"X{number}" for number in range(9)], 400, "name"),
        ([ENDED, ENDED], 422, "is named twice"),
        ([ENDED, "../../../etc/passwd"], 404, "there is no reduction"),
        ([ENDED, "__import__('os').abort()"], 404, "there is no reduction"),
    ],
)
def test_bad_names_are_refused_in_words(
    api: Api, path: str, names: list[str], status: int, words: str
) -> None:
    answer = api.get(path, name=names)
    assert answer.status == status, answer.body
    assert words in answer.words


def test_without_notebooks_the_rest_is_compared(api: Api, filled: Site) -> None:
    other = filled.reductions()[-1].name
    found = api.get("/comparison", name=[ENDED, other]).json
    assert [one["name"] for one in found["reductions"]] == [ENDED, other]
    assert "run" in {section["name"] for section in found["sections"]}
    assert any("cannot be read" in note for note in found["notes"])
    assert api.get("/comparison/plots", name=[ENDED, other]).json == {"plots": []}
    assert api.get("/comparison/cells", name=[ENDED, other]).status == 422


def test_one_that_goes_on_is_told(api: Api) -> None:
    found = api.get("/comparison", name=[ENDED, RUNNING]).json
    assert not found["same"]
    assert any("it is running" in note for note in found["notes"])
    refused = api.get("/comparison/cells", name=[ENDED, RUNNING])
    assert refused.status == 409
    assert "is running" in refused.words


@pytest.mark.parametrize("path", PATHS)
def test_strangers_learn_nothing(api: Api, path: str) -> None:
    answer = api.ask("GET", f"{path}?name={ENDED}&name={RUNNING}", token="stolen")
    assert answer.status in {401, 403}
