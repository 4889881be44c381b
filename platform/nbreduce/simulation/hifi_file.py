"""Raw files of the virtual HIFI, laid out as the instrument's histogram files."""

from pathlib import Path

import h5py
import numpy as np

from nbreduce.simulation import layout, muons
from nbreduce.simulation.plan import PlannedRun

FIRST_GOOD_BIN, TIME_ZERO_BIN = 9, 3
FLAT_COUNTS = 2e5


def write(path: Path, run: PlannedRun) -> None:
    """Write a run; what it measured follows from the plan alone."""
    random_numbers = np.random.default_rng(run.seed)
    efficiency = random_numbers.normal(1.0, 0.05, muons.DETECTORS).clip(0.7)
    efficiency[muons.DETECTORS // 2 :] *= muons.BACKWARD_EFFICIENCY
    dead_time = random_numbers.uniform(0.003, 0.008, muons.DETECTORS)
    expected = _expected(run, efficiency)
    with h5py.File(path, "w", libver=("earliest", "v110")) as file:
        entry = layout.group(file, "raw_data_1", "NXentry")
        layout.write_head(entry, run, "HIF")
        layout.text(entry, "definition", "pulsedTD", version="2.0")
        layout.number(entry, "IDF_version", 2)
        frames = layout.write_beam(entry, run, 0.0, round(expected.sum()))
        layout.write_sample(entry, run)
        instrument = layout.write_instrument(entry, run, "HIF", "positive muons")
        counts = random_numbers.poisson(muons.seen(expected, dead_time, frames)).astype("int32")
        _write_detector(entry, instrument, counts, dead_time)


def _expected(run: PlannedRun, efficiency: muons.Floats) -> muons.Floats:
    if run.kind == "zero_counts":
        return np.zeros((muons.DETECTORS, muons.BINS))
    if run.kind == "no_signal":
        return muons.flat_counts(efficiency, FLAT_COUNTS)
    sample = run.sample
    return muons.expected_counts(
        efficiency, sample["counts"], sample["asymmetry"], sample["field"], sample["relaxation"]
    )


def _write_detector(
    entry: h5py.Group, instrument: h5py.Group, counts: np.ndarray, dead_time: muons.Floats
) -> None:
    detector = layout.group(instrument, "detector_1", "NXdetector")
    channels = instrument["dae/time_channels_1"]
    edges = muons.bin_edges()
    time = layout.array(channels, "raw_time", edges.astype("float32"), "microsecond")
    time.attrs.update(axis=np.int32(1), primary=np.int32(1))
    centres = edges[:-1] + muons.BIN_WIDTH / 2 - muons.TIME_ZERO
    half = muons.DETECTORS // 2
    values = {
        "corrected_time": (centres.astype("float32"), "microseconds"),
        "dead_time": (dead_time.astype("float32"), "microseconds"),
        "time_zero": (np.array([muons.TIME_ZERO], "float32"), "microseconds"),
        "grouping": (np.repeat([1, 2], half).astype("int32"), ""),
        "spectrum_index": (np.arange(1, muons.DETECTORS + 1, dtype="int32"), ""),
        "alpha": (np.ones(1, "float32"), ""),
    }
    shared = [layout.array(detector, name, *content) for name, content in values.items()]
    for dataset, available in zip(shared[1:4] + shared[5:], (1, 1, 1, 0), strict=True):
        dataset.attrs["available"] = np.int32(available)
    shared.append(_write_counts(detector, counts))
    layout.number(detector, "resolution", round(muons.BIN_WIDTH * 1e6), "int32", "picoseconds")
    data = layout.group(entry, "detector_1_events", "NXdata")
    for dataset in shared:
        layout.link(data, Path(dataset.name).name, dataset)
    for parent in (detector, data):
        layout.link(parent, "raw_time", time)
        layout.link(parent, "period_index", instrument["dae/period_index"])


def _write_counts(detector: h5py.Group, counts: np.ndarray) -> h5py.Dataset:
    dataset = detector.create_dataset(
        "counts",
        data=counts[None],
        chunks=(1, 8, muons.BINS),
        compression="gzip",
        compression_opts=1,
    )
    dataset.attrs.update(
        axes=np.bytes_("period_index,spectrum_index,raw_time"),
        signal=np.int32(1),
        units=np.bytes_("counts"),
        long_name=np.bytes_("positron_counts"),
        first_good_bin=np.int32(FIRST_GOOD_BIN),
        last_good_bin=np.int32(muons.BINS),
        t0_bin=np.int32(TIME_ZERO_BIN),
    )
    return dataset
