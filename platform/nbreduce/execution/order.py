"""What a worker is told to do."""

from pathlib import Path

from nbreduce.domain.model import Model, Time
from nbreduce.domain.reduction import Reduction, Run
from nbreduce.domain.template import TemplateMetadata
from nbreduce.kernels.rules import KeepRules


class WorkOrder(Model):
    """One attempt at one reduction: all that a worker needs, on whatever node it is.

    `template_folder` holds the template as it was when the reduction was planned, `kernel_path` the modules that
    notebooks use of nbreduce, `base` the reduction of which this one is a rerun, `keep` how long its kernel stays.
    A `trial` is none of the archive's reductions, and its record says so.
    """

    run: Run
    reduction: Reduction
    base: Reduction | None = None
    template: TemplateMetadata
    template_folder: Path
    kernel_path: Path
    archive: Path
    kernelspec: str
    ask_index: bool
    manifest_timeout: float
    keep: KeepRules | None = None
    trial: bool = False

    @property
    def attempt(self) -> int:
        """Number of the attempt."""
        return self.reduction.attempts[-1].number

    @property
    def key(self) -> str:
        """Name of the attempt, unique for all time."""
        return f"{self.reduction.name}.{self.attempt}"


class Started(Model):
    """A worker's word that it began with an attempt."""

    key: str
    time: Time
    worker: str


class CellProgress(Model):
    """A worker's word on where an attempt stands."""

    key: str
    cell: int
    cells: int
    status: str
    heading: str
    seconds: float | None
