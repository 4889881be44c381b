"""One reduction as a comparison sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
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
    asked:
        The name that it was asked for by, where that is not the reduction's.
    folder:
        Its folder; None where that is not looked at.
    is_trial:
        Whether it is the result of a trial.
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
    asked: str = ""
    folder: Path | None = None
    is_trial: bool = False
    units: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    environment: Snapshot | None = None
    declared: Declared = field(default_factory=Declared)
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What tells it from the others."""
        return self.asked or self.reduction.name

    @property
    def run_key(self) -> tuple[str, str]:
        """What tells its run from others, in the catalogue and in trials."""
        return self.run.instrument, self.run.name


def labels_of(sides: Sequence[Side]) -> tuple[str, ...]:
    """Return names as short as tells the reductions apart: `v2`, `241391 v2`, `trial`, or the whole name."""
    names = tuple(side.name for side in sides)
    if len({(side.reduction.template, side.run.instrument) for side in sides}) > 1:
        return names
    one_run = len({side.run.name for side in sides}) == 1
    labels = tuple(
        f"{'' if one_run else f'{side.run.name} '}{_version_words(side)}" for side in sides
    )
    return labels if len(set(labels)) == len(labels) else names


def _version_words(side: Side) -> str:
    return "trial" if side.is_trial else f"v{side.reduction.version}"
