"""Reducing many runs again in one go: planned first, then filed."""

from collections.abc import Iterable
from uuid import uuid4

from pydantic import Field

from nbreduce.bulk_draft import Change, Choice, ChoiceError, Draft, Planned, draft
from nbreduce.catalogue import bulk
from nbreduce.catalogue.bulk import BulkState
from nbreduce.domain.errors import NotFound
from nbreduce.domain.model import Model, Values
from nbreduce.domain.states import ENDED
from nbreduce.reruns import refuse_changed_template
from nbreduce.templates.values import parse_assignments, parse_request
from nbreduce.workspace import Workspace


class BulkLine(Model):
    """One rerun of many; or, where `problem` says why not, what was chosen and is left out.

    Attributes
    ----------
    run:
        A run, or runs as a range, or the name of a reduction that is not known.
    reduction, version:
        What is rerun.
    new_version:
        The version that would be made, if no other is made meanwhile.
    """

    run: str
    reduction: str | None = None
    version: int | None = None
    new_version: int | None = None
    changes: dict[str, Change] = Field(default_factory=dict)
    problem: str | None = None


class BulkPlan(Model):
    """What many reruns would be; of the list, first what would be made, a part at a time.

    Attributes
    ----------
    reruns, left_out:
        How many reductions would be made, and how many of what was chosen would not.
    reasons:
        Why not, the most frequent first, with how many for each.
    templates:
        sha256 of each template that would be used, by ``INSTRUMENT/template``.
    total:
        Length of the whole list.
    """

    reruns: int
    left_out: int
    reasons: dict[str, int]
    templates: dict[str, str]
    total: int
    offset: int
    lines: tuple[BulkLine, ...]


class BulkFiled(Model):
    """Reruns that were filed, and under which key they are followed."""

    bulk: str
    reruns: int


def plan_many(workspace: Workspace, choice: Choice, offset: int = 0, limit: int = 200) -> BulkPlan:
    """Say what reruns in bulk would be; nothing is filed. See `draft` for what is raised."""
    made = draft(workspace, choice)
    versions = _new_versions(workspace, made.planned[: offset + limit])
    lines = [_line(one, version) for one, version in zip(made.planned, versions, strict=False)]
    rest = max(offset - len(made.planned), 0)
    left_out = made.left_out[rest : rest + limit - len(lines[offset:])]
    reasons = made.reasons()
    return BulkPlan(
        reruns=len(made.planned),
        left_out=reasons.total(),
        reasons=dict(reasons.most_common(20)),
        templates=made.templates,
        total=len(made.planned) + len(made.left_out),
        offset=offset,
        lines=(
            *lines[offset:],
            *(BulkLine(run=one.what, problem=one.problem) for one in left_out),
        ),
    )


def file_many(
    workspace: Workspace,
    choice: Choice,
    requested_by: str,
    seen: dict[str, str] | None = None,
    key: str | None = None,
) -> BulkFiled:
    """Ask for reruns of all that can be rerun of a choice, in one transaction.

    Parameters
    ----------
    seen:
        sha256 of the templates that the values were chosen by, as in `BulkPlan.templates`.
    key:
        Made up by whoever asks: what is asked for again under the same key is filed once.

    Raises
    ------
    ChoiceError
        Nothing of it can be rerun.
    Conflict
        A template is another one now, or the key was used for something else.
    NbreduceError
        As by `draft`.
    """
    name = key or uuid4().hex
    made = draft(workspace, choice)
    with workspace.catalogue.write() as session:
        if earlier := bulk.count_bulk(session, name, choice.parameters):
            return BulkFiled(bulk=name, reruns=earlier)
        for template, sha256 in made.templates.items():
            refuse_changed_template(template, (seen or {}).get(template), sha256)
        if not made.planned:
            raise ChoiceError(_nothing(made))
        names = [one.past.name for one in made.planned]
        bulk.add_bulk(session, name, names, requested_by, choice.parameters)
    return BulkFiled(bulk=name, reruns=len(names))


def bulk_state(workspace: Workspace, name: str) -> BulkState:
    """Say how reruns that were filed in bulk stand.

    Raises
    ------
    NotFound
        There are none under this key any more.
    """
    with workspace.catalogue.read() as session:
        state = bulk.bulk_state(session, name)
    if state is None:
        raise NotFound(
            f"there are no reruns filed as {name}",
            "They are kept for a day after the last was answered",
        )
    return state


def ended_bulk(workspace: Workspace, name: str) -> BulkState | None:
    """Return how reruns that were filed in bulk stand once all have ended."""
    state = bulk_state(workspace, name)
    return None if state.waiting or state.states.keys() - ENDED else state


def typed_choice(workspace: Workspace, choice: Choice, assignments: Iterable[str]) -> Choice:
    """Give a choice the values of ``name=value`` texts, as the templates of what it chooses take them.

    Raises
    ------
    NbreduceError
        As by `draft`; or a value is not allowed.
    """
    texts = parse_assignments(assignments)
    if not texts:
        return choice
    values: Values = {}
    for one in draft(workspace, choice).templates:
        instrument, name = one.split("/")
        template = workspace.library.template(instrument, name)
        values |= parse_request(template.parameters, texts)
    return choice.model_copy(update={"parameters": values})


def _nothing(made: Draft) -> str:
    reasons = [f"{words} ({count})" for words, count in made.reasons().most_common(5)]
    return "none of these can be rerun: " + "; ".join(reasons)


def _line(one: Planned, new_version: int) -> BulkLine:
    return BulkLine(
        run=one.past.run,
        reduction=one.past.name,
        version=one.past.version,
        new_version=new_version,
        changes=one.changes,
    )


def _new_versions(workspace: Workspace, planned: list[Planned]) -> list[int]:
    """Return the version that each would be; several of one run and template follow each other."""
    keys = [(one.past.run_id, one.past.template) for one in planned]
    with workspace.catalogue.read() as session:
        highest = bulk.highest_versions(session, (run_id for run_id, _ in keys))
    found = []
    for key in keys:
        highest[key] += 1
        found.append(highest[key])
    return found
