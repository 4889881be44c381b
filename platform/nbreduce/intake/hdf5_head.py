"""What a file is, told from its first bytes and without the HDF5 library.

Source of the layout: "HDF5 File Format Specification Version 3.0", section II.A (format signature and superblock).
"""

import os
from dataclasses import dataclass
from typing import Literal

FileKind = Literal["empty", "hdf5", "hdf4", "text", "unknown"]

HDF5_SIGNATURE = b"\x89HDF\r\n\x1a\n"
HDF4_SIGNATURE = b"\x0e\x03\x13\x01"

_HEAD_BYTES = 512
_FIRST_USER_BLOCK = 512
_LARGEST_USER_BLOCK = 1 << 26
_OPEN_FOR_WRITING = 0x05
_CONTROL = frozenset(range(32)) - frozenset(b"\t\n\r\f\x1a\x1b") | {0x7F}


@dataclass(frozen=True)
class Head:
    """What the first bytes of a file say.

    Parameters
    ----------
    kind:
        The format.
    size:
        Size of the file in bytes.
    end:
        Where the file should end according to its superblock, in bytes; None where that is not known.
    open_for_writing:
        The superblock says that a writer has the file open, or had it open when it died.
    """

    kind: FileKind
    size: int
    end: int | None = None
    open_for_writing: bool = False

    @property
    def complete(self) -> bool:
        """Whether all bytes that the file announces are there."""
        if self.kind == "hdf5":
            return self.end is not None and self.end <= self.size and not self.open_for_writing
        return self.size > 0

    @property
    def exact(self) -> bool:
        """Whether nothing follows what the file announces.

        A closed HDF5 file ends where its superblock says; while it is written in the older format, it is longer than
        that, since the superblock is written last.
        """
        return self.kind != "hdf5" or self.end == self.size


def read_head(descriptor: int) -> Head:
    """Look at an open regular file.

    Parameters
    ----------
    descriptor:
        A file descriptor that may be read; its position is not changed.

    Raises
    ------
    OSError
        The file can't be read.
    """
    size = os.fstat(descriptor).st_size
    start = os.pread(descriptor, _HEAD_BYTES, 0)
    if not start:
        return Head("empty", size)
    if start.startswith(HDF4_SIGNATURE):
        return Head("hdf4", size)
    for offset in _superblock_offsets(size):
        block = start if offset == 0 else os.pread(descriptor, 64, offset)
        if block.startswith(HDF5_SIGNATURE):
            end, writing = parse_superblock(block)
            return Head("hdf5", size, end, writing)
    return Head("text" if looks_like_text(start) else "unknown", size)


def parse_superblock(block: bytes) -> tuple[int | None, bool]:
    """Return the announced end of the file in bytes, and whether a writer has (or had) it open.

    Parameters
    ----------
    block:
        The superblock from its signature on, 64 bytes or more; fewer give no end.
    """
    if len(block) < 12:
        return None, False
    version = block[8]
    if version in (0, 1):
        width, base = _at(block, 13), 24 if version == 0 else 28
        return _address(block, base + 2 * width, width), False
    if version in (2, 3):
        width = block[9]
        writing = version == 3 and bool(block[11] & _OPEN_FOR_WRITING)
        return _address(block, 12 + 2 * width, width), writing
    return None, False


def looks_like_text(start: bytes) -> bool:
    """Whether bytes could be the start of a text file: no NUL and no other control characters."""
    return bool(start) and not any(byte in _CONTROL for byte in start)


def _superblock_offsets(size: int) -> list[int]:
    """Return where a superblock may begin: at 0 or behind a user block of 512 bytes times a power of two."""
    offsets, offset = [0], _FIRST_USER_BLOCK
    while offset < min(size, _LARGEST_USER_BLOCK):
        offsets.append(offset)
        offset *= 2
    return offsets


def _at(block: bytes, index: int) -> int:
    return block[index] if index < len(block) else 0


def _address(block: bytes, start: int, width: int) -> int | None:
    raw = block[start : start + width]
    if width not in (2, 4, 8) or len(raw) < width or raw == b"\xff" * width:
        return None
    return int.from_bytes(raw, "little")
