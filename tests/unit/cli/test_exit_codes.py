"""Exit codes: 2 where a command was used wrongly, 1 where its work failed."""

import os
from pathlib import Path

import pytest
import typer

from nbreduce.archive.files import ArchiveUnavailable
from nbreduce.catalogue.core import CatalogueError, CatalogueUnavailable
from nbreduce.cli import app, lab
from nbreduce.cli.output import complain
from nbreduce.config import ConfigError
from nbreduce.domain.errors import NbreduceError, Unavailable
from nbreduce.lab import LabError, LabServer
from nbreduce.submission import RunSkipped, SubmissionError, current_user
from nbreduce.workspace import create_workspace


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (NbreduceError, 2),
        (ConfigError, 2),
        (SubmissionError, 2),
        (CatalogueError, 2),
        (CatalogueUnavailable, 1),
        (ArchiveUnavailable, 1),
        (Unavailable, 1),
        (LabError, 1),
        (RunSkipped, 1),
    ],
)
def test_the_kind_of_error_says_the_exit_code(
    kind: type[NbreduceError], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert complain(kind("the thing broke", "Mend it")) == code
    assert capsys.readouterr().err.splitlines() == ["Error: the thing broke", "  Mend it"]


@pytest.mark.parametrize(("kind", "code"), [(NbreduceError, 2), (Unavailable, 1)])
def test_the_command_ends_with_it(
    kind: type[NbreduceError], code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = typer.Typer()

    @failing.command()
    def fail() -> None:
        raise kind("it broke")

    monkeypatch.setattr(app, "app", failing)
    monkeypatch.setattr("sys.argv", ["nbreduce"])
    with pytest.raises(SystemExit) as ended:
        app.main()
    assert ended.value.code == code


@pytest.mark.parametrize("status", [0, 2, -9])
def test_a_jupyterlab_that_ended_badly_is_work_that_failed(
    status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = create_workspace(tmp_path / "w")
    monkeypatch.setattr(LabServer, "start", lambda _: None)
    monkeypatch.setattr(LabServer, "wait", lambda _: status)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    if status == 0:
        lab.lab(workspace.path, browser=False)
        return
    with pytest.raises(LabError, match=rf"ended with status {status}.*lab\.log"):
        lab.lab(workspace.path, browser=False)


def test_who_asks_is_not_what_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    before = current_user()
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "somebody-else")
    assert current_user() == before != "somebody-else"


def test_a_user_without_an_entry_is_named_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 2**31 - 7)
    assert current_user() == "uid 2147483641"
