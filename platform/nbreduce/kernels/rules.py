"""Which kept kernels must go. Pure."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from nbreduce.domain.model import Model
from nbreduce.kernels.registry import KeptKernel


class KeepRules(Model):
    """How long, and how many, kernels are kept.

    Attributes
    ----------
    folder:
        Of the registry.
    seconds:
        How long one is kept.
    at_most:
        How many are kept on one machine; the newest win.
    memory:
        Bytes that must stay available; with less, none is kept.
    """

    folder: Path
    seconds: float
    at_most: int
    memory: float


def overdue(
    kept: Iterable[KeptKernel], rules: KeepRules, now: datetime, available: float
) -> set[str]:
    """Return the reductions whose kernels must go.

    Parameters
    ----------
    kept:
        All that are kept on this machine.
    available:
        Memory in bytes that is available.
    """
    newest_first = sorted(kept, key=lambda one: one.since, reverse=True)
    stay = [] if available < rules.memory else newest_first[: rules.at_most]
    names = {one.reduction for one in stay if one.until > now}
    return {one.reduction for one in newest_first} - names
