"""One reduction as a comparison sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nbreduce.comparison.declared import Declared
from nbreduce.domain.reduction import Reduction, Run

if TYPE_CHECKING:
    from nbreduce.environments.snapshot import Snapshot


@dataclass(frozen=True)
class Side:
    """A reduction, and what its folder in the archive tells.

    Attributes
    ----------
    units:
        Of its parameters, by name.
    files:
        SHA-256 of the template's notebook and of the files that go beside it, by name.
    environment:
        What its manifest lists; None where that was not read.
    declared:
        Its curves.
    notes:
        What of it could not be read.
    """

    run: Run
    reduction: Reduction
    units: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    environment: Snapshot | None = None
    declared: Declared = field(default_factory=Declared)
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name of the reduction."""
        return self.reduction.name


def labels_of(sides: Sequence[Side]) -> tuple[str, ...]:
    """Return names as short as tells the reductions apart: `v2`, `241391 v2`, or the whole name."""
    if len({side.reduction.template for side in sides}) > 1:
        return tuple(side.name for side in sides)
    if len({side.run.instrument for side in sides}) > 1:
        return tuple(side.name for side in sides)
    if len({side.run.name for side in sides}) > 1:
        return tuple(f"{side.run.name} v{side.reduction.version}" for side in sides)
    return tuple(f"v{side.reduction.version}" for side in sides)
