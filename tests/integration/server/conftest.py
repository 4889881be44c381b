"""A workspace whose catalogue is full, without a service, and a Jupyter server on it."""

from collections.abc import Iterator

import pytest

from support.api import Api, running_api
from support.filled import filled_site
from support.sites import Site


@pytest.fixture(scope="package")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A workspace that the tests here share, and only add to."""
    return filled_site(tmp_path_factory.mktemp("filled") / "ws")


@pytest.fixture(scope="package")
def api(filled: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """A server on it."""
    with running_api(tmp_path_factory.mktemp("api"), filled.path) as running:
        yield running
    assert "Traceback" not in running.log.read_text(), running.log.read_text()
