"""A workspace whose catalogue is full, without a service."""

from pathlib import Path

from nbreduce.catalogue import reductions, runs
from nbreduce.domain.reduction import ended_by
from support.making import at, make_outcome, make_reduction, make_run, started, submitted
from support.many import fill
from support.sites import DEMO, Site

_MANY = 300
_LAST = 2_000_000


def filled_site(folder: Path) -> Site:
    """Make a workspace with many reductions, and of the instrument DEMO one that ended and one that runs."""
    site = Site(folder)
    assert site.cli("catalogue", "upgrade").code == 0
    catalogue = site.workspace().catalogue
    fill(catalogue, _MANY, experiments=6)
    with catalogue.write() as session:
        for number, done in ((1, True), (2, False)):
            key = _LAST + number
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
    return site
