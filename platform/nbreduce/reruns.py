"""Reducing a run again with other values: planned first, then filed."""

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path

from pydantic import Field, JsonValue

from nbreduce.catalogue import reductions
from nbreduce.catalogue.requests import KeyUsed, Request, RequestKind, add_request, find_keyed
from nbreduce.domain.errors import Conflict, NbreduceError
from nbreduce.domain.model import Model, Values
from nbreduce.domain.parameters import Source
from nbreduce.domain.reduction import Reduction, Run, reduction_name
from nbreduce.domain.states import ENDED
from nbreduce.domain.template import Template
from nbreduce.environments import EnvironmentProblem, ManifestStore, find
from nbreduce.execution.desk import RequestRefused, asked_before, metadata_of
from nbreduce.lookup import known_reduction
from nbreduce.planning.plan import supplied_values
from nbreduce.planning.precedence import layers_for
from nbreduce.planning.review import Objection, review
from nbreduce.templates.edits import Cells, EditError, edited_values
from nbreduce.templates.notebook import read_notebook, tagged_source
from nbreduce.templates.values import parse_assignments, parse_request
from nbreduce.workspace import Workspace


class Changes(Model):
    """What shall be other than it was: values by name, or cells of the notebook as they were edited."""

    parameters: Values = Field(default_factory=dict)
    cells: Cells | None = None


class PlannedParameter(Model):
    """A parameter of a planned rerun.

    Attributes
    ----------
    value, source:
        What would be used, and why.
    otherwise:
        What would be used if nothing were changed.
    before:
        What the reduction used, and why; its source is None where it had no such parameter.
    problem:
        Why the value is not allowed; None where it is.
    """

    name: str
    schema_: dict[str, JsonValue] = Field(alias="schema")
    default: JsonValue
    help: str
    unit: str
    supplied: bool
    value: JsonValue
    source: Source
    otherwise: JsonValue
    before: JsonValue
    before_source: Source | None
    problem: str | None


class EnvironmentState(StrEnum):
    """How an environment stands to what it was: unknown where either is not recorded."""

    SAME = "same"
    CHANGED = "changed"
    UNKNOWN = "unknown"


class RerunPlan(Model):
    """What a rerun would be.

    Attributes
    ----------
    changes:
        The values that were asked for, those that were read from edited cells among them.
    problems:
        All that keeps it from being filed; those of parameters stand with these too.
    warnings:
        What will probably make it fail.
    """

    reduction: str
    name: str
    version: int
    instrument: str
    run: str
    title: str
    template: str
    template_title: str
    template_sha256: str
    template_changed: bool
    environment: str
    environment_state: EnvironmentState
    parameters: tuple[PlannedParameter, ...]
    changes: Values
    problems: tuple[Objection, ...]
    warnings: tuple[str, ...]


class RerunRefused(NbreduceError):
    """A rerun that cannot be filed; `problems` holds all that is wrong."""

    def __init__(self, name: str, problems: tuple[Objection, ...]) -> None:
        words = "; ".join(f"{one.where} {one.message}".strip() for one in problems[:5])
        super().__init__(f"{name} cannot be rerun so: {words}")
        self.problems = problems


def plan_one(workspace: Workspace, name: str, changes: Changes) -> RerunPlan:
    """Say what a rerun of a reduction would be, and all that is wrong with it; nothing is filed.

    Raises
    ------
    NbreduceError
        There is no such reduction, its template is gone, or its cells were edited to something that is no value.
    """
    run, reduction = known_reduction(workspace, name)
    if run.path is None:
        raise RequestRefused(f"the run {run.instrument} {run.name} has no file")
    instrument = workspace.library.instrument(run.instrument)
    template = workspace.library.template(run.instrument, reduction.template)
    wanted = asked_values(workspace, run, reduction, changes)
    asked, metadata = asked_before(template, reduction.parameters), metadata_of(run)
    supplied = supplied_values(metadata, Path(run.path), instrument)
    (values, problems), (otherwise, _) = (
        review(
            template.parameters,
            layers_for(instrument, template.name, metadata, {**asked, **given}),
            supplied,
        )
        for given in (wanted, {})
    )
    words = {one.where: one.message for one in problems}
    version = _next_version(workspace, run, template)
    return RerunPlan(
        reduction=name,
        name=reduction_name(run.instrument, run.name, template.name, version),
        version=version,
        instrument=run.instrument,
        run=run.name,
        title=run.title,
        template=template.name,
        template_title=template.metadata.title,
        template_sha256=template.sha256,
        template_changed=template.sha256 != reduction.template_sha256,
        environment=template.metadata.environment,
        environment_state=_environment_state(workspace, template, reduction),
        parameters=tuple(
            PlannedParameter(
                **one.model_dump(by_alias=True),
                supplied=one.supplied,
                value=values[one.name].value,
                source=values[one.name].source,
                otherwise=otherwise[one.name].value,
                before=was.value if was else None,
                before_source=was.source if was else None,
                problem=words.get(one.name),
            )
            for one in template.parameters
            for was in (reduction.parameters.get(one.name),)
        ),
        changes=wanted,
        problems=problems,
        warnings=_warnings(run),
    )


