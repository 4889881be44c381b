"""A workspace with reductions that have ended, and a JupyterLab on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.lab import Lab, running_lab
from support.records import GOOD, recorded_site
from support.sites import Site


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A workspace with a reduction that succeeded and one that failed; its service has stopped."""
    return recorded_site(tmp_path_factory.mktemp("records") / "site")


@pytest.fixture(scope="session")
def lab(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A JupyterLab on the workspace."""
    with running_lab(tmp_path_factory.mktemp("lab"), site.path) as running:
        yield running


@pytest.fixture(scope="session")
def folder(site: Site) -> Path:
    """The folder of the reduction that succeeded."""
    reduction = site.reduction(GOOD)
    assert reduction is not None
    return site.folder_of(reduction)
