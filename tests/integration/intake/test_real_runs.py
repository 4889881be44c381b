"""The metadata of all real runs, as read through the child process."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from nbreduce.intake.nexus import MetadataReader, UnreadableRun

pytestmark = pytest.mark.real_data

NO_ZONE = "times without a zone; read as UTC"


class Expected(NamedTuple):
    """What a file says: instrument, run number, experiment, title, start and length (s), number of users, counts."""

    instrument: str
    number: int | None
    experiment: str
    title: str
    start: str | None
    seconds: float | None
    users: int
    counts: int | None
    notes: tuple[str, ...] = (NO_ZONE,)


def _loq(number: int, title: str, start: str, seconds: float, counts: int) -> Expected:
    return Expected("LOQ", number, "1220381", title, start, seconds, 1, counts)


def _tosca(number: int, run: int, start: str, seconds: float, counts: int) -> Expected:
    title = f"Olive oil sample 90pcEVOO8/10pcSTD1 run {run}"
    return Expected("TOSCA", number, "2000118", title, start, seconds, 1, counts)


def _musr(seconds: float, counts: int) -> Expected:
    zero = "run number 0 is not usable, and none in the file's name"
    start = "2024-05-28T11:24:48"
    return Expected("MuSR", None, "unknown", "", start, seconds, 0, counts, (zero, "no experiment"))


def _unset(which: str) -> str:
    clock = "1989-12-31T19:00:00.000000000-05:00"
    return f"the {which} time {clock} comes from an unset clock; taken as unknown"


RUNS = {
    "ISIS/ENGINX00241391.nxs": Expected(
        "ENGINX", 241391, "1510111", "CeO2 4 x 4 x 15", "2015-07-01T15:29:17", 1439, 1, 112203061
    ),
    "ISIS/HIFI00180594.nxs": Expected(
        "HIFI", 180594, "2010337", "Quartz T=290 F=-2", "2023-06-26T15:04:46", 254, 0, 2800434
    ),
    "ISIS/IMAT00004217.nxs": Expected(
        "IMAT",
        4217,
        "1600007",
        "Check DAE and end of run working after move",
        "2017-04-26T17:22:50",
        7,
        1,
        0,
    ),
    "ISIS/INTER00013460.nxs": Expected(
        "INTER", 13460, "1120015", "Si/D2O S2 th=0.7", "2011-12-15T17:56:09", 1384, 1, 245553
    ),
    "ISIS/INTER00013462.nxs": Expected(
        "INTER", 13462, "1120015", "Si/D2O S2 th=2.3", "2011-12-15T18:41:15", 2311, 1, 15705
    ),
    "ISIS/LOQ74014.nxs": _loq(74014, "Direct Beam_TRANS", "2012-10-22T11:08:15", 399, 421618),
    "ISIS/LOQ74019.nxs": _loq(74019, "Empty_foil_packet_SANS", "2012-10-22T13:19:58", 2697, 713537),
    "ISIS/LOQ74020.nxs": _loq(
        74020, "Empty_foil_packet_TRANS", "2012-10-22T16:24:36", 2240, 607559
    ),
    "ISIS/LOQ74024.nxs": _loq(
        74024, "80%PCBM_150C_0.5tons_TRANS", "2012-10-22T17:25:39", 446, 517535
    ),
    "ISIS/LOQ74044.nxs": _loq(
        74044, "80%PCBM_150C_0.5tons_SANS", "2012-10-22T22:41:27", 2699, 2445325
    ),
    "ISIS/SANS2D00022048.nxs": Expected(
        "SANS2D",
        22048,
        "unknown",
        "IN740_300hr_750C_SANS",
        "2013-10-25T19:30:02",
        454,
        1,
        170817,
        ("experiment '-1' means none", NO_ZONE),
    ),
    "ISIS/TSC25234.nxs": _tosca(25234, 0, "2020-03-03T00:54:31", 12483, 119500773),
    "ISIS/TSC25235.nxs": _tosca(25235, 1, "2020-03-03T04:22:42", 12530, 120031454),
    "ISIS/TSC25236.nxs": _tosca(25236, 2, "2020-03-03T07:51:40", 6350, 61764138),
    "ISIS/complete_run.nxs": _musr(18, 8122),
    "ISIS/partial_run.nxs": _musr(9, 4055),
    "PSI/GPS5397.NXS": Expected(
        "GPS",
        5397,
        "unknown",
        "BioPd prepared with a 2mM salt solution. Pressed into a pellet",
        "2013-11-02T09:44:35",
        4228,
        0,
        27773102,
        ("experiment 'n/a' means none", NO_ZONE),
    ),
    "PSI/focus2010n000468.hdf": Expected(
        "FOCUS at SINQ",
        468,
        "unknown",
        "exp at 300 K",
        "2010-06-01T10:55:51",
        3060,
        0,
        244713,
        ("no run number; took 468 from the file's name", "no experiment", NO_ZONE),
    ),
    "SNS/EQSANS_1466_event.nxs": Expected(
        "EQ-SANS",
        1466,
        "2010_2_6_SCI",
        "silver behenate",
        "2010-12-05T17:37:23",
        16,
        1,
        20400,
        (),
    ),
    "SNS/HYS_11092_event.nxs": Expected(
        "HYSPEC",
        11092,
        "IPTS-7928",
        "Trying without parallel",
        None,
        None,
        1,
        0,
        (_unset("start"), _unset("end")),
    ),
    "SNS/REF_L_32035.nxs": Expected(
        "REF_L",
        32035,
        "IPTS-2574",
        "JAA-I-103B2-1_No4Rep0",
        "2010-06-09T18:29:31",
        -24,
        3,
        50013,
        ("the run ends 24 s before it starts",),
    ),
    "ESS/small-ymir.hdf": Expected(
        "YMIR",
        None,
        "876380",
        "october 28th, lego test 1, cont",
        "2024-10-28T09:32:35.895",
        134.629,
        12,
        None,
        ("no run number, and none in the file's name", "no detector data; counts unknown"),
    ),
    "reference/LOQReductionMergedData.nxs": Expected(
        "LOQ",
        None,
        "unknown",
        "80%PCBM_150C_0.5tons_SANS",
        None,
        None,
        0,
        None,
        (
            "no run number, and none in the file's name",
            "no experiment",
            "no start time",
            "no end time",
            "no detector data; counts unknown",
        ),
    ),
    "reference/INTER13460_IvsLam.nxs": Expected(
        "INTER",
        13460,
        "unknown",
        "Si/D2O S2 th=0.7",
        None,
        None,
        0,
        None,
        (
            "no run number; took 13460 from the file's name",
            "no experiment",
            "no start time",
            "no end time",
            "no detector data; counts unknown",
        ),
    ),
}

NO_RUNS = {
    "XAMS/rundoc_999999.json": "text",
    "reference/DIRECT.041": "unknown-format",
    "XAMS/live_data": "directory",
}


@pytest.fixture(scope="module")
def reader() -> Iterator[MetadataReader]:
    with MetadataReader() as reader:
        yield reader


@pytest.mark.parametrize("name", RUNS)
def test_metadata_of_real_runs(reader: MetadataReader, real_data: Path, name: str) -> None:
    expected, found = RUNS[name], reader.read(real_data / name)
    start = None if expected.start is None else datetime.fromisoformat(expected.start)
    assert found.instrument_name == expected.instrument
    assert found.run_number == expected.number
    assert found.experiment == expected.experiment
    assert found.title == expected.title
    assert found.start == (start and start.replace(tzinfo=UTC))
    if found.start and found.end:
        assert (found.end - found.start).total_seconds() == expected.seconds
    else:
        assert found.start is found.end is expected.seconds
    assert len(found.users) == len(set(found.users)) == expected.users
    assert found.counts == expected.counts
    assert found.notes == expected.notes


@pytest.mark.parametrize("name", NO_RUNS)
def test_what_is_no_run_is_refused(reader: MetadataReader, real_data: Path, name: str) -> None:
    with pytest.raises(UnreadableRun) as caught:
        reader.read(real_data / name)
    assert caught.value.kind == NO_RUNS[name]


def test_no_real_hdf5_file_is_left_out(real_data: Path) -> None:
    files = {str(path.relative_to(real_data)) for path in real_data.rglob("*") if path.is_file()}
    hdf5 = {name for name in files if name.lower().endswith((".nxs", ".hdf"))}
    assert hdf5 == set(RUNS)
