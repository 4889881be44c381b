"""A copy of an executed notebook: a person's own, and it runs."""

import json
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from nbreduce.copies import copy_reduction
from nbreduce.domain.errors import Conflict, NbreduceError
from nbreduce.domain.states import State
from nbreduce.lookup import known_reduction
from nbreduce.workspace import Workspace
from support.asking import ask
from support.commands import clean_environment
from support.lab import Lab
from support.records import BAD, GOOD
from support.sites import Site

API = "/nbreduce/api/reductions"


@pytest.fixture
def workspace(site: Site) -> Iterator[Workspace]:
    opened = site.workspace()
    yield opened
    opened.catalogue.close()


def test_a_copy_runs_in_a_folder_of_its_own(site: Site, lab: Lab, folder: Path) -> None:
    answer = ask(lab, "POST", f"{API}/{GOOD}/copy", {})
    assert answer.status == 201
    told = answer.json
    assert told["notebook"] == f"copies/{GOOD}/{GOOD}-copy.ipynb"
    assert told["left_out"] == []
    path = site.path / told["notebook"]
    result = path.parent / "outputs" / "Übersicht 1.txt"
    assert result.read_bytes() == (folder / "outputs" / "Übersicht 1.txt").read_bytes()
    assert ask(lab, "GET", f"/api/contents/{told['notebook']}").json["writable"] is True

    result.unlink()
    copy = nbformat.read(path, as_version=4)
    assert "nbreduce" not in copy.metadata
    assert copy.metadata["nbreduce_copy_of"]["name"] == GOOD
    assert "größer 3.0" in json.dumps(copy.cells, ensure_ascii=False)
    copy.cells.append(nbformat.v4.new_code_cell("import nbreduce_kernel; nbreduce_kernel.__file__"))
    client = NotebookClient(copy, timeout=120, resources={"metadata": {"path": str(path.parent)}})
    # As an environment that does not hold nbreduce.
    client.execute(env=clean_environment(PYTHONPATH=""))
    shown = copy.cells[-1].outputs[0]["data"]["text/plain"]
    assert Path(shown.strip("'")).is_relative_to(path.parent)
    assert result.read_bytes() == (folder / "outputs" / "Übersicht 1.txt").read_bytes()


def test_the_next_copy_gets_the_next_number(site: Site, workspace: Workspace) -> None:
    run, reduction = known_reduction(workspace, BAD)
    made = [copy_reduction(workspace, run, reduction).notebook for _ in range(3)]
    assert [path.relative_to(site.path / "copies").as_posix() for path in made] == [
        f"{BAD}/{BAD}-copy.ipynb",
        f"{BAD}-2/{BAD}-copy-2.ipynb",
        f"{BAD}-3/{BAD}-copy-3.ipynb",
    ]


def test_what_is_too_large_is_left_out_and_named(workspace: Workspace) -> None:
    run, reduction = known_reduction(workspace, GOOD)
    made = copy_reduction(workspace, run, reduction, max_bytes=70_000)
    assert made.left_out == ()
    made = copy_reduction(workspace, run, reduction, max_bytes=60)
    assert made.left_out
    beside = {path.name for path in made.notebook.parent.rglob("*")}
    assert not beside & {Path(name).name for name in made.left_out}


def test_what_runs_is_not_copied(workspace: Workspace) -> None:
    run, reduction = known_reduction(workspace, GOOD)
    running = reduction.model_copy(update={"state": State.RUNNING})
    with pytest.raises(Conflict, match=f"{GOOD} is running"):
        copy_reduction(workspace, run, running)


def test_a_place_that_cannot_be_written_is_told_and_nothing_is_left(
    site: Site, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, reduction = known_reduction(workspace, GOOD)
    before = sorted((site.path / "copies").iterdir())

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copyfile", full)
    with pytest.raises(NbreduceError, match=r"no copy of .* \(No space left on device\)"):
        copy_reduction(workspace, run, reduction)
    assert sorted((site.path / "copies").iterdir()) == before


def test_a_copy_is_made_on_the_command_line(site: Site) -> None:
    told = site.cli("copy", GOOD)
    assert told.code == 0
    assert Path(told.out.strip()).is_relative_to(site.path / "copies")
    assert Path(site.cli("copy", GOOD, "--json").json["notebook"]).is_file()
    missing = site.cli("copy", "DEMO9-story-v1")
    assert missing.code == 2
    assert "there is no reduction" in missing.words
