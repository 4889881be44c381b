"""What differs, and the sentence that says so."""

from dataclasses import replace
from typing import Any

import pytest

from nbreduce.comparison.differences import differing
from nbreduce.comparison.model import Agreement, CurveComparison, PlotComparison
from nbreduce.comparison.sentence import (
    agreement_words,
    percent,
    range_words,
    same,
    sentence,
    unit_of,
)
from nbreduce.comparison.side import Side, labels_of
from nbreduce.domain.parameters import Source, Value
from nbreduce.domain.reduction import CellTiming, Input, Manifest
from nbreduce.domain.states import State
from nbreduce.environments.snapshot import Package, Snapshot
from support.making import at, make_reduction, make_run

NAMES = ["DEMO42-work-v1", "DEMO42-work-v2", "DEMO42-work-v3"]
LABELS = {"A": "v1", "B": "v2"}


def value(content: Any, source: Source = Source.TEMPLATE) -> Value:
    return Value(value=content, source=source)


def side(version: int = 1, run: Any = None, **changes: Any) -> Side:
    own = {name: changes.pop(name) for name in ("units", "files", "environment") if name in changes}
    run = run or make_run()
    return Side(run, make_reduction(run, version=version, state=State.SUCCEEDED, **changes), **own)


def rows(*sides: Side) -> dict[str, list[Any]]:
    """Return what differs: the values of each row, by section and name."""
    return {
        f"{section.name}: {row.what}": [one and one.value for one in row.entries]
        for section in differing(sides)
        for row in section.rows
    }


def told(*sides: Side) -> str:
    sections = differing(sides)
    names = dict(zip((one.name for one in sides), labels_of(sides), strict=True))
    return sentence(names, sections, [])


def test_what_is_the_same_is_not_listed() -> None:
    assert differing([side(1), side(2)]) == ()
    assert told(side(1), side(2)) == (
        "These two are the same: same inputs, template, parameters and environment."
    )
    assert told(side(1), side(2), side(3)).startswith("These 3 are the same")


def test_parameters_with_units_and_sources() -> None:
    one = side(
        1,
        parameters={"d_min": value(0.7), "bank": value("both"), "n": value(1)},
        units={"d_min": "angstrom"},
    )
    other = side(
        2,
        parameters={
            "d_min": value(0.9, Source.REQUEST),
            "bank": value("both"),
            "flag": value(True),
        },
    )
    (section,) = differing([one, other])
    d_min, n, flag = section.rows
    assert (d_min.what, d_min.unit) == ("d_min", "angstrom")
    assert [each and (each.value, each.detail) for each in d_min.entries] == [
        (0.7, "template"),
        (0.9, "request"),
    ]
    assert n.entries[1] is None and flag.entries[0] is None
    assert told(one, other) == "v2 differs from v1 in d_min, n and flag."


def test_true_is_not_one() -> None:
    found = rows(side(1, parameters={"n": value(1)}), side(2, parameters={"n": value(True)}))
    assert found == {"parameters: n": [1, True]}


def test_supplied_values_follow_from_the_run_and_are_not_listed() -> None:
    first = side(1, parameters={"run_file": value("/a.nxs", Source.SUPPLIED)})
    run = make_run(id=2, name="43", title="another", counts=7)
    second = side(1, run, parameters={"run_file": value("/b.nxs", Source.SUPPLIED)})
    assert rows(first, second) == {
        "run: run": ["42", "43"],
        "run: title": ["a run", "another"],
        "run: counts": [6, 7],
    }
    assert told(first, second) == "43 v1 differs from 42 v1 in the run."


def test_templates_by_content_commit_and_files() -> None:
    first = side(1, files={"work.ipynb": "1" * 64, "steps.py": "2" * 64})
    second = side(
        2,
        template_sha256="b" * 64,
        template_commit="abc",
        files={"work.ipynb": "1" * 64, "steps.py": "3" * 64},
    )
    found = rows(first, second)
    assert found == {
        "template: content": ["a" * 64, "b" * 64],
        "template: commit": [None, "abc"],
        "template: file steps.py": ["2" * 64, "3" * 64],
    }
    assert told(first, second) == "v2 differs from v1 in the template."


def environment(**versions: str) -> dict[str, Any]:
    packages = tuple(Package("pip", name, version, "index") for name, version in versions.items())
    manifest = Manifest(sha256=str(versions), packages=len(versions), hashes_missing=0)
    return {"environment": Snapshot("3.11", "linux-64", "", packages, ()), "manifest": manifest}


def test_packages_that_were_added_removed_and_changed() -> None:
    found = rows(
        _with(1, numpy="2.0", scipp="25.5"),
        _with(2, numpy="2.1", bokeh="3.9"),
        _with(3, numpy="2.0", scipp="25.5"),
    )
    del found["environment: manifest"]
    assert found == {
        "environment: pip bokeh": [None, "3.9", None],
        "environment: pip numpy": ["2.0", "2.1", "2.0"],
        "environment: pip scipp": ["25.5", None, "25.5"],
    }
    assert "the environment (3 packages)" in told(
        _with(1, numpy="2.0", scipp="25.5"), _with(2, numpy="2.1", bokeh="3.9")
    )


def _with(version: int, **versions: str) -> Side:
    given = environment(**versions)
    made = side(version, manifest=given["manifest"])
    return Side(made.run, made.reduction, environment=given["environment"])


def test_inputs_by_checksum() -> None:
    first, second = (
        side(n, inputs=(Input(path=f"/{n}/a.nxs", size=2_500_000, mtime_ns=n, sha256=str(n) * 64),))
        for n in (1, 2)
    )
    (section,) = differing([first, second])
    (row,) = section.rows
    assert [each and each.detail for each in row.entries] == ["a.nxs, 2.5 MB"] * 2
    assert told(first, second) == "v2 differs from v1 in the input files."


