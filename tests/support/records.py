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

GOOD = f"{DEMO}1-story-v1"
BAD = f"{DEMO}1-broken-v1"


def recorded_site(folder: Path) -> Site:
    """Make a workspace with both reductions, its service stopped again."""
    site = Site(folder, ONE_WORKER)
    templates = site.templates / DEMO
    (templates / "work.ipynb").unlink()
    (templates / "demo_steps.py").write_text(STEPS)
    save(notebook(FIRST, SECOND, parameters=PARAMETERS), templates / "story.ipynb")
    save(notebook("1 / 0", parameters=PARAMETERS), templates / "broken.ipynb")
    with site.serving():
        site.measure(1)
        site.wait_for_state(GOOD, State.SUCCEEDED)
        site.wait_for_state(BAD, State.FAILED)
    return site
