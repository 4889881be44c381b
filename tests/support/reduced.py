"""Runs that were reduced before, without the service that would have done it."""

from nbreduce.catalogue import reductions, runs
from nbreduce.domain.reduction import Output, OutputKind, ended_by
from support.making import at, make_outcome, make_reduction, make_run, started, submitted
from support.sites import DEMO, Site

SECONDS = 2.0


def add_reduced(site: Site, *numbers: int) -> None:
    """Measure runs aside, and add each to the catalogue with a reduction by `work` that succeeded."""
    assert site.cli("catalogue", "upgrade").code == 0
    catalogue = site.workspace().catalogue
    result = Output(
        path="outputs/result.txt", kind=OutputKind.KEEP, title="the result", size=1, sha256="0" * 64
    )
    with catalogue.write() as session:
        for number in numbers:
            run = make_run(
                id=number,
                instrument=DEMO,
                name=str(number),
                run_number=number,
                path=str(site.measure(number, site.aside())),
                skipped=None,
            )
            runs.save_run(session, run, at(0))
            reduction = started(submitted(make_reduction(run, id=number), at(1)), at(2))
            outcome = make_outcome(begin=at(2), end=at(2 + SECONDS), cells=5, outputs=(result,))
            reductions.add_reduction(session, ended_by(reduction, outcome))
    catalogue.close()
