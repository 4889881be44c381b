"""The command line: exit codes, words, JSON."""

import json
from pathlib import Path

import pytest

from nbreduce.catalogue import reductions, runs
from nbreduce.cli.app import main
from nbreduce.domain.states import State
from nbreduce.workspace import Workspace
from support.making import at, make_reduction, make_run


def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str
) -> tuple[int, str, str]:
    """Run a command in this process; return its exit code and what it printed."""
    monkeypatch.setattr("sys.argv", ["nbreduce", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    told = capsys.readouterr()
    code = ended.value.code
    return (code if isinstance(code, int) else 0), told.out, told.err


@pytest.fixture
def workspace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> str:
    folder = str(tmp_path / "w")
    code, out, _ = run(monkeypatch, capsys, "init", folder)
    assert code == 0
    assert "ENGINX, HIFI" in out
    return folder


def test_an_empty_workspace_lists_nothing(
    workspace: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in ("runs", "reductions"):
        code, out, err = run(monkeypatch, capsys, command, "--json", "-w", workspace)
        assert (code, json.loads(out), err) == (0, [], "")
    code, out, _ = run(monkeypatch, capsys, "template", "list", "--json", "-w", workspace)
    assert code == 0
    assert {(one["instrument"], one["usable"]) for one in json.loads(out)} == {
        ("ENGINX", True),
        ("HIFI", True),
    }
    assert run(monkeypatch, capsys, "template", "check", "-w", workspace)[0] == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("runs", "-w", "/nowhere"), "no nbreduce.toml"),
        (("reductions", "--state", "lost"), "is none of queued"),
        (("show", "X-v1"), "there is no reduction 'X-v1'"),
        (("rerun", "X-v1"), "there is no reduction 'X-v1'"),
        (("cancel", "X-v1"), "there is no reduction 'X-v1'"),
        (("submit", "NONE", "1"), "there is no instrument 'NONE'"),
        (("submit", "HIFI", "nothing.nxs"), "there is no file 'nothing.nxs'"),
        (("submit", "HIFI", "12345"), "no file of HIFI run 12345"),
        (("submit", "HIFI", "1", "-p", "colour=red"), "there is no parameter 'colour'"),
        (("submit", "HIFI", "1", "-p", "period=0"), "period = '0': must be an integer >= 1"),
        (("submit", "HIFI", "1", "-p", "period"), "'period' is not NAME=VALUE"),
        (("submit", "HIFI", "1", "-t", "none"), "HIFI has no template 'none'"),
        (("nonsense",), "No such command"),
    ],
)
def test_bad_usage_is_told_in_words_and_ends_with_two(
    workspace: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    told: str,
) -> None:
    if "-w" not in words and words != ("nonsense",):
        words = (*words, "-w", workspace)
    code, out, err = run(monkeypatch, capsys, *words)
    assert code == 2
    assert told in " ".join(err.replace("│", " ").split())
    assert "Traceback" not in out + err


def test_init_twice(
    workspace: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = run(monkeypatch, capsys, "init", workspace)
    assert code == 2
    assert "is there already" in err


def test_a_broken_template_fails_its_check(
    workspace: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = Path(workspace) / "notebook_templates" / "HIFI" / "bad.ipynb"
    path.write_text("{}")
    code, out, _ = run(monkeypatch, capsys, "template", "check", "--json", "-w", workspace)
    assert code == 1
    (bad,) = [one for one in json.loads(out) if one["problems"]]
    assert (bad["template"], bad["problems"][0]["message"]) == (
        "bad",
        "bad.ipynb is not a notebook of format 4",
    )


def test_a_reason_is_shown_as_it_stands(
    workspace: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What looks like markup of the terminal's is none."""
    reason = "cell 3: KeyError: no [counts] in [/raw_data_1/detector_1]"
    reduction = make_reduction(state=State.CANCELLED, ended=at(1), reason=reason)
    catalogue = Workspace.load(Path(workspace)).catalogue
    with catalogue.write() as session:
        runs.save_run(session, make_run(), at(0))
        reductions.add_reduction(session, reduction)
    catalogue.close()
    monkeypatch.setenv("COLUMNS", "200")
    code, out, err = run(monkeypatch, capsys, "show", reduction.name, "-w", workspace)
    assert (code, err) == (0, "")
    assert out.startswith(f"{reduction.name}  cancelled {reason}\n")
