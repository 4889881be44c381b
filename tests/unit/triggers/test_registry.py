import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from nbreduce.triggers import registry
from nbreduce.triggers.directory import DirectorySettings, DirectoryTrigger
from nbreduce.triggers.lastrun import LastrunSettings, LastrunTrigger
from nbreduce.triggers.registry import TriggerError, build, read_settings

SHIPPED = """\
[nbreduce.triggers]
directory = nbreduce.triggers.directory:DirectoryTrigger
lastrun = nbreduce.triggers.lastrun:LastrunTrigger
broken = nbreduce.nowhere:Trigger
"""


@pytest.fixture(autouse=True)
def distribution(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A distribution that registers the triggers and one whose module is missing."""
    info = tmp_path / "site" / "fabricated-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: fabricated\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(SHIPPED)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))


def _entry(**settings: Any) -> dict[str, Any]:
    return {"kind": "directory", "instrument": "ENGINX", "path": "data"} | settings


def test_a_trigger_is_made_from_its_entry(tmp_path: Path) -> None:
    settings = read_settings(_entry(poll_interval=1), tmp_path)
    assert isinstance(settings, DirectorySettings)
    assert settings.path == tmp_path / "data"
    assert settings.folders == (tmp_path / "data",)
    assert settings.pattern == "**/*.nxs"
    assert isinstance(build(settings, ["ENGINX"], 8), DirectoryTrigger)


def test_lists_from_toml_are_taken(tmp_path: Path) -> None:
    entry = {"kind": "lastrun", "instrument": "MARI", "path": "/a/lastrun.txt", "data": ["d", "/e"]}
    settings = read_settings(entry, tmp_path)
    assert isinstance(settings, LastrunSettings)
    assert settings.path == Path("/a/lastrun.txt")
    assert settings.data == settings.folders == (tmp_path / "d", Path("/e"))
    assert isinstance(build(settings, ["MAR"], 5), LastrunTrigger)


def test_relative_paths_without_a_workspace_are_taken_from_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert read_settings(_entry()).folders == (tmp_path / "data",)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({}, "a trigger has no kind. Known kinds: broken, directory"),
        (_entry(kind="directry"), "no trigger of kind 'directry'. Known kinds: broken, directory"),
        (_entry(kind="broken"), "'broken' (nbreduce.nowhere:Trigger) can't be loaded"),
        (_entry(poll_intervall=2), "poll_intervall is not a setting. Its settings are kind, instr"),
        (_entry(poll_interval=0), "poll_interval = 0 is not allowed"),
        (_entry(sentinel="done"), "sentinel = 'done' is not allowed"),
        (_entry(sentinel="{path}.done"), "must hold {stem} or {name}"),
        (_entry(sentinel="{stem.parent}"), "must hold {stem} or {name}"),
        (_entry(sentinel="{stem"), "sentinel = '{stem' is not allowed"),
        (_entry(pattern="/x/*"), "is no pattern of files below a folder"),
        (_entry(since="2020-01-01T00:00:00"), "since = '2020-01-01T00:00:00' is not allowed"),
        (_entry(instrument=""), "instrument = '' is not allowed"),
        ({"kind": "lastrun", "instrument": "MARI"}, "of MARI: path is missing; data is missing"),
    ],
)
def test_what_is_wrong_is_said_in_words(entry: dict[str, Any], words: str) -> None:
    with pytest.raises(TriggerError) as caught:
        read_settings(entry)
    assert words in str(caught.value)


def test_every_setting_is_described() -> None:
    for settings in (DirectorySettings, LastrunSettings):
        for name, field in settings.model_fields.items():
            assert field.description, f"{settings.__name__}.{name}"


def test_the_project_registers_what_it_ships() -> None:
    import tomllib

    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text())
    points = project["project"]["entry-points"][registry.GROUP]
    for kind, target in points.items():
        assert f"{kind} = {target}" in SHIPPED


def test_importing_triggers_and_intake_is_light() -> None:
    program = (
        "import sys, nbreduce.triggers.registry, nbreduce.triggers.directory, nbreduce.triggers.lastrun\n"
        "import nbreduce.intake.nexus, nbreduce.intake.settle\n"
        "print(*sorted({'h5py', 'numpy', 'watchfiles', 'anyio'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""
