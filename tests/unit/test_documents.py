"""The documents say what is true: settings, commands, dependencies, words."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from nbreduce.config import Config, load_config
from nbreduce.triggers.registry import kinds, load

REPOSITORY = Path(__file__).resolve().parents[2]
OPERATORS = (REPOSITORY / "server_config" / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def settings(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Walk a configuration's settings: dotted name and field."""
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from settings(field.annotation, f"{prefix}{name}.")
        else:
            yield prefix + name, field


def row(name: str, field: Any) -> str:
    """Return a setting's line in the operators' table."""
    return f"| `{name}` | {default_words(field)} | {field.description} |"


def default_words(field: Any) -> str:
    """Say a default as it would stand in the file."""
    if field.default_factory is not None or field.default is PydanticUndefined:
        return "" if field.default_factory is not None else "(needed)"
    if field.default is None or field.default == ():
        return ""
    value = str(field.default) if isinstance(field.default, Path) else field.default
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


@pytest.mark.parametrize(("name", "field"), list(settings(Config)))
def test_every_setting_stands_in_the_operators_readme(name: str, field: Any) -> None:
    assert field.description, f"{name} has no description"
    assert row(name, field) in OPERATORS


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_every_trigger_setting_stands_in_the_operators_readme(kind: str) -> None:
    section = OPERATORS.split(f"### `{kind}`")[1].split("\n#")[0]
    for name, field in load(kind).Settings.model_fields.items():
        if name not in {"kind", "instrument"}:
            assert row(name, field) in section


def test_every_dependency_has_its_reason() -> None:
    groups = [PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()]
    names = {re.match(r"[A-Za-z0-9_.-]+", line)[0] for group in groups for line in group}  # type: ignore[index]
    missing = sorted(name for name in names if f"| {name} |" not in CONTRIBUTING)
    assert not missing


def test_the_example_configuration_is_valid(tmp_path: Path) -> None:
    example = (REPOSITORY / "server_config" / "nbreduce.example.toml").read_text(encoding="utf-8")
    (tmp_path / "nbreduce.toml").write_text(example, encoding="utf-8")
    config = load_config(tmp_path)
    assert [entry["kind"] for entry in config.triggers] == ["lastrun", "directory"]
