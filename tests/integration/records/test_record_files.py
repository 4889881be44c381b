"""Log, manifest and outputs of a reduction over REST, and what it was made of."""

import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from nbreduce.domain.reduction import Reduction
from support.asking import Answer, ask
from support.lab import Lab
from support.records import BAD, GOOD
from support.sites import Site

API = "/nbreduce/api/reductions"
RESULT = "outputs/Übersicht 1.txt"


def test_an_output_comes_whole_and_under_its_name(lab: Lab, folder: Path) -> None:
    answer = ask(lab, "GET", f"{API}/{GOOD}/outputs/{RESULT}")
    assert answer.status == 200
    assert answer.body == (folder / RESULT).read_bytes()
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Content-Length"] == str(len(answer.body))
    assert (
        answer.headers["Content-Disposition"]
        == "attachment; filename=\"_bersicht 1.txt\"; filename*=UTF-8''%C3%9Cbersicht%201.txt"
    )
    quoted = urllib.parse.quote(RESULT, safe="")
    assert ask(lab, "GET", f"{API}/{GOOD}/outputs/{quoted}").body == answer.body


def test_html_is_never_shown(lab: Lab) -> None:
    answer = ask(lab, "GET", f"{API}/{GOOD}/outputs/outputs/page.html")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    "path",
    [
        "outputs/../../v1/outputs/page.html",
        "..%2F..%2F..%2F..%2F..%2F..%2Fnbreduce.toml",
        "%2Fetc%2Fpasswd",
        f"{GOOD}.ipynb",
        "execution.log",
        "outputs",
        "outputs/other.txt",
        "outputs/page.html%00",
    ],
)
def test_what_is_no_output_is_not_sent(lab: Lab, path: str) -> None:
    answer = ask(lab, "GET", f"{API}/{GOOD}/outputs/{path}")
    assert answer.status == 404
    words = ("has no output", "nothing at this address", "nothing has a name like")
    assert any(one in answer.json["message"] for one in words)


def test_an_output_that_became_a_link_is_not_followed(site: Site, lab: Lab, folder: Path) -> None:
    path = folder / "outputs" / "page.html"
    with opened_up(path):
        kept = path.with_name("kept")
        path.rename(kept)
        path.symlink_to(site.path / "nbreduce.toml")
        answer = ask(lab, "GET", f"{API}/{GOOD}/outputs/outputs/page.html")
        path.unlink()
        kept.rename(path)
    assert answer.status == 404
    assert "is not in the archive any more" in answer.json["message"]


@contextmanager
def opened_up(path: Path) -> Iterator[None]:
    path.parent.chmod(0o755)
    yield
    path.parent.chmod(0o555)


def test_the_manifest_comes_as_the_file_that_it_is(lab: Lab, folder: Path) -> None:
    answer = ask(lab, "GET", f"{API}/{GOOD}/manifest")
    assert answer.body == (folder / "environment.conda-lock.yml").read_bytes()
    assert answer.headers["Content-Type"] == "application/yaml"


def test_a_log_comes_in_parts(lab: Lab, folder: Path) -> None:
    whole = (folder / "execution.log").read_text(encoding="utf-8")
    end = ask(lab, "GET", f"{API}/{GOOD}/log").json
    assert (end["attempt"], end["start"], end["text"], end["more"]) == (1, 0, whole, False)
    assert "größer 3.0" in whole
    rest = ask(lab, "GET", f"{API}/{GOOD}/log?attempt=1&start={end['end']}").json
    assert (rest["text"], rest["start"]) == ("", end["end"])
    other = ask(lab, "GET", f"{API}/{GOOD}/log?attempt=2&start={end['end']}").json
    assert (other["text"], other["start"]) == (whole, 0)
    beyond = ask(lab, "GET", f"{API}/{GOOD}/log?attempt=1&start=999999").json
    assert (beyond["text"], beyond["end"]) == ("", end["end"])


