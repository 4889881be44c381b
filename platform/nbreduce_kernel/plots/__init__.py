"""Plots that stay alive in an executed notebook, without kernel, network or trust prompt."""

from nbreduce_kernel.plots.figure import curves
from nbreduce_kernel.plots.show import PlotHandle, show

__all__ = ["PlotHandle", "curves", "show"]
