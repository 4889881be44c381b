"""A workspace whose catalogue is full, without a service, and a Jupyter server on it."""

from collections.abc import Iterator

import pytest

from nbreduce.catalogue import reductions, runs
from nbreduce.domain.reduction import ended_by
from support.api import Api, running_api
from support.making import at, make_outcome, make_reduction, make_run, started, submitted
from support.many import fill
from support.sites import DEMO, Site

MANY = 300
LAST = 2_000_000


@pytest.fixture(scope="package")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A workspace with many reductions, and of the instrument DEMO one that ended and one that runs."""
    site = Site(tmp_path_factory.mktemp("filled") / "ws")
    assert site.cli("catalogue", "upgrade").code == 0
    catalogue = site.workspace().catalogue
    fill(catalogue, MANY, experiments=6)
    add_demo(site)
    catalogue.close()
    return site


def add_demo(site: Site) -> None:
    """Add a run that can be reduced again, and one that is being reduced."""
    catalogue = site.workspace().catalogue
    with catalogue.write() as session:
        for number, done in ((1, True), (2, False)):
            key = LAST + number
            run = make_run(
                id=key,
                instrument=DEMO,
                name=str(number),
                path=str(site.measure(number)),
                skipped=None,
            )
            runs.save_run(session, run, at(0))
            reduction = started(submitted(make_reduction(run, id=key, parameters={}), at(1)), at(2))
            if done:
                reduction = ended_by(reduction, make_outcome(begin=at(2), end=at(3)))
            reductions.add_reduction(session, reduction)
    catalogue.close()


@pytest.fixture(scope="package")
def api(filled: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """A server on it."""
    with running_api(tmp_path_factory.mktemp("api"), filled.path) as running:
        yield running
    assert "Traceback" not in running.log.read_text(), running.log.read_text()
