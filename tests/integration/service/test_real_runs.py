"""The real runs of ENGIN-X and HIFI through a workspace as `nbreduce init` makes it."""

import json
import shutil
from pathlib import Path

import pytest

from nbreduce.domain.states import State
from nbreduce.workspace import Workspace
from support.commands import nbreduce
from support.services import Service
from support.waiting import wait_for

RUNS = {"ENGINX": ("ENGINX00241391.nxs", "powder"), "HIFI": ("HIFI00180594.nxs", "asymmetry")}

SETTINGS = """
[manifests]
ask_index = false

[[triggers]]
kind = "directory"
instrument = "{key}"
path = "{folder}"
poll_interval = 0.5
"""


@pytest.mark.real_data
def test_real_runs_become_notebooks_in_a_fresh_workspace(real_data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "ws"
    told = nbreduce("init", folder)
    assert told.code == 0, told.words
    config = folder / "nbreduce.toml"
    triggers = ""
    for key in RUNS:
        (tmp_path / key).mkdir()
        part = SETTINGS.format(key=key, folder=tmp_path / key)
        triggers += part if not triggers else part[part.index("[[triggers]]") :]
    config.write_text(config.read_text() + triggers)
    service = Service(folder)
    try:
        service.wait_until_serving()
        for key, (file, _) in RUNS.items():
            part = tmp_path / key / f".{file}.part"
            shutil.copyfile(real_data / "ISIS" / file, part)
            part.rename(tmp_path / key / file)
        names = [f"ENGINX241391-{RUNS['ENGINX'][1]}-v1", f"HIFI180594-{RUNS['HIFI'][1]}-v1"]
        for name in names:
            check_reduced(folder, name)
        service.stop()
    finally:
        service.kill_all()


def check_reduced(folder: Path, name: str) -> None:
    """Wait for a reduction, and look at what it left."""
    from nbreduce.catalogue.reductions import find_reduction

    catalogue = Workspace.load(folder).catalogue

    def look() -> bool:
        with catalogue.read() as session:
            found = find_reduction(session, name)
        assert found is None or found.state is not State.FAILED, found
        return found is not None and found.state is State.SUCCEEDED

    wait_for(look, f"{name} succeeds", patience=120)
    catalogue.close()
    told = nbreduce("show", name, "--json", "-w", folder).json
    reduction, notebook = told["reduction"], Path(told["notebook"])
    assert notebook.stat().st_size < 300_000
    assert any(one["kind"] == "publish" or one["kind"] == "keep" for one in reduction["outputs"])
    for one in reduction["outputs"]:
        assert (notebook.parent / one["path"]).stat().st_size == one["size"]
    assert reduction["warnings"] == []
    assert reduction["manifest"]["packages"] > 50
    assert (notebook.parent / "environment.conda-lock.yml").is_file()
    record = json.loads(notebook.read_bytes())["metadata"]["nbreduce"]
    assert record["reduction"]["name"] == name
