"""The template that authors begin with runs as it is, on runs of both virtual instruments."""

import json
from pathlib import Path

import pytest

from nbreduce.domain.states import State
from nbreduce.simulation.files import write_run
from nbreduce.simulation.plan import plan_day
from nbreduce.templates.check import check_template
from nbreduce.templates.create import create_instrument, create_template
from nbreduce.templates.library import TemplateLibrary
from nbreduce.templates.trial import try_template


@pytest.mark.parametrize("instrument", ["ENGINX", "HIFI"])
def test_the_skeleton_shows_the_counts_and_keeps_them(tmp_path: Path, instrument: str) -> None:
    library = TemplateLibrary(tmp_path / "templates")
    create_instrument(library, instrument)
    template = create_template(library, instrument, "counts", "Counts")
    assert check_template(template).problems == ()
    (planned,) = plan_day(1, 1, [instrument], bad_every=0)
    run = write_run(planned, tmp_path / "data")
    trial = try_template(template, run, tmp_path / "trial", {"bunch": 10})
    assert (trial.state, trial.reason) == (State.SUCCEEDED, "")
    assert trial.reduction.warnings == ()
    assert [one.path for one in trial.reduction.outputs] == ["outputs/counts.csv"]
    lines = (trial.notebook.parent / "outputs" / "counts.csv").read_text().splitlines()
    assert lines[0].endswith(",counts")
    assert sum(float(line.split(",")[1]) for line in lines[1:]) > 1000
    shown = json.dumps(json.loads(trial.notebook.read_text())["cells"])
    assert "application/vnd.nbreduce.plot" in shown
