"""Which reductions many runs would get again, as far as that can be said without looking at each run's folder."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from pydantic import Field, JsonValue

from nbreduce.catalogue import bulk
from nbreduce.catalogue.bulk import FoundRun, Past
from nbreduce.domain.errors import NbreduceError
from nbreduce.domain.model import Model, Values
from nbreduce.domain.parameters import SUPPLIED, Value
from nbreduce.domain.run import RunMetadata
from nbreduce.domain.template import Instrument, Template
from nbreduce.execution.desk import asked_before
from nbreduce.planning.numbers import count_numbers, format_ranges, parse_ranges
from nbreduce.planning.precedence import layers_for
from nbreduce.planning.review import review
from nbreduce.templates.library import TemplateLibrary
from nbreduce.workspace import Workspace

MAX_RERUNS = 10_000


class Choice(Model):
    """Which reductions are rerun, and with which values changed.

    Attributes
    ----------
    names:
        Reductions by name; or else, by `instrument` and `runs`, the newest of each run.
    template:
        Only those by this template.
    runs:
        Run numbers and ranges of them, as in ``241300-241391, 241395``.
    """

    names: tuple[str, ...] = ()
    instrument: str | None = Field(default=None, max_length=200)
    template: str | None = Field(default=None, max_length=200)
    runs: str = Field(default="", max_length=200_000)
    parameters: Values = Field(default_factory=dict)


class ChoiceError(NbreduceError):
    """A choice of reductions that cannot be rerun in one go."""


class Change(Model):
    """A value that would be another one."""

    before: JsonValue
    after: JsonValue


@dataclass(frozen=True, slots=True)
class Planned:
    """One rerun of many: of what, and which values would be other ones."""

    past: Past
    changes: dict[str, Change]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What was chosen and is not rerun, and why: a run or several, or a reduction."""

    what: str
    problem: str
    count: int = 1


@dataclass
class Draft:
    """What would be rerun, and what not; `templates` has the sha256 of each, by ``INSTRUMENT/template``."""

    planned: list[Planned] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    templates: dict[str, str] = field(default_factory=dict)

    def reasons(self) -> Counter[str]:
        """Count what is left out by why."""
        counts: Counter[str] = Counter()
        for one in self.left_out:
            counts[one.problem] += one.count
        return counts


def draft(workspace: Workspace, choice: Choice) -> Draft:
    """Find what a choice names, and plan it.

    Raises
    ------
    NbreduceError
        Nothing is chosen, or more than can be rerun in one go, or the instrument is not known.
    """
    found, left_out = _by_name(workspace, choice) if choice.names else _by_run(workspace, choice)
    planner = _Planner(workspace.library, choice.parameters)
    made = Draft(left_out=left_out)
    for past in found:
        changes, problem = planner.plan(past)
        if problem is None:
            made.planned.append(Planned(past, changes))
        else:
            made.left_out.append(LeftOut(past.name, problem))
    made.templates = planner.hashes()
    return made


def _by_name(workspace: Workspace, choice: Choice) -> tuple[list[Past], list[LeftOut]]:
    if choice.instrument or choice.runs:
        raise ChoiceError("choose reductions by name or runs by number, not both")
    names = list(dict.fromkeys(choice.names))
    _limit(len(names), "reductions")
    with workspace.catalogue.read() as session:
        known = bulk.named_reductions(session, names)
    missing = [LeftOut(name, "there is no such reduction") for name in names if name not in known]
    return [known[name] for name in names if name in known], missing


def _by_run(workspace: Workspace, choice: Choice) -> tuple[list[Past], list[LeftOut]]:
    if not choice.instrument:
        raise ChoiceError("nothing is chosen", "Name reductions, or an instrument and its runs")
    workspace.library.instrument(choice.instrument)
    ranges = parse_ranges(choice.runs)
    _limit(count_numbers(ranges), "runs")
    with workspace.catalogue.read() as session:
        runs = bulk.runs_within(session, choice.instrument, ranges)
        found = bulk.newest_reductions(session, choice.instrument, ranges, choice.template)
    _limit(len(found), "reductions")
    reduced = {past.run_id for past in found}
    left_out = [_unreduced(run, choice) for run in runs if run.id not in reduced]
    return found, [*left_out, *_unknown(ranges, {run.run_number for run in runs})]


