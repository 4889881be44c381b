"""A reduction that goes on only when it is told to, so that it can be watched."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.notebooks import PARAMETERS, notebook, save
from support.sites import DEMO, Site

PLOT = """\
import numpy as np
from nbreduce_kernel import plots

angle = np.linspace(0, 12, 400)
labels = {"title": "A wave", "x_label": "angle / rad", "y_label": "height"}
plots.show(plots.curves({"sine": (angle, np.sin(angle))}, **labels), alt="A sine");"""

GATED = """\
import time
print("waiting for gate {gate}", flush=True)
while gate and not Path(gate + ".{gate}").exists():
    time.sleep(0.02)
print("gate {gate} is open")"""

SECOND = """\
plots.show(plots.curves({"cosine": (angle, np.cos(angle))}, **labels), alt="A cosine");"""


@dataclass(frozen=True)
class Watched:
    """A submitted reduction, and its gates."""

    site: Site
    number: int

    @property
    def name(self) -> str:
        """The reduction's name."""
        return f"{DEMO}{self.number}-watched-v1"

    @property
    def gate(self) -> Path:
        """What its gates' names begin with."""
        return self.site.path / f"gate-{self.number}"

    def open(self, gate: int) -> None:
        """Let it pass a gate."""
        Path(f"{self.gate}.{gate}").touch()

    def finish(self) -> None:
        """Let it pass all gates, and wait until it has ended."""
        self.open(1)
        self.open(2)
        self.site.wait_for_state(self.name)


def watched_template() -> dict[str, Any]:
    """Return a template with two plots and two gates."""
    content = notebook(
        PLOT,
        GATED.format(gate=1),
        SECOND,
        GATED.format(gate=2),
        parameters=PARAMETERS,
        metadata={"title": "A watched reduction", "timeout": 300},
    )
    heading = {"cell_type": "markdown", "id": "head", "metadata": {}, "source": "# A watched run"}
    last = {"cell_type": "markdown", "id": "last", "metadata": {}, "source": "## The results"}
    content["cells"] = [heading, *content["cells"][:4], last, *content["cells"][4:]]
    return content


def watched_site(folder: Path, **settings: Any) -> Site:
    """Make a workspace with such a template."""
    site = Site(folder, **settings)
    save(watched_template(), site.templates / DEMO / "watched.ipynb")
    return site


def submit(site: Site, number: int) -> Watched:
    """Submit a run to it."""
    watched = Watched(site, number)
    file = site.measure(number, site.aside())
    told = site.cli("submit", DEMO, file, "-t", "watched", "-p", f"gate={watched.gate}")
    assert told.code == 0, told.words
    return watched
