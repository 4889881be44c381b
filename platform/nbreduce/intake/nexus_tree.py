"""Walking an HDF5 tree that may be hostile: nothing leads out of the file, nothing large is read unasked.

HDF5 reaches other files by external links, by soft links that pass through one, by raw data stored outside
(`H5Pset_external`) and by virtual datasets. Links are therefore resolved here, one component at a time, instead of by
the library. h5py is only imported by whoever runs these functions: the child process.
"""

from typing import Any, TypeAlias

import h5py
from h5py import h5a, h5g, h5i, h5l, h5o, h5s

MAX_CHILDREN = 10_000
MAX_VALUE_BYTES = 1 << 16
MAX_CLASS_BYTES = 256
MAX_SOFT_LINKS = 8

Node: TypeAlias = Any  # an h5py.Group or h5py.Dataset; h5py comes without types
Members = list[tuple[str, h5py.Group, str]]


def child(group: h5py.Group, name: str, budget: int = MAX_SOFT_LINKS) -> Node | None:
    """Return a member of a group; None where it is absent, broken, not data, or leads out of the file."""
    key = name.encode("utf-8", "surrogateescape")
    try:
        kind = group.id.links.get_info(key).type
        if kind == h5l.TYPE_HARD:
            return _wrap(h5o.open(group.id, key))
        if kind == h5l.TYPE_SOFT and budget > 0:
            return _follow(group, group.id.links.get_val(key), budget - 1)
    except (KeyError, OSError, RuntimeError, ValueError):
        return None
    return None


def _follow(group: h5py.Group, target: bytes, budget: int) -> Node | None:
    node: Node | None = group.file["/"] if target.startswith(b"/") else group
    parts = [part for part in target.split(b"/") if part not in (b"", b".")]
    if len(parts) > MAX_SOFT_LINKS * 4:
        return None
    for part in parts:
        if not isinstance(node, h5py.Group):
            return None
        node = child(node, part.decode("utf-8", "surrogateescape"), budget)
    return node


def _wrap(identifier: object) -> Node | None:
    if isinstance(identifier, h5g.GroupID):
        return h5py.Group(identifier)
    kind = h5i.get_type(identifier)
    return h5py.Dataset(identifier) if kind == h5i.DATASET else None


def is_external(group: h5py.Group, name: str) -> bool:
    """Whether a member is a link to another file."""
    key = name.encode("utf-8", "surrogateescape")
    try:
        return bool(group.id.links.get_info(key).type == h5l.TYPE_EXTERNAL)
    except (KeyError, OSError, RuntimeError):
        return False


def names(group: h5py.Group) -> list[str]:
    """Return the names in a group in the file's order; none where there are more than `MAX_CHILDREN`."""
    if group.id.get_num_objs() > MAX_CHILDREN:
        return []
    return [
        name if isinstance(name, str) else name.decode("utf-8", "surrogateescape") for name in group
    ]


def groups(group: h5py.Group) -> Members:
    """Return each group in a group: its name, itself and its NeXus class ("" where it has none)."""
    nodes = ((name, child(group, name)) for name in names(group))
    return [(name, node, nexus_class(node)) for name, node in nodes if isinstance(node, h5py.Group)]


def nexus_class(node: Node) -> str:
    """Return the attribute `NX_class` of a node, or ""."""
    try:
        if not h5a.exists(node.id, b"NX_class"):
            return ""
        attribute = h5a.open(node.id, b"NX_class")
        if attribute.get_storage_size() > MAX_CLASS_BYTES:
            return ""
        value = node.attrs["NX_class"]
    except (OSError, RuntimeError, ValueError, TypeError, KeyError):
        return ""
    value = value.flat[0] if getattr(value, "size", 0) == 1 and hasattr(value, "flat") else value
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def scalar(group: h5py.Group, name: str) -> bytes | str | int | float | None:
    """Return the first value of a small dataset in a group.

    None where it is absent, empty, larger than `MAX_VALUE_BYTES`, stored outside the file, or neither text nor number.
    """
    node = child(group, name)
    if not isinstance(node, h5py.Dataset) or leads_out(node):
        return None
    try:
        if node.id.get_space().get_simple_extent_type() == h5s.NULL or not node.size:
            return None
        if node.size * node.dtype.itemsize > MAX_VALUE_BYTES:
            return None
        value = node[()]
    except (OSError, RuntimeError, ValueError, TypeError, UnicodeError):
        return None
    value = value.flat[0] if hasattr(value, "flat") else value
    value = value.item() if hasattr(value, "item") and not isinstance(value, bytes) else value
    return value if isinstance(value, bytes | str | int | float) else None


def leads_out(dataset: h5py.Dataset) -> bool:
    """Whether a dataset's values lie in other files."""
    return bool(dataset.is_virtual) or bool(dataset.external)