def file_rerun(
    workspace: Workspace,
    name: str,
    changes: Changes,
    requested_by: str,
    seen: str | None = None,
    key: str | None = None,
) -> int:
    """Ask for a rerun of a reduction with some values changed; return the request's id.

    Parameters
    ----------
    seen:
        sha256 of the template that the values were chosen by.
    key:
        Made up by whoever asks: what is asked for again under the same key is filed once.

    Raises
    ------
    Conflict
        The template is another one now, or the key was used for something else.
    NbreduceError
        There is no such reduction, its template is gone, or a value is not allowed.
    """
    plan = plan_one(workspace, name, changes)
    with workspace.catalogue.write() as session:
        earlier = find_keyed(session, key) if key else None
        if earlier is not None:
            return _same_request(earlier, name, plan.changes)
        refuse_changed_template(plan.template, seen, plan.template_sha256)
        if plan.problems:
            raise RerunRefused(name, plan.problems)
        return add_request(session, RequestKind.RERUN, name, requested_by, plan.changes, key)


def typed_values(workspace: Workspace, name: str, assignments: Iterable[str]) -> Values:
    """Read the values of a rerun from ``name=value`` texts.

    Raises
    ------
    NbreduceError
        There is no such reduction, its template is gone, or a value is not allowed.
    """
    run, reduction = known_reduction(workspace, name)
    template = workspace.library.template(run.instrument, reduction.template)
    return parse_request(template.parameters, parse_assignments(assignments))


def asked_values(workspace: Workspace, run: Run, reduction: Reduction, changes: Changes) -> Values:
    """Return the values that are asked for, by name or by edited cells.

    Raises
    ------
    EditError
        The cells hold something that is no value of a parameter, or another value than is asked for by name.
    Conflict
        Cells are given, and the reduction has no notebook.
    """
    if changes.cells is None:
        return changes.parameters
    if reduction.state not in ENDED:
        raise Conflict(f"{reduction.name} has no notebook yet: it is {reduction.state}")
    content = read_notebook(workspace.archive.layout.notebook(run, reduction))
    archived = Cells(
        parameters=tagged_source(content, "parameters"),
        injected=tagged_source(content, "injected-parameters"),
    )
    edited = edited_values(archived, changes.cells)
    for name in edited.keys() & changes.parameters.keys():
        if edited[name] != changes.parameters[name]:
            raise EditError(
                f"{name} is {edited[name]!r} in the notebook's cells and {changes.parameters[name]!r} in the form",
                "Change it in one of them",
            )
    return {**edited, **changes.parameters}


def refuse_changed_template(name: str, seen: str | None, now: str) -> None:
    """Raise `Conflict` where a template is not the one that was seen."""
    if seen is not None and seen != now:
        raise Conflict(
            f"the template {name} was changed since these values were chosen",
            "Look at the plan again, and then rerun",
        )


def _same_request(earlier: Request, name: str, values: Values) -> int:
    if (earlier.kind, earlier.reduction, earlier.parameters) != (RequestKind.RERUN, name, values):
        raise KeyUsed
    return earlier.id


def _next_version(workspace: Workspace, run: Run, template: Template) -> int:
    with workspace.catalogue.read() as session:
        known = reductions.next_version(session, run.id, template.name)
    return max(known, workspace.archive.highest_version(run, template.name) + 1)


def _environment_state(
    workspace: Workspace, template: Template, reduction: Reduction
) -> EnvironmentState:
    name = template.metadata.environment
    configured = workspace.config.environments.get(name)
    if name != reduction.environment:
        return EnvironmentState.CHANGED
    if configured is None or reduction.manifest is None:
        return EnvironmentState.UNKNOWN
    try:
        stored = ManifestStore(workspace.archive.layout.manifests).stored(
            find(configured.kernelspec)
        )
    except EnvironmentProblem:
        return EnvironmentState.UNKNOWN
    if stored is None:
        # Recorded were all states that something ran in; this one is new.
        return EnvironmentState.CHANGED
    same = stored.sha256 == reduction.manifest.sha256
    return EnvironmentState.SAME if same else EnvironmentState.CHANGED


def _warnings(run: Run) -> tuple[str, ...]:
    path = Path(run.path or "")
    return () if path.is_file() else (f"the run's file {path} is not there now",)