@pytest.mark.parametrize("query", ["start=-1", "start=x", "attempt=1e9", "other=1"])
def test_a_part_that_cannot_be_is_refused(lab: Lab, query: str) -> None:
    answer = ask(lab, "GET", f"{API}/{GOOD}/log?{query}")
    assert answer.status == 400
    assert query.partition("=")[0] in answer.json["message"]


def test_values_have_the_units_of_the_template_as_it_was(site: Site, lab: Lab) -> None:
    template = site.templates / "DEMO" / "story.ipynb"
    before = template.read_text()
    template.write_text(before.replace("angstrom", "metre"))
    try:
        answer = ask(lab, "GET", f"{API}/{GOOD}/provenance").json
    finally:
        template.write_text(before)
    scale = {one["name"]: one for one in answer["parameters"]}["scale"]
    assert scale == {
        "name": "scale",
        "value": 1.5,
        "source": "template",
        "unit": "angstrom",
        "help": "length of a step",
    }
    assert answer["manifest"].endswith("/environment.conda-lock.yml")


def test_the_command_that_compares_the_environment_works(site: Site, lab: Lab) -> None:
    import shlex

    from support.commands import nbreduce

    command = ask(lab, "GET", f"{API}/{GOOD}/provenance").json["verify"]
    program, *words = shlex.split(command)
    assert program == "nbreduce"
    told = nbreduce(*words)
    assert told.code == 0, told.words
    assert f"is as it was for {GOOD}" in told.words


def test_inputs_are_compared_with_what_they_were(site: Site, lab: Lab) -> None:
    path = site.data / "DEMO00000001.nxs"
    content = path.read_bytes()

    def state() -> tuple[str, str]:
        (found,) = ask(lab, "POST", f"{API}/{GOOD}/check-inputs", {}).json["inputs"]
        assert found["path"] == str(path)
        return found["state"], found["reason"]

    assert state() == ("same", "")
    path.write_bytes(content + b"x")
    assert state() == ("changed", f"{len(content)} B then, {len(content) + 1} B now")
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert state() == ("changed", "same size, other content")
    path.unlink()
    assert state() == ("gone", "")
    path.mkdir()
    assert state()[0] in {"changed", "unreadable"}
    path.rmdir()
    told = site.cli("show", GOOD, "--check")
    assert (told.code, told.out.strip()) == (1, f"{path}: gone")
    path.write_bytes(content)
    assert state() == ("same", "")
    assert site.cli("show", GOOD, "--check", "--json").json[0]["state"] == "same"


def test_a_failed_reduction_tells_as_much(lab: Lab) -> None:
    answer = ask(lab, "GET", f"{API}/{BAD}/provenance").json
    assert [one["name"] for one in answer["parameters"]][-1] == "scale"
    assert "ZeroDivisionError" in ask(lab, "GET", f"{API}/{BAD}/log").json["text"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "log"),
        ("GET", "manifest"),
        ("GET", "outputs/a"),
        ("GET", "provenance"),
        ("POST", "check-inputs"),
        ("POST", "copy"),
    ],
)
def test_each_says_what_is_not_there_and_lets_nobody_in(lab: Lab, method: str, path: str) -> None:
    body = {} if method == "POST" else None
    unknown = ask(lab, method, f"{API}/DEMO9-story-v1/{path}", body)
    assert unknown.status == 404
    assert "there is no reduction 'DEMO9-story-v1'" in unknown.json["message"]
    stranger = ask(lab, method, f"{API}/{GOOD}/{path}", body, token="someone-elses")
    assert stranger.status == 403


def test_the_log_of_a_reduction_that_was_never_begun_is_empty(site: Site, lab: Lab) -> None:
    queued: Reduction | None = site.reduction(GOOD)
    assert queued is not None
    answer: Answer = ask(lab, "GET", f"{API}/{GOOD}/log?attempt=0&start=0")
    assert answer.json["attempt"] == 1
