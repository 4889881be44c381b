"""Fixtures that every kind of test shares."""

import os
import shutil
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
REQUIRED = frozenset(filter(None, os.environ.get("NBREDUCE_REQUIRE", "").split(",")))


def need(name: str, available: bool, reason: str) -> None:
    """Skip where something outside the project is absent; fail where the environment says it must be there."""
    if available:
        return
    if name in REQUIRED:
        pytest.fail(f"{name} is required here (NBREDUCE_REQUIRE): {reason}")
    pytest.skip(f"{name}: {reason}")


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
