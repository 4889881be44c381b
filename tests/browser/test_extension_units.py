"""The extension's own tests and its generated allow-list."""

import importlib.util
import os
import subprocess
from pathlib import Path
from types import ModuleType

EXTENSIONS = Path(__file__).resolve().parents[2] / "extensions"


def test_tests_of_the_extension_pass(node: str) -> None:
    result = subprocess.run(
        [node, "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON", "--test", "test/*.test.ts"],
        cwd=EXTENSIONS,
        env={**os.environ, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert result.returncode == 0, result.stdout + result.stderr


def allow_list_tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "write_allowed", EXTENSIONS / "tools/write_allowed.py"
    )
    assert spec is not None and spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return tool


def test_allow_list_is_that_of_the_installed_bokeh() -> None:
    tool = allow_list_tool()

    assert tool.TARGET.read_text() == tool.module_text()


def test_allow_list_holds_no_model_with_code() -> None:
    tool = allow_list_tool()

    models = tool.allowed_models()
    guilty = [
        name for name, model in models.items() if {"code", "args", "url"} & model.properties()
    ]
    assert guilty == []
    assert {"callback", "html", "stylesheets"}.isdisjoint(tool.allowed_attributes(models))
