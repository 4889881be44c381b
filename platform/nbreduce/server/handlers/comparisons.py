"""Comparisons of reductions."""

from pydantic import Field

from nbreduce.comparison.model import CellsComparison, Comparison, OverlaidPlot
from nbreduce.comparison.service import MOST, cells, compare, overlay
from nbreduce.domain.model import Model
from nbreduce.server.base import ResourceHandler
from nbreduce.server.operation import operation


class ComparisonQuery(Model):
    """Which reductions, the reference first."""

    name: tuple[str, ...] = Field(min_length=2, max_length=MOST)


class PairQuery(Model):
    """Which two reductions, the reference first."""

    name: tuple[str, ...] = Field(min_length=2, max_length=2)


class OverlaidPlots(Model):
    """The plots that reductions have in common, laid over each other."""

    plots: tuple[OverlaidPlot, ...]


class ComparisonHandler(ResourceHandler):
    """`/comparison`."""

    @operation("Say what differs between reductions", Comparison, query=ComparisonQuery)
    def get(self, query: ComparisonQuery) -> Comparison:
        """Compare reductions."""
        return compare(self.workspace, query.name)


class ComparisonPlotsHandler(ResourceHandler):
    """`/comparison/plots`."""

    @operation(
        "Lay the plots of reductions over each other, with their differences",
        OverlaidPlots,
        query=ComparisonQuery,
    )
    def get(self, query: ComparisonQuery) -> OverlaidPlots:
        """Draw the plots that reductions have in common."""
        return OverlaidPlots(plots=overlay(self.workspace, query.name))


class ComparisonCellsHandler(ResourceHandler):
    """`/comparison/cells`."""

    @operation("Compare the cells of two reductions' notebooks", CellsComparison, query=PairQuery)
    def get(self, query: PairQuery) -> CellsComparison:
        """Compare cells."""
        return cells(self.workspace, query.name)
