"""Files that a watched folder may hold and that no reader should trust: each is written by a function of its own.

`CORPUS` names them all with what the metadata reader must say of each. Files that need a running process (locked, still
being written), another user or no file at all are made by the tests themselves.
"""

import os
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

Maker = Callable[[Path], Path]


@dataclass(frozen=True)
class Hostile:
    """One bad or odd file.

    Parameters
    ----------
    make:
        Writes it into a folder and returns its path.
    kind:
        `UnreadableRun.kind` where it is unreadable; "" where a run comes of it all the same.
    note:
        Part of a note that the run must carry.
    """

    make: Maker
    kind: str = ""
    note: str = ""

    @property
    def name(self) -> str:
        return self.make.__name__


def write_run(path: Path, run_number: object = 4217, **fields: object) -> Path:
    """Write a small run as ISIS lays it out: two detectors with six counts in all."""
    with h5py.File(path, "w") as file:
        fill_entry(file.create_group("raw_data_1"), run_number, **fields)
    return path


def fill_entry(entry: h5py.Group, run_number: object = 4217, **fields: object) -> None:
    """Fill an entry; a field that is None is left out."""
    entry.attrs["NX_class"] = "NXentry"
    values = {
        "run_number": np.array([run_number], "i4") if type(run_number) is int else run_number,
        "title": "a run",
        "experiment_identifier": "1510111",
        "start_time": "2024-05-28T11:24:48Z",
        "end_time": "2024-05-28T11:25:06Z",
        "total_counts": np.zeros(1, "u8"),
    } | fields
    for name, value in values.items():
        if value is not None:
            entry[name] = value
    instrument = _group(entry, "instrument", "NXinstrument")
    instrument["name"] = "DEMO"
    detector = _group(instrument, "detector_1", "NXdetector")
    detector["counts"] = np.array([[[1, 2], [3, 0]]], "i4")
    _group(entry, "user_1", "NXuser")["name"] = "A. Person"


def _group(parent: h5py.Group, name: str, kind: str) -> h5py.Group:
    group = parent.create_group(name)
    group.attrs["NX_class"] = kind
    return group


def _counts(path: Path) -> tuple[h5py.File, h5py.Group]:
    write_run(path)
    file = h5py.File(path, "r+")
    detector = file["raw_data_1/instrument/detector_1"]
    del detector["counts"]
    return file, detector


# --- no HDF5 file, or not all of it


def zero_bytes(folder: Path) -> Path:
    path = folder / "ZERO00000001.nxs"
    path.touch()
    return path


def text(folder: Path) -> Path:
    path = folder / "TEXT00000002.nxs"
    path.write_text("run 2\nthis is not a NeXus file\n")
    return path


def hdf4(folder: Path) -> Path:
    path = folder / "HDFF00000003.nxs"
    path.write_bytes(b"\x0e\x03\x13\x01" + bytes(2048))
    return path


def noise(folder: Path) -> Path:
    path = folder / "NOISE00000004.nxs"
    path.write_bytes(random.Random(4).randbytes(5000))
    return path


def zeros(folder: Path) -> Path:
    """What a preallocated file is before its first block is written."""
    path = folder / "NULLS00000005.nxs"
    path.write_bytes(bytes(100_000))
    return path


