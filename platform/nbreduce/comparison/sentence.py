"""One sentence that says how reductions differ."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from nbreduce.comparison.model import Agreement, CurveComparison, PlotComparison, Section

_NAMED = 3
_CLOSE = 0.05
_UNIT = re.compile(r" / (?P<slash>.+)$|[\[(](?P<bracket>[^\])]+)[\])]$")
# What makes two reductions not the same.
_MATTERS = {"run", "parameters", "template", "environment", "inputs"}


def same(sections: Sequence[Section]) -> bool:
    """Say whether inputs, template, parameters and environment are the same."""
    return not _MATTERS & {section.name for section in sections}


def sentence(
    labels: dict[str, str],
    sections: Sequence[Section],
    plots: Sequence[PlotComparison],
    ended: bool = True,
) -> str:
    """Say what differs, and how far the first curve of the first plot is apart.

    Parameters
    ----------
    labels:
        Short names by the reductions' names, the reference first.
    ended:
        Whether all have ended.
    """
    told = _curve_words(labels, plots[0]) if plots else ""
    alike = same(sections)
    first = _same_words(len(labels), ended) if alike else _differing_words(labels, sections)
    return "; ".join(filter(None, [first, told])) + "."


def _same_words(count: int, ended: bool) -> str:
    who = "These two" if count == 2 else f"These {count}"
    if not ended:
        return f"{who} are the same so far: same template and parameters"
    return f"{who} are the same: same inputs, template, parameters and environment"


def _differing_words(labels: dict[str, str], sections: Sequence[Section]) -> str:
    reference, *others = labels.values()
    verb = "differs" if len(others) == 1 else "differ"
    return f"{_listed(others)} {verb} from {reference} in {_listed(_what(sections))}"


def _what(sections: Sequence[Section]) -> list[str]:
    rows = {section.name: section.rows for section in sections}
    words = ["the run"] if "run" in rows else []
    names = [row.what for row in rows.get("parameters", ())]
    words += names if len(names) <= _NAMED else [f"{len(names)} parameters"]
    words += ["the template"] if "template" in rows else []
    if "environment" in rows:
        packages = sum(1 for row in rows["environment"] if " " in row.what)
        counted = {0: "", 1: " (1 package)"}.get(packages, f" ({packages} packages)")
        words.append(f"the environment{counted}")
    if "inputs" in rows and "run" not in rows:
        words.append("the input files")
    return words


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _curve_words(labels: dict[str, str], plot: PlotComparison) -> str:
    curve = plot.curves[0]
    unit = unit_of(plot.x_label)
    if len(curve.agreements) == 1:
        return f"{curve.curve} {agreement_words(curve, curve.agreements[0], unit)}"
    each = [
        f"{labels[one.reduction]} {agreement_words(curve, one, unit)}" for one in curve.agreements
    ]
    return f"{curve.curve} of {', of '.join(each)}"


def agreement_words(curve: CurveComparison, one: Agreement, unit: str) -> str:
    """Say how far a curve is from its reference."""
    if one.why:
        return f"cannot be subtracted: {one.why}"
    where = range_words(curve.span, one, unit)
    if one.greatest == 0:
        return f"is identical{where}"
    chi2 = "" if one.chi2 is None else f" (χ² per point {one.chi2:.2g})"
    if one.relative is None:
        return f"differs by up to {one.greatest:.2g}{where}{chi2}"
    how = "agrees within" if one.relative <= _CLOSE else "differs by up to"
    return f"{how} {percent(one.relative)} of its maximum{where}{chi2}"


def percent(fraction: float) -> str:
    """Write a bound as per cent, rounded up to two digits."""
    value = 100 * fraction
    if not math.isfinite(value) or value <= 0:
        return "0 %" if value == 0 else "any amount"
    step = 10.0 ** (math.floor(math.log10(value)) - 1)
    return f"{math.ceil(value / step - 1e-9) * step:.2g} %" if value < 100 else f"{value:.0f} %"


def range_words(span: tuple[float, float] | None, one: Agreement, unit: str) -> str:
    """Say where two curves were compared, unless it is everywhere."""
    if span is None or one.low is None or one.high is None:
        return ""
    width = span[1] - span[0]
    if width <= 0:
        return ""
    digits = max(0, 2 - math.floor(math.log10(width)))
    low, high = (f"{value:.{digits}f}" for value in (one.low, one.high))
    after, before = one.low > span[0] + width / 100, one.high < span[1] - width / 100
    of = f" {unit}" if unit else ""
    if after and before:
        return f" from {low} to {high}{of}"
    if after:
        return f" above {low}{of}"
    return f" below {high}{of}" if before else ""


def unit_of(label: str) -> str:
    """Return the unit in an axis label: `d / Å`, `time (µs)` or `time [µs]`; empty where there is none."""
    found = _UNIT.search(label)
    return (found["slash"] or found["bracket"]) if found else ""
