import math
from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbreduce.intake import nexus_counts
from nbreduce.intake import nexus_tree as tree
from nbreduce.intake.nexus_counts import BLOCK_CELLS, _blocks, total_counts


@pytest.fixture
def entry(tmp_path: Path) -> Iterator[h5py.Group]:
    with h5py.File(tmp_path / "a.nxs", "w") as file:
        entry = file.create_group("entry")
        _group(entry, "instrument", "NXinstrument")
        yield entry


def _group(parent: h5py.Group, name: str, kind: str, **data: object) -> h5py.Group:
    group = parent.create_group(name)
    group.attrs["NX_class"] = kind
    for key, value in data.items():
        group[key] = value
    return group


def _counts(entry: h5py.Group) -> int | None:
    return total_counts(entry, tree.groups(entry))[0]


def test_detectors_are_added_up_and_monitors_are_not(entry: h5py.Group) -> None:
    _group(entry["instrument"], "detector_1", "NXdetector", counts=np.full((2, 3), 2))
    _group(entry["instrument"], "detector_2", "NXdetector", data=np.full((5,), 1, "u4"))
    _group(entry["instrument"], "monitor", "NXdetector", counts=[1000])
    _group(entry, "monitor_1", "NXmonitor", data=[1000])
    assert _counts(entry) == 17


def test_a_stated_total_is_trusted_unless_it_is_0(entry: h5py.Group) -> None:
    _group(entry["instrument"], "detector_1", "NXdetector", counts=[5])
    entry["total_counts"] = np.zeros(1, "u8")
    assert _counts(entry) == 5
    entry["total_counts"][...] = 7
    assert _counts(entry) == 7


def test_plots_of_the_entry_count_where_the_instrument_has_no_data(entry: h5py.Group) -> None:
    _group(entry["instrument"], "detector_1", "NXdetector")
    _group(entry, "bank1", "NXdata", data=[1, 2])
    _group(entry, "bank2", "NXdata", data=[3])
    _group(entry, "monitor1", "NXdata", data=[100])
    assert _counts(entry) == 6


def test_links_to_the_same_data_count_once(entry: h5py.Group) -> None:
    detector = _group(entry["instrument"], "detector_1", "NXdetector", counts=[1, 2])
    _group(entry, "detector_1", "NXdata")["counts"] = detector["counts"]
    assert _counts(entry) == 3


def test_events_win_over_the_histogram_of_the_same_detector(entry: h5py.Group) -> None:
    _group(entry, "bank1", "NXdata", data=[100])
    _group(entry, "bank1_events", "NXevent_data", event_id=[4, 4, 9])
    _group(entry, "bank2", "NXdata", data=[10])
    assert _counts(entry) == 13


def test_events_within_a_detector_count_from_all_its_groups(entry: h5py.Group) -> None:
    detector = _group(entry["instrument"], "larmor", "NXdetector")
    _group(detector, "upper_events", "NXevent_data", event_id=[1, 2, 3])
    _group(detector, "lower_events", "NXevent_data", event_id=[4, 5])
    assert _counts(entry) == 5


def test_one_event_that_stands_for_none_is_none(entry: h5py.Group) -> None:
    _group(entry, "bank1_events", "NXevent_data", event_id=[0], total_counts=[0])
    _group(entry, "bank2_events", "NXevent_data", event_id=[7], total_counts=[1])
    _group(entry, "bank3_events", "NXevent_data", event_time_zero=[0.1], total_counts=[0])
    _group(entry, "bank4_events", "NXevent_data", event_id=[1, 2], total_counts=[0])
    assert _counts(entry) == 3


def test_a_sum_of_the_others_is_left_out(entry: h5py.Group) -> None:
    for name, counts in (("upper", [1]), ("lower", [2]), ("merged", [1, 2])):
        _group(entry, name, "NXdata", counts=counts)
    assert _counts(entry) == 3
    del entry["upper"], entry["lower"]
    assert _counts(entry) == 3


@pytest.mark.parametrize("dtype", ["i1", "u2", "i4", "u8", "f4", "f8"])
def test_sums_do_not_overflow_their_type(entry: h5py.Group, dtype: str) -> None:
    _group(entry["instrument"], "detector_1", "NXdetector", counts=np.full(100_000, 100, dtype))
    assert _counts(entry) == 10_000_000


@pytest.mark.parametrize("data", [[-1], [math.inf], [math.nan], [1e300]])
def test_what_can_not_be_counts_is_unknown(entry: h5py.Group, data: list[float]) -> None:
    _group(entry["instrument"], "detector_1", "NXdetector", counts=np.array(data))
    counts, notes = total_counts(entry, tree.groups(entry))
    assert counts is None
    assert notes[0].startswith("counts unknown: the detectors add up to")


def test_adding_up_gives_up_in_time(entry: h5py.Group, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nexus_counts, "SECONDS", -1.0)
    _group(entry["instrument"], "detector_1", "NXdetector", counts=[1])
    counts, notes = total_counts(entry, tree.groups(entry))
    assert counts is None
    assert "took longer than" in notes[0]


def test_no_detectors_no_counts(entry: h5py.Group) -> None:
    assert total_counts(entry, tree.groups(entry)) == (None, ["no detector data; counts unknown"])


@given(
    st.lists(st.integers(0, 40), min_size=1, max_size=4),
    st.none() | st.lists(st.integers(1, 9), min_size=4, max_size=4),
    st.integers(1, 300),
)
def test_blocks_cover_every_cell_once(
    shape: list[int], chunks: list[int] | None, limit: int
) -> None:
    if math.prod(shape) > 20_000:
        shape = shape[:2]
    sides = tuple(chunks[: len(shape)]) if chunks else None
    touched = np.zeros(shape, "i4")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nexus_counts, "BLOCK_CELLS", limit)
        for block in _blocks(tuple(shape), sides):
            touched[block] += 1
            assert touched[block].size <= max(limit, math.prod(sides or (1,)))
    assert (touched == 1).all()


def test_blocks_of_a_large_array_are_few_and_small() -> None:
    blocks = list(_blocks((1, 2509, 8794), (1, 8, 8794)))
    assert len(blocks) < 60
    assert (
        max(math.prod(side.stop - side.start for side in block) for block in blocks) <= BLOCK_CELLS
    )
