"""A workspace that has lived a little, for looking at with the command line."""

from collections.abc import Iterator

import pytest

from nbreduce.domain.states import State
from support.notebooks import notebook, save
from support.sites import DEMO, ONE_WORKER, Site


@pytest.fixture(scope="session")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A workspace with a good run and its rerun, a failed one, a skipped one; its service is down."""
    site = Site(tmp_path_factory.mktemp("lived") / "ws", settings=ONE_WORKER)
    failing = notebook("1 / 0", metadata={"runs": {"title": "fails"}})
    save(failing, site.templates / DEMO / "broken.ipynb")
    with site.serving():
        site.check_good_run(1)
        told = site.cli("rerun", f"{DEMO}1-work-v1", "-p", "scale=2", "--wait")
        assert told.code == 0, told.words
        told = site.cli("submit", DEMO, site.measure(2, site.aside()), "-t", "broken", "--wait")
        assert told.code == 1, told.words
        (site.data / f"{DEMO}00000003.nxs").write_text("no run")
        site.wait_for_run("3")
    assert site.reduction(f"{DEMO}2-broken-v1").state is State.FAILED  # type: ignore[union-attr]
    return site


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A workspace whose service runs."""
    site = Site(tmp_path_factory.mktemp("served") / "ws")
    with site.serving():
        yield site
    site.check_archive()
