"""What importing costs: the command line answers at once, the service holds no science package."""

import json
import subprocess
import sys

import pytest

HEAVY = {"numpy", "scipp", "bokeh", "dask", "distributed", "h5py", "sqlalchemy", "jupyter_client"}
HEAVY |= {"jupyter_server", "jupyterlab", "nbformat", "nbclient", "papermill", "scipy", "alembic"}
SCIENCE = {"numpy", "scipp", "scippnexus", "scippneutron", "scipy", "bokeh", "h5py", "ipywidgets"}
SCIENCE |= {"matplotlib", "pandas"}
SERVICE = (
    "nbreduce.service, nbreduce.submission, nbreduce.execution.worker, nbreduce.templates.trial, "
    "nbreduce.comparison.service"
)


def loaded_by(code: str, *arguments: str) -> set[str]:
    """Return the top-level modules that a program has loaded when it ends."""
    program = f"""
import atexit, json, sys
@atexit.register
def tell():
    print(json.dumps(sorted({{name.partition(".")[0] for name in sys.modules}})), file=sys.stderr)
{code}
"""
    done = subprocess.run(
        [sys.executable, "-I", "-c", program, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stderr.splitlines()[-1]))


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        ("import nbreduce", ()),
        ("import nbreduce.cli.app", ()),
        ("from nbreduce.cli.app import main; main()", ("--help",)),
        ("from nbreduce.cli.app import main; main()", ("submit", "--help")),
    ],
)
def test_the_command_line_loads_nothing_heavy(code: str, arguments: tuple[str, ...]) -> None:
    loaded = loaded_by(code, *arguments)
    assert "nbreduce" in loaded
    assert not loaded & HEAVY


def test_the_check_sees_what_is_loaded() -> None:
    assert "numpy" in loaded_by("import numpy")


def test_the_service_and_its_work_load_no_science() -> None:
    assert not loaded_by(f"import {SERVICE}") & SCIENCE


def test_the_kernel_modules_load_the_standard_library_only() -> None:
    loaded = loaded_by("import nbreduce_kernel, nbreduce_kernel.outputs, nbreduce_kernel.progress")
    foreign = loaded - sys.stdlib_module_names - {"nbreduce_kernel", "__main__"}
    before = loaded_by("pass") - sys.stdlib_module_names
    assert foreign <= before
