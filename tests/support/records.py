"""A workspace with reductions that have ended: one that succeeded, one that failed."""

from pathlib import Path

from nbreduce.domain.states import State
from support.notebooks import notebook, save
from support.sites import DEMO, ONE_WORKER, Site

STEPS = """\
def double(value):
    return 2 * value
"""

PARAMETERS = """\
from pathlib import Path
from typing import Annotated

run_file: Path = ""
run_number: int = 0
output_dir: Path = "outputs"
scale: Annotated[float, {"unit": "angstrom", "gt": 0}] = 1.5  # length of a step"""

FIRST = """\
import demo_steps
from pathlib import Path

size = Path(run_file).stat().st_size
print("größer", demo_steps.double(scale))"""

SECOND = """\
from nbreduce_kernel import keep, publish

folder = Path(output_dir)
(folder / "Übersicht 1.txt").write_text(f"{run_number} {size} {demo_steps.double(scale)}")
(folder / "page.html").write_text("<script>alert(1)</script>")
keep(folder / "Übersicht 1.txt", "the result")
publish(folder / "page.html", "a page");"""

PLOT = """\
from nbreduce_kernel import plots

x = [step * scale for step in range(50)]
plots.show(
    plots.curves({"pattern": (x, [size % (3 + n) for n in range(50)])}, title="A pattern",
                 x_label="d-spacing / Å", y_label="counts"),
    alt="A pattern",
);"""

GOOD = f"{DEMO}1-story-v1"
BAD = f"{DEMO}1-broken-v1"


def recorded_site(folder: Path) -> Site:
    """Make a workspace with both reductions, its service stopped again."""
    site = unserved_site(folder)
    with site.serving():
        reduce_one(site)
    return site


def unserved_site(folder: Path) -> Site:
    """Make a workspace with both templates."""
    site = Site(folder, ONE_WORKER)
    templates = site.templates / DEMO
    (templates / "work.ipynb").unlink()
    (templates / "demo_steps.py").write_text(STEPS)
    save(
        notebook(FIRST, SECOND, PLOT, parameters=PARAMETERS, metadata={"title": "Step pattern"}),
        templates / "story.ipynb",
    )
    save(
        notebook("size = 0", "1 / size", "size + 1", parameters=PARAMETERS),
        templates / "broken.ipynb",
    )
    return site


def reduce_one(site: Site) -> None:
    """Measure a run, and wait for both reductions of it."""
    site.measure(1)
    site.wait_for_state(GOOD, State.SUCCEEDED)
    site.wait_for_state(BAD, State.FAILED)


def notebook_of(site: Site, name: str) -> str:
    """Where Jupyter's contents have the executed notebook of a reduction."""
    reduction = site.reduction(name)
    assert reduction is not None
    return (site.folder_of(reduction) / f"{name}.ipynb").relative_to(site.path).as_posix()
