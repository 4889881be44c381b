from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest

from nbreduce.simulation.files import announce, data_folder, lastrun_file, write_run
from nbreduce.simulation.plan import Kind, PlannedRun, plan_day

INSTRUMENTS = ("ENGINX", "HIFI")


def planned(instrument: str, kind: Kind = "good") -> PlannedRun:
    (run,) = plan_day(1, 1, (instrument,), bad_every=0)
    return replace(run, kind=kind)


def counts(path: Path) -> np.ndarray:
    with h5py.File(path) as file:
        return np.asarray(file["raw_data_1/instrument/detector_1/counts"])


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_a_run_appears_under_its_name_and_is_announced(tmp_path: Path, instrument: str) -> None:
    run = planned(instrument)
    path = write_run(run, tmp_path)
    expected = f"NDX{instrument}/Instrument/data/cycle_26_1/{instrument}{run.run_number:08d}.nxs"
    assert path == tmp_path / expected
    assert (
        lastrun_file(tmp_path, instrument).read_text() == f"{instrument} {run.run_number:08d} 0\n"
    )
    assert sorted(p.name for p in path.parent.iterdir()) == [path.name]


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_the_file_says_what_was_planned(tmp_path: Path, instrument: str) -> None:
    run = planned(instrument)
    with h5py.File(write_run(run, tmp_path)) as file:
        entry = file["raw_data_1"]
        assert entry.attrs["NX_class"] == b"NXentry"
        assert entry["run_number"][0] == run.run_number
        assert entry["title"][0].decode() == run.title
        assert entry["experiment_identifier"][0].decode() == run.experiment
        assert entry["start_time"][0].decode() == run.start.strftime("%Y-%m-%dT%H:%M:%S")
        assert entry["end_time"][0] > entry["start_time"][0]
        assert entry["total_counts"][0] == 0
        assert entry["good_frames"][0] > 0


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_the_same_plan_gives_the_same_counts_and_another_seed_others(
    tmp_path: Path, instrument: str
) -> None:
    run = planned(instrument)
    first = counts(write_run(run, tmp_path / "a"))
    assert np.array_equal(first, counts(write_run(run, tmp_path / "b")))
    other = replace(run, seed=run.seed + 1)
    assert not np.array_equal(first, counts(write_run(other, tmp_path / "c")))


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_about_as_many_counts_as_planned(tmp_path: Path, instrument: str) -> None:
    run = planned(instrument)
    total = counts(write_run(run, tmp_path)).sum()
    assert 0.9 * run.sample["counts"] < total <= 1.01 * run.sample["counts"]


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_a_run_is_small(tmp_path: Path, instrument: str) -> None:
    assert write_run(planned(instrument), tmp_path).stat().st_size < 3_000_000


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_zero_counts(tmp_path: Path, instrument: str) -> None:
    path = write_run(planned(instrument, "zero_counts"), tmp_path)
    assert not counts(path).any()
    with h5py.File(path) as file:
        monitors = [
            g["data"][()].sum()
            for n, g in file["raw_data_1"].items()
            if "monitor_" in n and "data" in g
        ]
    assert not any(monitors)


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_a_truncated_run_has_the_signature_but_cannot_be_opened(
    tmp_path: Path, instrument: str
) -> None:
    path = write_run(planned(instrument, "truncated"), tmp_path)
    assert path.read_bytes().startswith(b"\x89HDF\r\n\x1a\n")
    with pytest.raises(OSError, match="truncated file"):
        h5py.File(path)


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_a_text_file_is_text(tmp_path: Path, instrument: str) -> None:
    path = write_run(planned(instrument, "text"), tmp_path)
    assert path.suffix == ".nxs"
    assert path.read_text("ascii").startswith("This is")


def test_the_announcement_is_replaced_whole(tmp_path: Path) -> None:
    for number in (99_999_998, 99_999_999):
        announce(tmp_path, "HIFI", number)
    folder = lastrun_file(tmp_path, "HIFI").parent
    assert [p.name for p in folder.iterdir()] == ["lastrun.txt"]
    assert (folder / "lastrun.txt").read_text() == "HIFI 99999999 0\n"
    assert not data_folder(tmp_path, "HIFI").exists()
