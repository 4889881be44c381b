"""The configuration: what is read, what is refused, and in which words."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from nbreduce.config import ConfigError, find_workspace, load_config


def load(folder: Path, text: str | bytes = "") -> object:
    (folder / "nbreduce.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_config(folder)


def test_defaults_are_relative_to_the_workspace(tmp_path: Path) -> None:
    (tmp_path / "nbreduce.toml").touch()
    config = load_config(tmp_path)
    assert config.archive_path == tmp_path / "archive"
    assert config.templates_path == tmp_path / "notebook_templates"
    assert config.catalogue_url == f"sqlite:///{tmp_path / 'catalogue.db'}"
    assert config.environments["default"].kernelspec == "python3"
    with pytest.raises(ValidationError):
        config.workspace = tmp_path.parent  # type: ignore[misc]


def test_absolute_places_stay(tmp_path: Path) -> None:
    (tmp_path / "nbreduce.toml").write_text(
        '[archive]\npath = "/a/b"\n[catalogue]\nurl = "sqlite:////c/d.db"\n'
    )
    config = load_config(tmp_path)
    assert config.archive_path == Path("/a/b")
    assert config.catalogue_url == "sqlite:////c/d.db"


def test_places_beside_the_workspace_are_no_places_in_it(tmp_path: Path) -> None:
    (tmp_path / "ws").mkdir()
    (tmp_path / "ws" / "nbreduce.toml").write_text(
        '[archive]\npath = "../archive"\n[templates]\npath = "x/../../templates"\n'
    )
    config = load_config(tmp_path / "ws")
    assert config.archive_path == tmp_path / "archive"
    assert config.templates_path == tmp_path / "templates"
    assert not config.archive_path.is_relative_to(config.workspace)


def test_the_environment_goes_above_the_file_name_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NBREDUCE_EXECUTION__WORKERS", "7")
    (tmp_path / "nbreduce.toml").write_text("[execution]\nworkers = 2\ngrace = 5\n")
    config = load_config(tmp_path)
    assert (config.execution.workers, config.execution.grace) == (7, 5)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("colour = 1", "colour is not a setting"),
        ("[archive]\ncolour = 1", "archive.colour is not a setting"),
        ("[execution]\nworkers = 0", "execution.workers: Input should be greater than or equal"),
        ("[execution]\nworkers = 'many'", "execution.workers"),
        ("[environments.x]\n", "environments.x.kernelspec: Field required"),
        ("[lab]\nip = '0.0.0.0'", "lab.ip"),
        ("triggers = 5", "triggers"),
        ("archive = 5", "archive"),
        ("a = ", "nbreduce.toml: "),
        (b"\xff\xfe", "nbreduce.toml: "),
    ],
)
def test_bad_configurations(tmp_path: Path, text: str | bytes, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text)
    assert words in str(caught.value)
    assert str(tmp_path / "nbreduce.toml") in str(caught.value)


def test_all_problems_come_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"a is not a setting; b is not a setting"):
        load(tmp_path, "a = 1\nb = 1")


def test_a_bad_variable_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NBREDUCE_EXECUTION__WORKERS", "many")
    with pytest.raises(ConfigError, match=r"execution\.workers"):
        load(tmp_path)


def test_the_workspace_is_found_from_inside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(tmp_path)
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    monkeypatch.delenv("NBREDUCE_WORKSPACE", raising=False)
    monkeypatch.chdir(deep)
    assert find_workspace() == tmp_path
    assert find_workspace(tmp_path) == tmp_path
    with pytest.raises(ConfigError, match=r"no nbreduce\.toml in .*nbreduce init"):
        find_workspace(deep)
    monkeypatch.chdir("/")
    monkeypatch.setenv("NBREDUCE_WORKSPACE", str(deep))
    assert find_workspace() == tmp_path
