"""What differs between reductions, and only that."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import PurePath

from pydantic import JsonValue

from nbreduce.comparison.model import Entry, Kind, Row, Section, SectionName
from nbreduce.comparison.side import Side
from nbreduce.domain.parameters import Source
from nbreduce.domain.reduction import Reduction, Run
from nbreduce.domain.states import ENDED

_SECONDS = 0.5
_FACTOR = 1.5


def differing(sides: Sequence[Side]) -> tuple[Section, ...]:
    """Return what differs, section by section; sections without a difference are left out.

    What a reduction has only when it has ended is no difference before all have.
    """
    parts: dict[SectionName, Callable[[Sequence[Side]], Iterable[Row | None]]] = {
        "run": _run,
        "parameters": _parameters,
        "template": _template,
        "environment": _environment,
        "inputs": _inputs,
        "outcome": _outcome,
        "timings": _timings,
    }
    if not all(side.reduction.state in ENDED for side in sides):
        parts |= {"environment": _environments, "inputs": _nothing, "timings": _nothing}
    found = ((name, tuple(filter(None, rows(sides)))) for name, rows in parts.items())
    return tuple(Section(name=name, rows=rows) for name, rows in found if rows)


def _row(
    what: str, values: Iterable[JsonValue], kind: Kind = "value", unit: str = ""
) -> Row | None:
    entries = [None if value is None else Entry(value=value) for value in values]
    return _unless_same(Row(what=what, unit=unit, kind=kind, entries=tuple(entries)))


def _unless_same(row: Row) -> Row | None:
    # As JSON, since to Python True is 1.
    told = {None if one is None else json.dumps(one.value, sort_keys=True) for one in row.entries}
    return row if len(told) > 1 else None


def _run(sides: Sequence[Side]) -> Iterator[Row | None]:
    if len({(side.run.instrument, side.run.name) for side in sides}) == 1:
        return
    told: dict[str, Callable[[Run], JsonValue]] = {
        "instrument": lambda run: run.instrument,
        "run": lambda run: run.name,
        "title": lambda run: run.title,
        "experiment": lambda run: run.experiment,
        "counts": lambda run: run.counts,
        "users": lambda run: ", ".join(run.users),
    }
    for what, value in told.items():
        yield _row(what, [value(side.run) for side in sides])
    for what, times in {
        "start": [side.run.start for side in sides],
        "end": [side.run.end for side in sides],
    }.items():
        yield _row(what, map(_time, times), "time")


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _parameters(sides: Sequence[Side]) -> Iterator[Row | None]:
    """Give values that people or the platform chose; supplied ones follow from the run."""
    names = dict.fromkeys(name for side in sides for name in side.reduction.parameters)
    for name in names:
        values = [side.reduction.parameters.get(name) for side in sides]
        if any(value is not None and value.source is Source.SUPPLIED for value in values):
            continue
        entries = [
            None if value is None else Entry(value=value.value, detail=str(value.source))
            for value in values
        ]
        unit = next((side.units[name] for side in sides if side.units.get(name)), "")
        yield _unless_same(Row(what=name, unit=unit, entries=tuple(entries)))


def _template(sides: Sequence[Side]) -> Iterator[Row | None]:
    yield _row("template", [side.reduction.template for side in sides])
    yield _row("content", [side.reduction.template_sha256 for side in sides], "digest")
    yield _row("commit", [side.reduction.template_commit or None for side in sides], "digest")
    if all(side.files for side in sides):
        for name in sorted({name for side in sides for name in side.files}):
            yield _row(f"file {name}", [side.files.get(name) for side in sides], "digest")


def _nothing(_: Sequence[Side]) -> tuple[Row, ...]:
    return ()


def _environments(sides: Sequence[Side]) -> Iterator[Row | None]:
    yield _row("environment", [side.reduction.environment for side in sides])


def _environment(sides: Sequence[Side]) -> Iterator[Row | None]:
    yield from _environments(sides)
    manifests = (side.reduction.manifest for side in sides)
    yield _row("manifest", [None if one is None else one.sha256 for one in manifests], "digest")
    yield from _packages(sides)


def _packages(sides: Sequence[Side]) -> Iterator[Row | None]:
    from nbreduce.environments.services import compare

    reference, *others = [side.environment for side in sides]
    if reference is None:
        return
    found = [
        {} if one is None else {each.subject: each for each in compare(reference, one)}
        for one in others
    ]
    befores = {subject: one.before for each in found for subject, one in each.items()}
    for subject, before in sorted(befores.items()):
        values: list[str | None] = [before or None]
        for each, environment in zip(found, others, strict=True):
            same = before if environment is not None else ""
            values.append((each[subject].after if subject in each else same) or None)
        yield _row(subject, values)


def _inputs(sides: Sequence[Side]) -> Iterator[Row | None]:
    most = max(len(side.reduction.inputs) for side in sides)
    for index in range(most):
        given = [
            side.reduction.inputs[index] if index < len(side.reduction.inputs) else None
            for side in sides
        ]
        if len({None if one is None else one.sha256 for one in given}) == 1:
            continue
        entries = [
            None
            if one is None
            else Entry(value=one.sha256, detail=f"{PurePath(one.path).name}, {_size(one.size)}")
            for one in given
        ]
        what = "file" if most == 1 else f"file {index + 1}"
        yield Row(what=what, kind="digest", entries=tuple(entries))


def _size(size: int) -> str:
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= factor:
            return f"{size / factor:.1f} {unit}"
    return f"{size} B"


def _outcome(sides: Sequence[Side]) -> Iterator[Row | None]:
    reductions = [side.reduction for side in sides]
    yield _row("state", [str(one.state) for one in reductions])
    yield _row("failure", [None if one.failure is None else str(one.failure) for one in reductions])
    yield _row("reason", [one.reason or None for one in reductions])
    yield _row("warnings", ["\n".join(one.warnings) or None for one in reductions])
    ended = all(one.state in ENDED for one in reductions)
    if ended and len({side.run_key for side in sides}) == 1:
        yield _row("outputs", [", ".join(each.path for each in one.outputs) for one in reductions])


def _timings(sides: Sequence[Side]) -> Iterator[Row | None]:
    """Give times that differ by more than chance makes them."""
    reductions = [side.reduction for side in sides]
    yield _seconds("the whole", [_took(one) for one in reductions])
    by_cell = [{each.cell: each.seconds for each in one.timings} for one in reductions]
    for cell in sorted({cell for each in by_cell for cell in each}):
        yield _seconds(f"cell {cell}", [each.get(cell) for each in by_cell])


def _took(reduction: Reduction) -> float | None:
    if reduction.started is None or reduction.ended is None:
        return None
    return (reduction.ended - reduction.started).total_seconds()


def _seconds(what: str, values: Sequence[float | None]) -> Row | None:
    known = [value for value in values if value is not None]
    if not known or max(known) - min(known) < _SECONDS or max(known) < _FACTOR * min(known):
        return None
    return _row(what, [None if one is None else round(one, 2) for one in values], unit="s")
