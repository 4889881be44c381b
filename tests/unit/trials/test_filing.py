"""Of a trial that cannot be filed nothing stays."""

import json
from pathlib import Path

import pytest

from nbreduce.catalogue import runs
from nbreduce.catalogue.core import Catalogue
from nbreduce.templates.notebook import TemplateError
from nbreduce.trials.filing import file_trial
from nbreduce.trials.folder import TrialFolder, Trials
from nbreduce.trials.record import TrialRequest
from nbreduce.workspace import Workspace
from support.making import at, make_run, notebook, write_template

ASKED = TrialRequest(instrument="DEMO", template="work", last=1)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    (tmp_path / "nbreduce.toml").write_text("")
    (tmp_path / "42.nxs").touch()
    write_template(tmp_path / "notebook_templates" / "DEMO", notebook())
    workspace = Workspace.load(tmp_path)
    catalogue = Catalogue(workspace.config.catalogue_url)
    catalogue.upgrade()
    catalogue.close()
    with workspace.catalogue.write() as session:
        runs.save_run(session, make_run(path=str(tmp_path / "42.nxs")), at(0))
    return workspace


def folders(workspace: Workspace) -> list[Path]:
    return list(Trials(workspace.path, "ada").root.glob("*"))


def test_one_that_can_be_filed(workspace: Workspace) -> None:
    folder = file_trial(workspace, ASKED, "ada")
    assert folders(workspace) == [folder.path]
    assert [row.run for row in folder.read().rows] == ["42"]


@pytest.mark.parametrize("step", ["keep_draft", "write"])
def test_a_full_disk_leaves_nothing(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def full(self: TrialFolder, *_: object) -> None:
        (self.path / "half").write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(TrialFolder, step, full)
    with pytest.raises(OSError, match="No space left"):
        file_trial(workspace, ASKED, "ada")
    assert folders(workspace) == []


def test_half_of_a_character_is_told(workspace: Workspace) -> None:
    path = workspace.library.folder / "DEMO" / "work.ipynb"
    content = notebook(cells=["x = '\ud800'"])
    path.write_text(json.dumps(content))
    with pytest.raises(TemplateError, match="holds half of a character"):
        file_trial(workspace, ASKED, "ada")
    assert folders(workspace) == []
