"""Comparing reductions of a workspace."""

from __future__ import annotations

from collections.abc import Sequence

from nbreduce.comparison.cells import compare_cells
from nbreduce.comparison.differences import differing
from nbreduce.comparison.gather import executed_notebook, gather, with_environments
from nbreduce.comparison.model import (
    CellsComparison,
    Compared,
    Comparison,
    OverlaidPlot,
    PlotComparison,
)
from nbreduce.comparison.sentence import same, sentence
from nbreduce.comparison.shared import plot_comparison, shared_plots
from nbreduce.comparison.side import Side, labels_of
from nbreduce.comparison.source import source_of
from nbreduce.domain.errors import Conflict, NbreduceError
from nbreduce.domain.states import ENDED
from nbreduce.trials.folder import Trials
from nbreduce.workspace import Workspace

MOST = 8


class ComparisonError(NbreduceError):
    """Reductions that cannot be compared."""


def compare(workspace: Workspace, names: Sequence[str], trials: Trials | None = None) -> Comparison:
    """Say what differs between reductions, and how far their curves are apart.

    Parameters
    ----------
    names:
        Two to eight different reductions, the reference first.
    trials:
        Whose results can be named too; see `trial_name`.

    Raises
    ------
    ComparisonError
        There are fewer, or more, or one is named twice.
    NotFound
        One of them does not exist.
    """
    sides = with_environments(_sides(workspace, names, trials))
    labels = labels_of(sides)
    ended = all(side.reduction.state in ENDED for side in sides)
    sections = differing(sides)
    plots = [
        plot_comparison(one) for one in shared_plots([(side.name, side.declared) for side in sides])
    ]
    by_name = {side.name: label for side, label in zip(sides, labels, strict=True)}
    notes = [f"{by_name[side.name]}: {note}" for side in sides for note in side.notes]
    return Comparison(
        reductions=tuple(_compared(side, label) for side, label in zip(sides, labels, strict=True)),
        sentence=sentence(by_name, sections, plots, ended),
        same=ended and same(sections),
        sections=sections,
        plots=tuple(plots),
        notes=(*notes, *_about_errors(sides, plots)),
    )


def overlay(
    workspace: Workspace, names: Sequence[str], trials: Trials | None = None
) -> tuple[OverlaidPlot, ...]:
    """Draw the plots that reductions have in common over each other; see `compare` for what is raised."""
    from nbreduce.comparison.overlay import overlaid

    sides = _sides(workspace, names, trials)
    labels = dict(zip((side.name for side in sides), labels_of(sides), strict=True))
    plots = shared_plots([(side.name, side.declared) for side in sides])
    return tuple(overlaid(plot, labels) for plot in plots)


def cells(
    workspace: Workspace, names: Sequence[str], trials: Trials | None = None
) -> CellsComparison:
    """Compare the cells of two reductions' notebooks.

    Raises
    ------
    ComparisonError
        It is not two different ones.
    NotFound
        One of them does not exist.
    Conflict
        One of them has not ended.
    NotebookUnreadable
        One of the notebooks is not there, or damaged.
    CellsTooLarge
        There is too much to compare.
    """
    if len(names) != 2:
        raise ComparisonError("cells are compared between two reductions", "Name two")
    found = [source_of(workspace, name, trials) for name in _checked(names)]
    for source in found:
        if source.reduction.state not in ENDED:
            raise Conflict(
                f"{source.name} is {source.reduction.state}", "Compare its cells when it has ended"
            )
    before, after = ((source.name, executed_notebook(source.notebook)) for source in found)
    return compare_cells(before, after)


def _checked(names: Sequence[str]) -> Sequence[str]:
    if not 2 <= len(names) <= MOST:
        few, many = "one reduction alone", f"{len(names)} reductions"
        what = (
            f"{few} cannot be compared" if len(names) < 2 else f"{many} cannot be compared at once"
        )
        raise ComparisonError(what, f"Name two to {MOST} of them")
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ComparisonError(f"{twice[0]!r} is named twice", "Name different reductions")
    return names


def _sides(workspace: Workspace, names: Sequence[str], trials: Trials | None) -> list[Side]:
    return [gather(source_of(workspace, name, trials)) for name in _checked(names)]


def _compared(side: Side, label: str) -> Compared:
    return Compared(
        name=side.name,
        label=label,
        instrument=side.run.instrument,
        run=side.run.name,
        title=side.run.title,
        template=side.reduction.template,
        version=side.reduction.version,
        state=side.reduction.state,
    )


def _about_errors(sides: Sequence[Side], plots: Sequence[PlotComparison]) -> list[str]:
    runs = {side.name: side.run_key for side in sides}
    shared = any(
        one.chi2 and runs[one.reduction] == runs[plot.reference]
        for plot in plots
        for curve in plot.curves
        for one in curve.agreements
    )
    if not shared:
        return []
    return [
        "versions of one run share its counts, but errors are combined as of independent measurements: "
        "their χ² is smaller than it would be for two runs"
    ]
