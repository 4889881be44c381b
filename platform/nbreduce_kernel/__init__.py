"""What a notebook needs while it reduces a run: declare outputs, report progress, show plots.

The package is put on a kernel's path alone, into environments that need not hold anything else of
nbreduce. Importing it needs the standard library only; Bokeh, ipywidgets and IPython are imported
by the functions that use them.
"""

from nbreduce_kernel import controls, plots
from nbreduce_kernel.outputs import keep, publish, scratch
from nbreduce_kernel.progress import progress

__all__ = ["controls", "keep", "plots", "progress", "publish", "scratch"]
