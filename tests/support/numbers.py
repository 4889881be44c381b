"""Numbers of a benchmark, in words."""

import statistics
from collections.abc import Callable, Sequence

Show = Callable[..., None]


def spread(seconds: Sequence[float]) -> str:
    """Say median and maximum."""
    return (
        f"median {statistics.median(seconds):.3f} s, maximum {max(seconds):.3f} s of {len(seconds)}"
    )
