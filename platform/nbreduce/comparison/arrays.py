"""Arrays out of a Bokeh document, which may be damaged or made up."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nbreduce.comparison.curves import Numbers

MAX_POINTS = 2_000_000
_GZIP = 31
_KINDS = {"float32", "float64", *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32))}


class Damaged(ValueError):
    """Something that is no array; the message says why."""


def sources_in(document: Any, wanted: Collection[str]) -> dict[str, dict[str, Any]]:
    """Return the stored columns of data sources, by id and name."""
    found: dict[str, dict[str, Any]] = {}
    pending = [document]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            name = value.get("id") if value.get("name") == "ColumnDataSource" else None
            if isinstance(name, str) and name in wanted:
                found[name] = _columns(value)
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value)
    return found


def _columns(source: dict[str, Any]) -> dict[str, Any]:
    attributes = source.get("attributes")
    data = attributes.get("data") if isinstance(attributes, dict) else None
    entries = data.get("entries") if isinstance(data, dict) else None
    if not isinstance(entries, list):
        return {}
    pairs = (one for one in entries if isinstance(one, list) and len(one) == 2)
    return {name: column for name, column in pairs if isinstance(name, str)}


def length_of(stored: Any) -> int:
    """Return how many numbers an array claims to hold.

    Raises
    ------
    Damaged
        It is no one-dimensional array.
    """
    shape = stored.get("shape") if isinstance(stored, dict) else None
    if not isinstance(shape, list) or len(shape) != 1 or type(shape[0]) is not int or shape[0] < 0:
        raise Damaged("a column is no one-dimensional array")
    return int(shape[0])


def decode(stored: Any) -> tuple[Numbers, float]:
    """Return an array in double precision, and the relative precision that it was stored with.

    Raises
    ------
    Damaged
        It is no array of numbers, or not as long as it says.
    """
    import numpy as np

    count, kind = length_of(stored), stored.get("dtype")
    if not isinstance(kind, str) or kind not in _KINDS:
        raise Damaged(f"a column holds {str(kind)[:40]!r}, which are no numbers that are known")
    if count > MAX_POINTS:
        raise Damaged(f"a column has more than {MAX_POINTS} points")
    dtype = np.dtype(kind).newbyteorder(">" if stored.get("order") == "big" else "<")
    values = np.frombuffer(_bytes(stored.get("array"), count * dtype.itemsize), dtype)
    precision = float(np.finfo(np.float32 if kind == "float32" else np.float64).eps)
    return values.astype(np.float64), precision


def _bytes(array: Any, size: int) -> bytes:
    """Return exactly so many bytes; never unpack more."""
    text = array.get("data") if isinstance(array, dict) else None
    if not isinstance(text, str):
        raise Damaged("a column has no data")
    try:
        packed = base64.b64decode(text, validate=True)
        if packed[:2] == b"\x1f\x8b":
            packed = zlib.decompressobj(_GZIP).decompress(packed, size + 1)
    except (ValueError, zlib.error) as error:
        raise Damaged(f"a column cannot be unpacked ({error})") from error
    if len(packed) != size:
        raise Damaged("a column is not as long as it says")
    return packed
