"""Fixtures that every kind of test shares."""

import os
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest
from hypothesis import settings

from support.needs import need

REPOSITORY = Path(__file__).resolve().parents[1]

# How long an example takes says more of the machine, which others use too, than of the code.
settings.register_profile("shared-machine", deadline=None)
settings.load_profile("shared-machine")


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real measured runs."""
    default = REPOSITORY.parent / "shared" / "data" / "real"
    folder = Path(os.environ.get("NBREDUCE_REAL_DATA", default))
    need("real-data", folder.is_dir(), "no real runs; point NBREDUCE_REAL_DATA at them")
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the Chromium that drives the browser tests."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    need("browser", found is not None, "no chromium; install Debian's package 'chromium'")
    assert found is not None
    return found


@pytest.fixture(scope="session")
def node() -> str:
    """Path of a node that runs TypeScript as it is, for the extension's own tests."""
    found = shutil.which(
        "node", path=f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}"
    )
    version = (
        subprocess.run([found, "--version"], capture_output=True, text=True).stdout if found else ""
    )
    parts = tuple(int(part) for part in version.strip().lstrip("v").split(".") if part.isdigit())
    need(
        "node",
        parts >= (22, 18),
        f"node 22.18 or newer is not here (found: {version.strip() or 'none'})",
    )
    assert found is not None
    return found
