import os
from pathlib import Path
from typing import Any

import h5py
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbreduce.intake.hdf5_head import Head, parse_superblock, read_head


def head_of(path: Path) -> Head:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return read_head(descriptor)
    finally:
        os.close(descriptor)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"libver": "latest"},
        {"libver": ("v110", "v110")},
        {"libver": ("earliest", "v108")},
        {"userblock_size": 512},
        {"userblock_size": 4096, "libver": "latest"},
        {"track_order": True},
    ],
)
def test_a_closed_file_ends_where_it_says(tmp_path: Path, options: dict[str, Any]) -> None:
    path = tmp_path / "a.nxs"
    with h5py.File(path, "w", **options) as file:
        file["x"] = range(1000)
    size = path.stat().st_size
    assert head_of(path) == Head("hdf5", size, size, False)
    assert head_of(path).complete and head_of(path).exact
    os.truncate(path, size - 1)
    assert not head_of(path).complete


def test_a_superblock_of_version_1_is_read() -> None:
    """Version 1 has four bytes more before its addresses, each as wide as byte 13 says."""
    start = b"\x89HDF\r\n\x1a\n" + bytes([1, 0, 0, 0, 0, 8, 8, 0]) + bytes(12)
    addresses = [(0).to_bytes(8, "little"), b"\xff" * 8, (2048).to_bytes(8, "little"), b"\xff" * 8]
    assert parse_superblock(start + b"".join(addresses)) == (2048, False)


def test_a_file_that_is_being_written_is_not_complete(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "new.nxs", "w", libver="latest") as file:
        file["x"] = range(1000)
        file.flush()
        assert head_of(tmp_path / "new.nxs").open_for_writing
        assert not head_of(tmp_path / "new.nxs").complete
    with h5py.File(tmp_path / "old.nxs", "w", libver="earliest") as file:
        file["x"] = range(100_000)
        assert not (head_of(tmp_path / "old.nxs").complete and head_of(tmp_path / "old.nxs").exact)


@pytest.mark.parametrize(
    ("content", "kind", "complete"),
    [
        (b"", "empty", False),
        (b"\x0e\x03\x13\x01rest", "hdf4", True),
        (b"run 5\nevents: none\n", "text", True),
        ("Größe\n".encode(), "text", True),
        (b"\x00" * 5000, "unknown", True),
        (b"\x89HDF\r\n\x1a\n", "hdf5", False),
        (b"\x89HDF\r\n\x1a\n" + b"\xff" * 200, "hdf5", False),
    ],
)
def test_other_content(tmp_path: Path, content: bytes, kind: str, complete: bool) -> None:
    path = tmp_path / "a.nxs"
    path.write_bytes(content)
    assert (head_of(path).kind, head_of(path).complete) == (kind, complete)


@given(st.binary(max_size=200))
def test_any_superblock_is_understood_or_not(rest: bytes) -> None:
    end, writing = parse_superblock(b"\x89HDF\r\n\x1a\n" + rest)
    assert end is None or 0 <= end < 1 << 64
    assert isinstance(writing, bool)