def _limit(count: int, what: str) -> None:
    if count > MAX_RERUNS:
        raise ChoiceError(
            f"{count} {what} are too many for one request: {MAX_RERUNS} at most",
            "Ask for them in parts",
        )


def _unreduced(run: FoundRun, choice: Choice) -> LeftOut:
    by = f" by {choice.template}" if choice.template else ""
    words = f"skipped: {run.skipped}" if run.skipped else f"has not been reduced{by}"
    return LeftOut(run.name, words)


def _unknown(ranges: Iterable[tuple[int, int]], known: set[int]) -> list[LeftOut]:
    missing = [
        number for first, last in ranges for number in range(first, last + 1) if number not in known
    ]
    gaps = parse_ranges(format_ranges(missing)) if missing else ()
    return [
        LeftOut(
            str(first) if first == last else f"{first}-{last}",
            "there is no such run",
            last - first + 1,
        )
        for first, last in gaps
    ]


_Outcome = tuple[dict[str, Value], str | None]


class _Planner:
    """Plans one reduction after another; what they share is read and checked once."""

    def __init__(self, library: TemplateLibrary, changes: Values) -> None:
        self._library = library
        self._changes = changes
        self._instruments: dict[str, Instrument | NbreduceError] = {}
        self._templates: dict[tuple[str, str], Template | NbreduceError] = {}
        self._outcomes: dict[tuple[str, str, str], _Outcome] = {}

    def plan(self, past: Past) -> tuple[dict[str, Change], str | None]:
        """Return the values that would be other ones, and why it cannot be rerun, None where it can."""
        if past.path is None:
            return {}, "its run has no file"
        values, problem = self._values(past)
        if problem is not None:
            return {}, problem
        return _changes(past.parameters, values), None

    def hashes(self) -> dict[str, str]:
        """Return the sha256 of each template that was used."""
        return {
            f"{instrument}/{name}": one.sha256
            for (instrument, name), one in self._templates.items()
            if isinstance(one, Template)
        }

    def _values(self, past: Past) -> _Outcome:
        instrument, template = self._instrument(past), self._template(past)
        for one in (instrument, template):
            if isinstance(one, NbreduceError):
                return {}, str(one)
        assert isinstance(instrument, Instrument) and isinstance(template, Template)
        stored = {name: Value.model_validate(one) for name, one in past.parameters.items()}
        request = {**asked_before(template, stored), **self._changes}
        run = RunMetadata.model_construct(run_number=past.run_number, experiment=past.experiment)
        layers = layers_for(instrument, template.name, run, request)
        # Most of many runs are given the same values by the same layers.
        key = (past.instrument, past.template, json.dumps(layers, sort_keys=True))
        if key not in self._outcomes:
            settable = [one for one in template.parameters if not one.supplied]
            values, problems = review(settable, layers, {})
            words = "; ".join(f"{one.where} {one.message}".strip() for one in problems)
            self._outcomes[key] = values, words or None
        return self._outcomes[key]

    def _instrument(self, past: Past) -> Instrument | NbreduceError:
        if past.instrument not in self._instruments:
            try:
                self._instruments[past.instrument] = self._library.instrument(past.instrument)
            except NbreduceError as error:
                self._instruments[past.instrument] = error
        return self._instruments[past.instrument]

    def _template(self, past: Past) -> Template | NbreduceError:
        key = (past.instrument, past.template)
        if key not in self._templates:
            try:
                self._templates[key] = self._library.template(*key)
            except NbreduceError as error:
                self._templates[key] = error
        return self._templates[key]


def _changes(before: dict[str, Any], after: dict[str, Value]) -> dict[str, Change]:
    return {
        name: Change(before=before[name]["value"] if name in before else None, after=one.value)
        for name, one in after.items()
        if name not in SUPPLIED and (name not in before or before[name]["value"] != one.value)
    }
