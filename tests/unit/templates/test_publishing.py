"""Published versions: numbered, kept by content, committed where asked, and used for new runs where configured."""

import json
import subprocess
from pathlib import Path

import pytest

from nbreduce.archive.store import Archive
from nbreduce.config import Config
from nbreduce.domain.errors import Conflict
from nbreduce.publishing import NotPublishable, library_for_new_runs, publish, versions_of
from nbreduce.templates.commit import CommitError
from nbreduce.templates.library import TemplateLibrary
from nbreduce.templates.notebook import TemplateError
from nbreduce.templates.publications import (
    PublicationError,
    PublishedLibrary,
    publications,
    record_publication,
)
from nbreduce.workspace import Workspace
from support.making import notebook, write_template


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    write_template(tmp_path / "notebook_templates" / "DEMO", notebook())
    return Workspace(Config(workspace=tmp_path))


def save(workspace: Workspace, default: float) -> Path:
    return write_template(workspace.library.folder / "DEMO", notebook(f"d_min: float = {default}"))


def put_out(workspace: Workspace, message: str = "why", commit: bool = False) -> int:
    return publish(workspace, "DEMO", "work", message, "ada", commit).version


def git(folder: Path, *words: str) -> str:
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    done = subprocess.run(
        ["git", "-C", str(folder), *identity, *words], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_versions_count_up_and_say_who_and_why(workspace: Workspace) -> None:
    assert put_out(workspace, " first ") == 1
    with pytest.raises(Conflict, match="as version 1"):
        put_out(workspace)
    save(workspace, 0.9)
    assert versions_of(workspace, "DEMO", "work").changed
    assert put_out(workspace, "second") == 2
    told = versions_of(workspace, "DEMO", "work")
    assert [(one.version, one.message, one.person) for one in told.versions] == [
        (2, "second", "ada"),
        (1, "first", "ada"),
    ]
    assert not told.changed


def test_a_version_that_someone_else_takes_meanwhile(workspace: Workspace) -> None:
    put_out(workspace)
    (first,) = publications(workspace.archive, "DEMO", "work")
    second = record_publication(workspace.archive, first.model_copy(update={"message": "mine"}))
    assert second.version == 2
    kept = publications(workspace.archive, "DEMO", "work")
    assert [one.message for one in kept] == ["mine", "why"]


@pytest.mark.parametrize("message", ["", "  \n", "x" * 2001])
def test_a_version_needs_a_message(workspace: Workspace, message: str) -> None:
    with pytest.raises(NotPublishable, match="message"):
        put_out(workspace, message)


def test_errors_keep_a_template_from_being_published_and_warnings_do_not(
    workspace: Workspace,
) -> None:
    folder = workspace.library.folder / "DEMO"
    write_template(folder, notebook(cells=["d_mim"]))
    with pytest.raises(NotPublishable, match=r"has 1 error: cell 2: d_mim is not defined"):
        put_out(workspace)
    assert publications(workspace.archive, "DEMO", "work") == ()
    write_template(folder, notebook(cells=["open('a.txt', 'w')"]))
    assert put_out(workspace) == 1


def test_a_damaged_record_is_told(workspace: Workspace) -> None:
    put_out(workspace)
    path = workspace.archive.layout.published("DEMO", "work") / "2.json"
    path.write_text("{")
    with pytest.raises(PublicationError, match=r"2\.json is not the record"):
        publications(workspace.archive, "DEMO", "work")


def test_the_template_alone_is_committed(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("NAME", "Ada"), ("EMAIL", "ada@example.org")):
        monkeypatch.setenv(f"GIT_AUTHOR_{name}", value)
        monkeypatch.setenv(f"GIT_COMMITTER_{name}", value)
    root = workspace.path
    git(root, "init", "--quiet")
    (root / "other.txt").write_text("staged by someone")
    git(root, "add", "other.txt")
    put_out(workspace, "-m is no option", commit=True)
    assert git(root, "log", "--format=%s") == "-m is no option"
    names = git(root, "show", "--name-only", "--format=").splitlines()
    assert names == ["notebook_templates/DEMO/work.ipynb"]
    told = versions_of(workspace, "DEMO", "work")
    assert told.repository
    assert told.versions[0].commit.startswith(git(root, "rev-parse", "HEAD"))


def test_a_commit_where_no_repository_is(workspace: Workspace) -> None:
    with pytest.raises(CommitError, match="in no git repository"):
        put_out(workspace, commit=True)
    assert publications(workspace.archive, "DEMO", "work") == ()


def test_new_runs_are_reduced_by_what_is_published_where_that_is_configured(
    workspace: Workspace,
) -> None:
    default = library_for_new_runs(workspace.config, workspace.archive)
    assert type(default) is TemplateLibrary
    config = Config(workspace=workspace.path, templates={"published_only": True})
    library = library_for_new_runs(config, workspace.archive)
    assert list(library.templates("DEMO")) == []
    with pytest.raises(TemplateError, match="is not published"):
        library.template("DEMO", "work")
    put_out(workspace)
    save(workspace, 0.9)
    (found,) = library.templates("DEMO")
    assert not isinstance(found, TemplateError)
    assert (found.instrument, found.parameters[0].default) == ("DEMO", 0.7)
    kept = publications(workspace.archive, "DEMO", "work")[0]
    assert found.sha256 == kept.sha256
    content = json.loads(found.path.read_text())
    assert content == notebook() | {"cells": content["cells"]}


def test_a_template_that_was_taken_away_is_withdrawn(workspace: Workspace, tmp_path: Path) -> None:
    put_out(workspace)
    (workspace.library.folder / "DEMO" / "work.ipynb").unlink()
    library = PublishedLibrary(workspace.library.folder, Archive(tmp_path / "archive"))
    assert library.names("DEMO") == ()
    with pytest.raises(TemplateError, match="has no template"):
        library.template("DEMO", "work")
