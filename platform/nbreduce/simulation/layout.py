"""Pieces of an ISIS raw file (NeXus, TOFRAW and pulsedTD as ISIS writes them), with its types.

Scalars are arrays of one element, texts have a fixed length, times are ISO 8601 without zone. The layout was read from
public runs of 2015 (ENGIN-X) and 2023 (HIFI).
"""

from datetime import datetime, timedelta

import h5py
import numpy as np
import numpy.typing as npt

from nbreduce.simulation.plan import CYCLE, PlannedRun

Values = npt.NDArray[np.generic]

FRAME_RATE = 40.0
"""Pulses per second on target station 1."""


def group(parent: h5py.Group, name: str, nexus_class: str) -> h5py.Group:
    """Create a group of a NeXus class."""
    made = parent.create_group(name)
    made.attrs["NX_class"] = np.bytes_(nexus_class)
    return made


def text(parent: h5py.Group, name: str, value: str, **attributes: str) -> None:
    """Write a text as ISIS does: one element, as long as the text, a blank where it is empty."""
    dataset = parent.create_dataset(name, data=np.array([value.encode() or b" "]))
    dataset.attrs.update({key: np.bytes_(item) for key, item in attributes.items()})


def number(
    parent: h5py.Group, name: str, value: float, dtype: str = "int32", units: str = ""
) -> None:
    """Write a number as an array of one element."""
    array(parent, name, np.array([value], dtype), units)


def array(
    parent: h5py.Group, name: str, values: Values, units: str = "", **attributes: object
) -> h5py.Dataset:
    """Write an array, compressed where it is worth it."""
    packed = {"compression": "gzip", "compression_opts": 1} if values.size > 16 else {}
    dataset = parent.create_dataset(name, data=values, **packed)
    if units:
        dataset.attrs["units"] = np.bytes_(units)
    dataset.attrs.update(attributes)
    return dataset


def link(parent: h5py.Group, name: str, target: h5py.Dataset) -> None:
    """Give a dataset a second name, and note its first one as NeXus asks."""
    target.attrs["target"] = np.bytes_(target.name)
    parent[name] = target


def write_head(entry: h5py.Group, run: PlannedRun, short_name: str) -> None:
    """Write who, what and when: the fields that ISIS puts into every raw file.

    `total_counts` is 0 as in the real files, whatever was counted. `total_uncounted_counts` is left out: its type
    changed over the years.
    """
    name = run.instrument
    for key in ("beamline", "name"):
        text(entry, key, name)
    entry["name"].attrs["short_name"] = np.bytes_(short_name)
    text(entry, "title", run.title)
    text(entry, "experiment_identifier", run.experiment)
    text(entry, "start_time", _iso(run.start), units="ISO8601")
    text(entry, "end_time", _iso(run.start + timedelta(seconds=run.duration)), units="ISO8601")
    text(entry, "run_cycle", CYCLE.removeprefix("cycle_"))
    text(entry, "program_name", "nbreduce virtual facility")
    for key in ("notes", "script_name", "measurement_id", "measurement_label", "measurement_type"):
        text(entry, key, "")
    number(entry, "run_number", run.run_number)
    for key in ("duration", "collection_time"):
        number(entry, key, run.duration, "float32", "second")
    number(entry, "total_counts", 0, "uint64")
    number(entry, "monitor_events_not_saved", 0, "int64")
    user = group(entry, "user_1", "NXuser")
    text(user, "name", f"Virtual user {run.experiment}")
    text(user, "affiliation", "nbreduce")


def write_beam(entry: h5py.Group, run: PlannedRun, charge: float, counts: int) -> int:
    """Write frames, proton charge and the table of periods; return the number of good frames."""
    raw = round(run.duration * FRAME_RATE)
    good = raw - raw // 1000
    periods = group(entry, "periods", "IXperiods")
    for parent in (entry, periods):
        number(parent, "good_frames", good)
        number(parent, "raw_frames", raw)
        number(parent, "proton_charge", charge, "float32", "uAh")
        number(parent, "proton_charge_raw", charge, "float32", "uAh")
    number(periods, "good_frames_daq", good)
    number(periods, "number", 1)
    number(periods, "type", 1)
    number(periods, "total_counts", counts / 1e6, "float32", "Mev")
    text(periods, "labels", "Period 1")
    return good


def write_instrument(entry: h5py.Group, run: PlannedRun, short_name: str, probe: str) -> h5py.Group:
    """Write the instrument with its source and data acquisition; return its group."""
    instrument = group(entry, "instrument", "NXinstrument")
    text(instrument, "name", run.instrument, short_name=short_name)
    source = group(instrument, "source", "NXsource")
    text(source, "name", "ISIS")
    text(source, "probe", probe)
    text(source, "type", "Pulsed Neutron Source" if probe == "neutrons" else "Pulsed Muon Source")
    dae = group(instrument, "dae", "IXdae")
    group(dae, "time_channels_1", "IXtime_channels")
    array(dae, "period_index", np.array([1], "int32"))
    return instrument


def write_sample(entry: h5py.Group, run: PlannedRun) -> None:
    """Write the sample; temperature and field where the plan has them."""
    sample = group(entry, "sample", "NXsample")
    for key in ("id", "shape", "type"):
        text(sample, key, "")
    text(sample, "name", run.title.partition(" ")[0])
    for key in ("height", "thickness", "width"):
        number(sample, key, 0, "float32")
    number(sample, "distance", 0, "float64")
    for key, name, unit in (
        ("temperature",) * 2 + ("Kelvin",),
        ("field", "magnetic_field", "Gauss"),
    ):
        if key in run.sample:
            number(sample, name, run.sample[key], "float32", unit)


def _iso(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(timespec="seconds")