def truncated(folder: Path) -> Path:
    path = write_run(folder / "TRUNC00000006.nxs")
    os.truncate(path, path.stat().st_size // 2)
    return path


def truncated_superblock(folder: Path) -> Path:
    path = write_run(folder / "TRUNC00000007.nxs")
    os.truncate(path, 20)
    return path


def signature_only(folder: Path) -> Path:
    path = folder / "SIGNA00000008.nxs"
    path.write_bytes(b"\x89HDF\r\n\x1a\n")
    return path


def damaged_root(folder: Path) -> Path:
    path = write_run(folder / "DAMAG00000009.nxs")
    data = bytearray(path.read_bytes())
    data[96:900] = b"\xaa" * 804
    path.write_bytes(bytes(data))
    return path


def not_closed(folder: Path) -> Path:
    """What a writer leaves that dies with the file open (superblock 3 marks that)."""
    path = folder / "OPEN00000010.nxs"
    with h5py.File(path, "w", libver="latest") as file:
        fill_entry(file.create_group("raw_data_1"))
        file.flush()
        held = path.read_bytes()
    path.write_bytes(held)
    return path


# --- not a file


def a_folder(folder: Path) -> Path:
    path = folder / "FOLDER00000011.nxs"
    path.mkdir()
    return path


def a_pipe(folder: Path) -> Path:
    path = folder / "PIPE00000012.nxs"
    os.mkfifo(path)
    return path


def link_to_nowhere(folder: Path) -> Path:
    path = folder / "LINK00000013.nxs"
    path.symlink_to(folder / "not there.nxs")
    return path


def link_loop(folder: Path) -> Path:
    path = folder / "LOOP00000014.nxs"
    path.symlink_to(path)
    return path


# --- HDF5 without a run


def no_entry(folder: Path) -> Path:
    path = folder / "NOENT00000020.nxs"
    with h5py.File(path, "w") as file:
        file["something"] = 1
    return path


def entry_elsewhere(folder: Path) -> Path:
    """The only entry is a link to another file, which holds a run."""
    write_run(folder / "elsewhere.hidden")
    path = folder / "EXTER00000021.nxs"
    with h5py.File(path, "w") as file:
        file["raw_data_1"] = h5py.ExternalLink("elsewhere.hidden", "/raw_data_1")
    return path


def entry_by_a_detour(folder: Path) -> Path:
    """A soft link that passes through a link to another file."""
    write_run(folder / "detour.hidden")
    path = folder / "DETOUR00000022.nxs"
    with h5py.File(path, "w") as file:
        file["out"] = h5py.ExternalLink("detour.hidden", "/")
        file["raw_data_1"] = h5py.SoftLink("/out/raw_data_1")
    return path


def soft_link_circle(folder: Path) -> Path:
    path = folder / "CIRCLE00000023.nxs"
    with h5py.File(path, "w") as file:
        file["entry"] = h5py.SoftLink("/entry1")
        file["entry1"] = h5py.SoftLink("/entry")
    return path


def entry_is_data(folder: Path) -> Path:
    path = folder / "DATA00000024.nxs"
    with h5py.File(path, "w") as file:
        file["entry"] = np.arange(3)
        file["entry"].attrs["NX_class"] = "NXentry"
    return path


# --- odd runs


def two_entries(folder: Path) -> Path:
    path = write_run(folder / "TWO00004217.nxs")
    with h5py.File(path, "r+") as file:
        fill_entry(file.create_group("raw_data_2"), 4218)
    return path


def entry_without_class(folder: Path) -> Path:
    path = write_run(folder / "CLASS00004217.nxs")
    with h5py.File(path, "r+") as file:
        del file["raw_data_1"].attrs["NX_class"]
    return path


def title_not_utf8(folder: Path) -> Path:
    return write_run(
        folder / "LATIN00004217.nxs", title=np.bytes_("5 \xb5m, 20 \xb0C".encode("latin-1"))
    )


def title_with_control_characters(folder: Path) -> Path:
    return write_run(
        folder / "CTRL00004217.nxs", title=np.bytes_(b"red\x1b[31m\x07 alert\x00\x01end")
    )


def title_very_long(folder: Path) -> Path:
    return write_run(folder / "LONG00004217.nxs", title="long " * 2000)


def title_huge(folder: Path) -> Path:
    """A fixed-length string of 1.5 GB that takes no room in the file."""
    path = write_run(folder / "HUGE00004217.nxs", title=None)
    with h5py.File(path, "r+") as file:
        kind = h5py.string_dtype(length=1_500_000_000)
        file["raw_data_1"].create_dataset("title", (1,), kind, chunks=(1,))
    return path


def title_is_a_group(folder: Path) -> Path:
    path = write_run(folder / "GROUP00004217.nxs", title=None)
    with h5py.File(path, "r+") as file:
        file.create_group("raw_data_1/title")
    return path


def title_elsewhere(folder: Path) -> Path:
    """A title that would be the content of another file, were links followed."""
    with h5py.File(folder / "secret.hidden", "w") as file:
        file["title"] = "secret"
    path = write_run(folder / "SECRET00004217.nxs", title=None)
    with h5py.File(path, "r+") as file:
        file["raw_data_1/title"] = h5py.ExternalLink("secret.hidden", "/title")
    return path


def title_from_raw_file(folder: Path) -> Path:
    """A title whose bytes are those of another file, a password file for instance (external storage)."""
    (folder / "passwords.hidden").write_bytes(b"secret password")
    path = write_run(folder / "RAW00004217.nxs", title=None)
    with h5py.File(path, "r+") as file:
        file["raw_data_1"].create_dataset(
            "title", (1,), "S15", external=[(str(folder / "passwords.hidden"), 0, 15)]
        )
    return path


def run_number_as_text(folder: Path) -> Path:
    return write_run(folder / "TEXT00004217.nxs", run_number="4217")


def run_number_zero(folder: Path) -> Path:
    return write_run(folder / "ZERO00004217.nxs", run_number=0)


def run_number_negative(folder: Path) -> Path:
    return write_run(folder / "NEG00004217.nxs", run_number=-3)


def run_number_absent(folder: Path) -> Path:
    return write_run(folder / "ABSENT00004217.nxs", run_number=None)


def run_number_of_another_file(folder: Path) -> Path:
    return write_run(folder / "OTHER00009999.nxs")


def run_number_compound(folder: Path) -> Path:
    value = np.array([(1, 2.0)], [("a", "i4"), ("b", "f8")])
    return write_run(folder / "COMP00004217.nxs", run_number=value)


def run_number_empty(folder: Path) -> Path:
    return write_run(folder / "EMPTY00004217.nxs", run_number=h5py.Empty("i4"))


def run_number_reference(folder: Path) -> Path:
    path = write_run(folder / "REF00004217.nxs", run_number=None)
    with h5py.File(path, "r+") as file:
        file["raw_data_1/run_number"] = file.ref
    return path


def start_time_garbage(folder: Path) -> Path:
    return write_run(folder / "TIME00004217.nxs", start_time="yesterday, after lunch")


def start_time_unset(folder: Path) -> Path:
    return write_run(folder / "CLOCK00004217.nxs", start_time="1989-12-31T19:00:00-05:00")


def end_before_start(folder: Path) -> Path:
    return write_run(folder / "BACK00004217.nxs", end_time="2024-05-28T11:24:00Z")


def many_users(folder: Path) -> Path:
    path = write_run(folder / "USERS00004217.nxs")
    with h5py.File(path, "r+") as file:
        for number in range(200):
            _group(file["raw_data_1"], f"user_{number + 2}", "NXuser")["name"] = f"user {number}"
    return path


def counts_beyond_limit(folder: Path) -> Path:
    """A detector that claims 10^15 cells and stores none."""
    path = folder / "CELLS00004217.nxs"
    file, detector = _counts(path)
    with file:
        detector.create_dataset("counts", (10**5, 10**5, 10**5), "i4", chunks=(1, 10, 10))
    return path


def counts_in_a_bomb(folder: Path) -> Path:
    """One chunk of 800 MB, compressed to under a megabyte."""
    path = folder / "BOMB00004217.nxs"
    file, detector = _counts(path)
    with file:
        shape = (100, 1_000_000)
        space = detector.create_dataset("counts", shape, "i8", chunks=shape, compression="gzip")
        space.id.write_direct_chunk((0, 0), b"\x78\x9c" + bytes(1000))
    return path


def counts_damaged(folder: Path) -> Path:
    path = folder / "CHUNK00004217.nxs"
    file, detector = _counts(path)
    with file:
        data = detector.create_dataset(
            "counts", (100, 100), "i4", chunks=(10, 100), compression="gzip"
        )
        data.id.write_direct_chunk((0, 0), b"\xff" * 50)
    return path


def counts_with_unknown_filter(folder: Path) -> Path:
    """Compressed by a filter that nobody has: LZF whose number (32000) is changed."""
    path = folder / "FILTER00004217.nxs"
    file, detector = _counts(path)
    with file:
        detector.create_dataset(
            "counts", data=np.ones((10, 10), "i4"), chunks=True, compression="lzf"
        )
    content, lzf = path.read_bytes(), b"\x00\x7d\x08\x00"
    assert content.count(lzf) == 1
    path.write_bytes(content.replace(lzf, b"\xee\x7e\x08\x00"))
    return path


def counts_virtual(folder: Path) -> Path:
    """Counts that are mapped from another file."""
    with h5py.File(folder / "source.hidden", "w") as file:
        file["x"] = np.arange(10)
    path = folder / "VIRTUAL00004217.nxs"
    file, detector = _counts(path)
    with file:
        layout = h5py.VirtualLayout((10,), "i8")
        layout[:] = h5py.VirtualSource(folder / "source.hidden", "x", (10,))
        detector.create_virtual_dataset("counts", layout)
    return path


def counts_not_numbers(folder: Path) -> Path:
    path = folder / "NAN00004217.nxs"
    file, detector = _counts(path)
    with file:
        detector["counts"] = np.array([1.0, np.nan])
    return path


def counts_ragged(folder: Path) -> Path:
    path = folder / "VLEN00004217.nxs"
    file, detector = _counts(path)
    with file:
        ragged = detector.create_dataset("counts", (3,), h5py.vlen_dtype("i4"))
        ragged[0] = [1, 2]
    return path


def deep_groups(folder: Path) -> Path:
    path = write_run(folder / "DEEP00004217.nxs")
    with h5py.File(path, "r+") as file:
        group = file["raw_data_1/instrument/detector_1"]
        for _ in range(1500):
            group = _group(group, "d", "NXdetector")
    return path


def circle_of_groups(folder: Path) -> Path:
    path = write_run(folder / "RING00004217.nxs")
    with h5py.File(path, "r+") as file:
        instrument = file["raw_data_1/instrument"]
        instrument["detector_2"] = file["raw_data_1"]
        instrument["detector_1/back"] = instrument
    return path


def name_with_spaces_and_letters(folder: Path) -> Path:
    return write_run(folder / "Größe № 1 – 試料 00004217.nxs")


def user_block(folder: Path) -> Path:
    """HDF5 that begins behind 512 bytes of something else."""
    path = folder / "BLOCK00004217.nxs"
    with h5py.File(path, "w", userblock_size=512) as file:
        fill_entry(file.create_group("raw_data_1"))
    return path


def latest_format(folder: Path) -> Path:
    path = folder / "LATEST00004217.nxs"
    with h5py.File(path, "w", libver="latest") as file:
        fill_entry(file.create_group("raw_data_1"))
    return path


CORPUS = (
    Hostile(zero_bytes, "empty"),
    Hostile(text, "text"),
    Hostile(hdf4, "hdf4"),
    Hostile(noise, "unknown-format"),
    Hostile(zeros, "unknown-format"),
    Hostile(truncated, "truncated"),
    Hostile(truncated_superblock, "damaged"),
    Hostile(signature_only, "damaged"),
    Hostile(damaged_root, "damaged"),
    Hostile(not_closed, "not-closed"),
    Hostile(a_folder, "directory"),
    Hostile(a_pipe, "not-a-file"),
    Hostile(link_to_nowhere, "missing"),
    Hostile(link_loop, "broken-link"),
    Hostile(no_entry, "no-entry"),
    Hostile(entry_elsewhere, "no-entry"),
    Hostile(entry_by_a_detour, "no-entry"),
    Hostile(soft_link_circle, "no-entry"),
    Hostile(entry_is_data, "no-entry"),
    Hostile(two_entries, note="2 entries; read the first, 'raw_data_1'"),
    Hostile(entry_without_class, note="not marked as NXentry"),
    Hostile(title_not_utf8, note="title is not UTF-8"),
    Hostile(title_with_control_characters, note="title holds control characters"),
    Hostile(title_very_long, note="title has 9999 characters"),
    Hostile(title_huge, note="title can't be read"),
    Hostile(title_is_a_group, note="title can't be read"),
    Hostile(title_elsewhere, note="title can't be read"),
    Hostile(title_from_raw_file, note="title can't be read"),
    Hostile(run_number_as_text),
    Hostile(run_number_zero, note="took 4217 from the file's name"),
    Hostile(run_number_negative, note="took 4217 from the file's name"),
    Hostile(run_number_absent, note="no run number; took 4217"),
    Hostile(run_number_of_another_file, note="9999 in its name; took 4217"),
    Hostile(run_number_compound, note="took 4217 from the file's name"),
    Hostile(run_number_empty, note="took 4217 from the file's name"),
    Hostile(run_number_reference, note="took 4217 from the file's name"),
    Hostile(start_time_garbage, note="can't be read; taken as unknown"),
    Hostile(start_time_unset, note="unset clock"),
    Hostile(end_before_start, note="ends 48 s before it starts"),
    Hostile(many_users, note="only the first 50 users"),
    Hostile(counts_beyond_limit, note="more than are added up"),
    Hostile(counts_in_a_bomb, note="chunks too large"),
    Hostile(counts_damaged, note="detector data can't be read"),
    Hostile(counts_with_unknown_filter, note="detector data can't be read"),
    Hostile(counts_virtual, note="stored in other files"),
    Hostile(counts_not_numbers, note="the detectors add up to nan"),
    Hostile(counts_ragged, note="no detector data"),
    Hostile(deep_groups),
    Hostile(circle_of_groups),
    Hostile(name_with_spaces_and_letters),
    Hostile(user_block),
    Hostile(latest_format),
)
