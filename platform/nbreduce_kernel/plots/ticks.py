"""Ticks of an axis at round numbers."""

from __future__ import annotations

import itertools
import math


def linear_ticks(low: float, high: float, count: int = 6) -> list[float]:
    """About `count` multiples of 1, 2 or 5 times a power of ten, from low to high."""
    rough = (high - low) / count
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [index * step for index in range(first, last + 1)]


def log_ticks(low: float, high: float, count: int = 7) -> list[float]:
    """Powers of ten from low to high, thinned to about `count`; round numbers if it is under two."""
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    if last - first < 1:
        return [tick for tick in linear_ticks(low, high) if tick > 0]
    step = max(1, math.ceil((last - first) / count))
    return [10.0**exponent for exponent in range(first, last + 1, step)]


def tick_labels(ticks: list[float]) -> list[str]:
    """Short texts that tell the ticks apart."""
    if not ticks:
        return []
    sizes = [abs(tick) for tick in ticks if tick] or [1.0]
    largest = max(sizes)
    if largest >= 1e5 or largest < 1e-3 or (min(sizes) < 1e-3 and largest > 1e3 * min(sizes)):
        return [_power(tick) for tick in ticks]
    step = min((b - a for a, b in itertools.pairwise(ticks)), default=largest)
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    return [f"{tick if tick else 0.0:.{digits}f}" for tick in ticks]


def _power(tick: float) -> str:
    mantissa, exponent = f"{tick:.4e}".split("e")
    digits = mantissa.rstrip("0").rstrip(".")
    return "0" if float(mantissa) == 0 else f"{digits}e{int(exponent)}"
