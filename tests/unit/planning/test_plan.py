"""Which reductions a run gets."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from nbreduce.domain.parameters import ParameterError, Source, Value
from nbreduce.domain.run import RunMetadata
from nbreduce.domain.template import Instrument, Template, TemplateMetadata
from nbreduce.planning.plan import Plan, plan_run, plan_template
from nbreduce.templates.notebook import TemplateError
from nbreduce.templates.parameters import parse_parameters

RUN = RunMetadata(run_number=42, experiment="RB1", title="CeO2", counts=100)
DEMO = Instrument(key="DEMO", name="Demo")
RAW = Path("/raw/DEMO42.nxs")
BROKEN = TemplateError("template odd: no cell is tagged 'parameters'")


def template(name: str, cell: str = "x: int = 1", **metadata: Any) -> Template:
    return Template(
        instrument="DEMO",
        name=name,
        path=Path(f"/t/{name}.ipynb"),
        sha256=name * 3,
        commit="c0ffee",
        metadata=TemplateMetadata(title=name, **metadata),
        parameters=parse_parameters(cell),
    )


def plan(
    templates: Iterable[Template | TemplateError], run: RunMetadata = RUN, **more: Any
) -> Plan:
    request, only = more.get("request", {}), more.get("only", ())
    return plan_run(run, RAW, more.get("instrument", DEMO), templates, request, only)


def names(found: Plan) -> list[str]:
    return [one.template for one in found.reductions]


def test_every_template_that_applies_is_planned() -> None:
    rule = {"runs": {"title": "vanadium*"}}
    found = plan([template("a"), template("b", **rule), template("c", environment="mantid")])
    assert names(found) == ["a", "c"]
    assert found.skipped is None
    assert found.notes == ()
    last = found.reductions[-1]
    assert (last.template_sha256, last.template_commit, last.environment) == (
        "ccc",
        "c0ffee",
        "mantid",
    )


def test_a_broken_template_keeps_no_other_from_being_used() -> None:
    found = plan([template("a"), BROKEN, template("b")])
    assert names(found) == ["a", "b"]
    assert found.notes == (str(BROKEN),)


def test_wrong_values_for_one_template_keep_no_other_from_being_used() -> None:
    bad = DEMO.model_copy(update={"parameters": {"b": {"y": 1}}})
    found = plan([template("a"), template("b")], instrument=bad)
    assert names(found) == ["a"]
    assert found.notes == ("b: there is no parameter 'y'. Parameters: x",)


def test_a_run_that_nothing_applies_to_says_why() -> None:
    rule = {"runs": {"title": "vanadium*"}}
    found = plan([BROKEN, template("b", **rule)])
    assert found.reductions == ()
    assert found.skipped == f"{BROKEN}; b: title 'CeO2' does not match 'vanadium*'"
    assert plan([]).skipped == "DEMO has no templates"


def test_a_run_without_counts_says_so_once() -> None:
    rule = {"runs": {"min_counts": 1}}
    found = plan([template("a", **rule), template("b", **rule)], RunMetadata(counts=0))
    assert found.skipped == "file has no counts"


def test_templates_that_were_asked_for_are_used_whatever_their_rule() -> None:
    rule = {"runs": {"title": "vanadium*"}}
    found = plan([template("a"), template("b", **rule)], only=("b",))
    assert names(found) == ["b"]


def test_a_template_that_was_asked_for_and_is_broken_is_told() -> None:
    found = plan([template("a"), BROKEN], only=("odd",))
    assert found.reductions == ()
    assert str(BROKEN) in (found.skipped or "")


def test_values_that_were_asked_for_reach_every_template_that_takes_them() -> None:
    found = plan([template("a"), template("b", "y: int = 1")], request={"x": 5})
    assert names(found) == ["a"]
    assert found.reductions[0].parameters["x"] == Value(value=5, source=Source.REQUEST)
    assert found.notes == ("b: there is no parameter 'x'. Parameters: y",)


SUPPLIED = {
    "run_file": "/raw/DEMO42.nxs",
    "run_files": ["/raw/DEMO42.nxs"],
    "run_number": 42,
    "instrument": "DEMO",
    "experiment": "RB1",
    "output_dir": "outputs",
}


def test_all_that_the_contract_supplies_is_supplied_where_it_is_declared() -> None:
    cell = "\n".join(f"{name} = None" for name in SUPPLIED)
    planned = plan_template(RUN, RAW, DEMO, template("a", cell), {})
    assert planned.parameters == {
        name: Value(value=value, source=Source.SUPPLIED) for name, value in SUPPLIED.items()
    }
    assert plan_template(RUN, RAW, DEMO, template("a", ""), {}).parameters == {}


@pytest.mark.parametrize("name", SUPPLIED)
def test_what_is_supplied_cannot_be_asked_for(name: str) -> None:
    with pytest.raises(ParameterError, match=f"{name} is supplied"):
        plan_template(RUN, RAW, DEMO, template("a", f"{name} = None"), {name: "x"})
