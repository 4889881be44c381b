"""What tests need of the world outside the project."""

import os

import pytest

REQUIRED = frozenset(filter(None, os.environ.get("NBREDUCE_REQUIRE", "").split(",")))


def need(name: str, available: bool, reason: str) -> None:
    """Skip where something outside the project is absent; fail where the environment says it must be there."""
    if available:
        return
    if name in REQUIRED:
        pytest.fail(f"{name} is required here (NBREDUCE_REQUIRE): {reason}")
    pytest.skip(f"{name}: {reason}")
