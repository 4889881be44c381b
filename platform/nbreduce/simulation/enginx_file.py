"""Raw files of the virtual ENGIN-X, laid out as the instrument's histogram files."""

import zlib
from functools import cache
from itertools import pairwise
from pathlib import Path

import h5py
import numpy as np
import numpy.typing as npt

from nbreduce.simulation import diffraction, layout
from nbreduce.simulation.plan import PlannedRun

CHANNELS = 8794
SPECTRA = 2509
"""2400 of the diffraction banks, then those in the direct beam (numbered from 2405), which stay empty here."""

CHUNK = 8
FIRST_TICK, TICKS_PER_MICROSECOND, DELAY = 96, 32, 12492.0
CHARGE_PER_SECOND = 0.0158

Integers = npt.NDArray[np.int64]


@cache
def time_ticks() -> npt.NDArray[np.int32]:
    """Return the channels' edges in clock ticks after the delay; each channel is 1/5000 of its time of flight wide."""
    ticks = [FIRST_TICK]
    for _ in range(CHANNELS):
        ticks.append(ticks[-1] + round((DELAY * TICKS_PER_MICROSECOND + ticks[-1]) * 2e-4))
    return np.array(ticks, "int32")


def time_of_flight() -> npt.NDArray[np.float32]:
    """Return the channels' edges in microseconds."""
    return (DELAY + time_ticks() / TICKS_PER_MICROSECOND).astype("float32")


def write(path: Path, run: PlannedRun) -> None:
    """Write a run; what it measured follows from the plan alone."""
    random_numbers = np.random.default_rng(run.seed)
    cells = _measure(random_numbers, run)
    charge = CHARGE_PER_SECOND * run.duration
    with h5py.File(path, "w", libver=("earliest", "v110")) as file:
        file.attrs["file_name"] = np.bytes_(run.file_name)
        entry = layout.group(file, "raw_data_1", "NXentry")
        layout.write_head(entry, run, "ENG")
        layout.text(entry, "definition", "TOFRAW", version="1.0")
        layout.text(entry, "definition_local", "ISISTOFRAW", version="1.0")
        layout.write_beam(entry, run, charge, cells.size)
        layout.write_sample(entry, run)
        instrument = layout.write_instrument(entry, run, "ENG", "neutrons")
        _write_times(instrument["dae/time_channels_1"])
        _write_detector(entry, instrument, cells)
        for index in range(1, 5):
            _write_monitor(entry, index, random_numbers, run)


def _measure(random_numbers: np.random.Generator, run: PlannedRun) -> Integers:
    """Return the sorted flat indices (spectrum · channels + channel) of all counts."""
    count = 0 if run.kind == "zero_counts" else round(run.sample["counts"])
    pixel, tof = diffraction.events(
        random_numbers, count, run.sample["strain"], peaks=run.kind != "no_signal"
    )
    channel = np.searchsorted(time_of_flight(), tof, side="right") - 1
    seen = (channel >= 0) & (channel < CHANNELS)
    return np.sort(pixel[seen] * CHANNELS + channel[seen])


def _write_times(channels: h5py.Group) -> None:
    tof = layout.array(channels, "time_of_flight", time_of_flight(), "microsecond")
    tof.attrs.update(axis=np.int32(1), primary=np.int32(1))
    raw = layout.array(channels, "time_of_flight_raw", time_ticks(), "pulses")
    raw.attrs["frequency"] = np.bytes_("32 MHz")


def _write_detector(entry: h5py.Group, instrument: h5py.Group, cells: Integers) -> None:
    detector = layout.group(instrument, "detector_1", "NXdetector")
    pixels = diffraction.bank()
    beam = SPECTRA - pixels.two_theta.size
    numbers = np.concatenate([np.arange(1, SPECTRA - beam + 1), np.arange(beam) + 2405])
    spectra = layout.array(detector, "spectrum_index", numbers.astype("int32"))
    for name, values, fill, units in (
        ("polar_angle", pixels.two_theta, 180.0, "degree"),
        ("distance", pixels.distance, 0.04, "metre"),
    ):
        everywhere = np.concatenate([values, np.full(beam, fill)])
        layout.array(detector, name, everywhere.astype("float32"), units)
    for name, constant, units in (("azimuthal_angle", 2.0, "degree"), ("delt", -1.0, "")):
        layout.array(detector, name, np.full(SPECTRA, constant, "float32"), units)
    layout.number(detector, "source_detector_distance", 0, "float32")
    counts = _write_counts(detector, cells)
    data = layout.group(entry, "detector_1", "NXdata")
    channels = instrument["dae/time_channels_1"]
    for parent in (detector, data):
        layout.link(parent, "time_of_flight", channels["time_of_flight"])
        layout.link(parent, "period_index", instrument["dae/period_index"])
    layout.link(data, "counts", counts)
    layout.link(data, "spectrum_index", spectra)


def _write_counts(detector: h5py.Group, cells: Integers) -> h5py.Dataset:
    """Write counts(period, spectrum, time) chunk by chunk, packed here: most chunks are nearly empty, which is fast."""
    counts = detector.create_dataset(
        "counts",
        shape=(1, SPECTRA, CHANNELS),
        dtype="int32",
        chunks=(1, CHUNK, CHANNELS),
        compression="gzip",
        compression_opts=6,
    )
    counts.attrs.update(
        axes=np.bytes_("period_index,spectrum_index,time_of_flight"),
        signal=np.int32(1),
        units=np.bytes_("counts"),
    )
    per_chunk = CHUNK * CHANNELS
    starts = np.searchsorted(cells, np.arange(0, SPECTRA + CHUNK, CHUNK) * CHANNELS)
    for index, (low, high) in enumerate(pairwise(starts)):
        block = np.bincount(cells[low:high] - index * per_chunk, minlength=per_chunk)
        packed = zlib.compress(block.astype("int32").tobytes(), 1)
        counts.id.write_direct_chunk((0, index * CHUNK, 0), packed)
    return counts


def _write_monitor(
    entry: h5py.Group, index: int, random_numbers: np.random.Generator, run: PlannedRun
) -> None:
    """Write a monitor; only the first sees the beam."""
    monitor = layout.group(entry, f"monitor_{index}", "NXmonitor")
    flux = np.zeros(CHANNELS)
    if index == 1 and run.kind != "zero_counts":
        tof = time_of_flight()[:-1].astype("float64")
        flux = 2.0 * run.duration * diffraction.spectrum(tof * 3956e-6 / diffraction.FLIGHT_PATH)
    data = layout.array(
        monitor, "data", random_numbers.poisson(flux).astype("int32").reshape(1, 1, -1), "counts"
    )
    data.attrs["axes"] = np.bytes_("period_index,spectrum_index,time_of_flight")
    data.attrs["signal"] = np.int32(1)
    layout.number(monitor, "monitor_number", index)
    layout.number(monitor, "spectrum_index", 2400 + index)
    layout.link(monitor, "time_of_flight", entry["instrument/dae/time_channels_1/time_of_flight"])
    layout.link(monitor, "period_index", entry["instrument/dae/period_index"])
