"""Comparisons of reductions."""

from pydantic import Field

from nbreduce.comparison.model import CellsComparison, Comparison, OverlaidPlot
from nbreduce.comparison.service import MOST, cells, compare, overlay
from nbreduce.domain.model import Model
from nbreduce.server.base import ResourceHandler
from nbreduce.server.operation import operation
from nbreduce.trials.folder import Trials


class ComparisonQuery(Model):
    """Which reductions, the reference first."""

    name: tuple[str, ...] = Field(min_length=2, max_length=MOST)


class PairQuery(Model):
    """Which two reductions, the reference first."""

    name: tuple[str, ...] = Field(min_length=2, max_length=2)


class OverlaidPlots(Model):
    """The plots that reductions have in common, laid over each other."""

    plots: tuple[OverlaidPlot, ...]


class ComparisonMixin(ResourceHandler):
    """What handlers of comparisons share."""

    @property
    def trials(self) -> Trials:
        """The trials of the person who asks: their results can be compared too."""
        return Trials(self.workspace.path, self.person)


class ComparisonHandler(ComparisonMixin):
    """`/comparison`."""

    @operation("Say what differs between reductions", Comparison, query=ComparisonQuery)
    def get(self, query: ComparisonQuery) -> Comparison:
        """Compare reductions."""
        return compare(self.workspace, query.name, self.trials)


class ComparisonPlotsHandler(ComparisonMixin):
    """`/comparison/plots`."""

    @operation(
        "Lay the plots of reductions over each other, with their differences",
        OverlaidPlots,
        query=ComparisonQuery,
    )
    def get(self, query: ComparisonQuery) -> OverlaidPlots:
        """Draw the plots that reductions have in common."""
        return OverlaidPlots(plots=overlay(self.workspace, query.name, self.trials))


class ComparisonCellsHandler(ComparisonMixin):
    """`/comparison/cells`."""

    @operation("Compare the cells of two reductions' notebooks", CellsComparison, query=PairQuery)
    def get(self, query: PairQuery) -> CellsComparison:
        """Compare cells."""
        return cells(self.workspace, query.name, self.trials)
