"""Which value wins: request, experiment, run range, instrument, the cell's default; and its source is told."""

from itertools import product

import pytest

from nbreduce.domain.parameters import ParameterError, Source, Value
from nbreduce.domain.run import RunMetadata
from nbreduce.domain.template import Instrument, Override
from nbreduce.planning.precedence import layers_for, resolve
from nbreduce.templates.parameters import parse_parameters

RUN = RunMetadata(run_number=100, experiment="RB1")
CELL = parse_parameters("x: float = 0.0\nrun_file: Path = ''")
LAYERS = (Source.REQUEST, Source.EXPERIMENT, Source.RUN_RANGE, Source.INSTRUMENT)
VALUES = {layer: float(number) for number, layer in enumerate(LAYERS, 1)}


def override(value: float, **where: object) -> Override:
    return Override(template="work", parameters={"x": value}, **where)


def instrument(present: frozenset[Source]) -> Instrument:
    overrides = []
    if Source.EXPERIMENT in present:
        overrides.append(override(VALUES[Source.EXPERIMENT], experiment="RB1"))
    if Source.RUN_RANGE in present:
        overrides.append(override(VALUES[Source.RUN_RANGE], start_run=50))
    own = {"work": {"x": VALUES[Source.INSTRUMENT]}} if Source.INSTRUMENT in present else {}
    return Instrument(key="DEMO", name="D", parameters=own, overrides=overrides)


def resolved(one: Instrument, run: RunMetadata = RUN, **request: float) -> dict[str, Value]:
    return resolve(CELL, layers_for(one, "work", run, request), {"run_file": "/raw"})


@pytest.mark.parametrize("chosen", list(product([False, True], repeat=4)))
def test_every_combination_of_layers(chosen: tuple[bool, ...]) -> None:
    present = frozenset(layer for layer, there in zip(LAYERS, chosen, strict=True) if there)
    request = {"x": VALUES[Source.REQUEST]} if Source.REQUEST in present else {}
    winner = next((layer for layer in LAYERS if layer in present), Source.TEMPLATE)
    assert resolved(instrument(present), **request) == {
        "x": Value(value=VALUES.get(winner, 0.0), source=winner),
        "run_file": Value(value="/raw", source=Source.SUPPLIED),
    }


@pytest.mark.parametrize(
    ("number", "value", "source"),
    [
        (9, 0.0, "template"),
        (10, 1.0, "run-range"),
        (19, 1.0, "run-range"),
        (20, 2.0, "run-range"),
        (29, 2.0, "run-range"),
        (1000, 3.0, "run-range"),
        (None, 0.0, "template"),
    ],
)
def test_the_highest_range_that_is_not_above_the_run_wins(
    number: int | None, value: float, source: str
) -> None:
    overrides = [override(float(n), start_run=start) for n, start in ((2, 20), (3, 30), (1, 10))]
    one = Instrument(key="DEMO", name="D", overrides=overrides)
    found = resolved(one, RunMetadata(run_number=number))["x"]
    assert (found.value, str(found.source)) == (value, source)


def test_an_experiment_counts_only_for_its_own_runs_and_from_its_own_range_on() -> None:
    one = Instrument(
        key="DEMO",
        name="D",
        overrides=[
            override(1.0, experiment="RB2"),
            override(2.0, experiment="RB1"),
            override(3.0, experiment="RB1", start_run=100),
            override(4.0, experiment="RB1", start_run=101),
        ],
    )
    assert resolved(one)["x"] == Value(value=3.0, source=Source.EXPERIMENT)
    earlier = resolved(one, RUN.model_copy(update={"run_number": 99}))
    assert earlier["x"] == Value(value=2.0, source=Source.EXPERIMENT)
    unnumbered = resolved(one, RUN.model_copy(update={"run_number": None}))
    assert unnumbered["x"] == Value(value=2.0, source=Source.EXPERIMENT)


def test_an_override_of_another_template_does_not_count() -> None:
    other = Override(template="other", parameters={"x": 5.0}, start_run=1)
    assert resolved(Instrument(key="D", name="D", overrides=[other]))["x"].value == 0.0


def test_layers_are_merged_name_by_name() -> None:
    cell = parse_parameters("a: int = 0\nb: int = 0\nc: int = 0")
    layers = [(Source.REQUEST, {"a": 1}), (Source.INSTRUMENT, {"a": 2, "b": 2})]
    found = resolve(cell, layers, {})
    assert {name: (one.value, str(one.source)) for name, one in found.items()} == {
        "a": (1, "request"),
        "b": (2, "instrument"),
        "c": (0, "template"),
    }


def test_values_of_every_layer_are_checked_and_widened() -> None:
    assert repr(resolved(Instrument(key="D", name="D"), x=5)["x"].value) == "5.0"
    bad = Instrument(key="D", name="D", parameters={"work": {"x": "a"}})
    with pytest.raises(ParameterError, match="x = 'a': must be a number"):
        resolved(bad)


def test_null_is_a_value_like_others() -> None:
    cell = parse_parameters("a: int | None = 5")
    assert resolve(cell, [(Source.REQUEST, {"a": None})], {})["a"].source is Source.REQUEST


def test_nothing_overrides_what_is_supplied() -> None:
    found = resolve(CELL, [(Source.REQUEST, {"run_file": "/etc/passwd"})], {"run_file": "/raw"})
    assert found["run_file"] == Value(value="/raw", source=Source.SUPPLIED)