def test_outcome_and_timings_are_shown_but_do_not_make_reductions_differ() -> None:
    timings = (CellTiming(cell=1, seconds=9.0, status="completed"),)
    first = side(1, started=at(0), ended=at(10), timings=timings)
    second = side(
        2,
        started=at(0),
        ended=at(2),
        timings=(CellTiming(cell=1, seconds=1.0, status="completed"),),
        warnings=("odd",),
    )
    assert rows(first, second) == {
        "outcome: warnings": [None, "odd"],
        "timings: the whole": [10.0, 2.0],
        "timings: cell 1": [9.0, 1.0],
    }
    assert same(differing([first, second]))


def test_times_that_chance_makes_are_not_shown() -> None:
    first, second = side(1, started=at(0), ended=at(3)), side(2, started=at(0), ended=at(3.4))
    assert differing([first, second]) == ()


def test_what_comes_with_the_end_is_no_difference_before_it() -> None:
    inputs = (Input(path="/a.nxs", size=1, mtime_ns=1, sha256="1" * 64),)
    manifest = Manifest(sha256="2" * 64, packages=1, hashes_missing=0)
    ended = side(1, inputs=inputs, manifest=manifest)
    run = make_run()
    running = Side(run, make_reduction(run, version=2, state=State.RUNNING))
    assert rows(ended, running) == {"outcome: state": ["succeeded", "running"]}
    words = sentence({"A": "v1", "B": "v2"}, differing([ended, running]), [], ended=False)
    assert words == "These two are the same so far: same template and parameters."


def plot(*agreements: Agreement, span: tuple[float, float] | None = (0.7, 3.3)) -> PlotComparison:
    curve = CurveComparison(curve="I(d)", span=span, agreements=agreements)
    return PlotComparison(
        title="t", x_label="d-spacing / Å", y_label="counts", reference="A", curves=(curve,)
    )


def agreement(
    relative: float | None, low: float = 0.7, high: float = 3.3, **more: Any
) -> Agreement:
    greatest = more.pop("greatest", 2.0)
    return Agreement(
        reduction="B",
        points=9,
        low=low,
        high=high,
        greatest=greatest,
        at=1.0,
        relative=relative,
        **more,
    )


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (agreement(0.0018, low=0.9), "agrees within 0.18 % of its maximum above 0.90 Å"),
        (agreement(0.2, high=3.0), "differs by up to 20 % of its maximum below 3.00 Å"),
        (agreement(0.01, 0.9, 3.0), "agrees within 1 % of its maximum from 0.90 to 3.00 Å"),
        (agreement(0.01, chi2=1.04), "agrees within 1 % of its maximum (χ² per point 1)"),
        (agreement(0.0, greatest=0.0), "is identical"),
        (agreement(None), "differs by up to 2"),
        (
            Agreement(reduction="B", why="their bins differ"),
            "cannot be subtracted: their bins differ",
        ),
    ],
)
def test_a_curve_in_words(one: Agreement, words: str) -> None:
    shown = plot(one)
    assert agreement_words(shown.curves[0], one, "Å") == words
    assert sentence(LABELS, (), [shown]).endswith(f"; I(d) {words}.")


def test_several_others_are_told_apart() -> None:
    shown = plot(agreement(0.01), agreement(0.3).model_copy(update={"reduction": "C"}))
    assert sentence({**LABELS, "C": "v3"}, (), [shown]).endswith(
        "; I(d) of v2 agrees within 1 % of its maximum, of v3 differs by up to 30 % of its maximum."
    )


@pytest.mark.parametrize(
    ("fraction", "words"),
    [
        (0.00181, "0.19 %"),
        (0.002, "0.2 %"),
        (0.0, "0 %"),
        (1e-9, "1e-07 %"),
        (0.53, "53 %"),
        (3.0, "300 %"),
    ],
)
def test_bounds_are_rounded_up(fraction: float, words: str) -> None:
    assert percent(fraction) == words


def test_ranges_without_a_span_are_not_told() -> None:
    assert range_words(None, agreement(0.1), "Å") == ""
    assert range_words((1.0, 1.0), agreement(0.1), "Å") == ""


@pytest.mark.parametrize(
    ("label", "unit"),
    [
        ("d / Å", "Å"),
        ("time (µs)", "µs"),
        ("time [µs]", "µs"),
        ("counts", ""),
        ("a/b", ""),
        ("I / counts/uAh", "counts/uAh"),
    ],
)
def test_units_of_labels(label: str, unit: str) -> None:
    assert unit_of(label) == unit


def test_labels_are_as_short_as_tells_reductions_apart() -> None:
    other = make_run(id=2, name="43")
    assert labels_of([side(1), side(2)]) == ("v1", "v2")
    assert labels_of([side(1), side(1, other)]) == ("42 v1", "43 v1")
    assert labels_of([side(1), side(1, template="peaks")]) == ("DEMO42-work-v1", "DEMO42-peaks-v1")
    abroad = make_run(id=3, instrument="ELSE")
    assert labels_of([side(1), replace(side(1), is_trial=True)]) == ("v1", "trial")
    assert labels_of([side(1, other), replace(side(1), is_trial=True)]) == ("43 v1", "42 trial")
    twice = [replace(side(1), is_trial=True, asked=f"trial:{id}:42") for id in "ab"]
    assert labels_of(twice) == ("trial:a:42", "trial:b:42")
    assert labels_of([side(1), side(1, abroad)]) == ("DEMO42-work-v1", "ELSE42-work-v1")
