"""Bad raw files in one running service: each becomes a run with its reason, and the service goes on."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np
import pytest

from data import hostile
from nbreduce.domain.states import State
from support.sites import DEMO, Site, watch

UNREADABLE = {
    hostile.zero_bytes: "has no content (0 bytes)",
    hostile.text: "is a text file, not NeXus",
    hostile.hdf4: "is an HDF4 file, which is not supported",
    hostile.noise: "is not an HDF5 file",
    hostile.zeros: "is not an HDF5 file",
    hostile.truncated: "is cut short: 7208 of 14416 bytes",
    hostile.truncated_superblock: "is damaged",
    hostile.signature_only: "is damaged",
    hostile.damaged_root: "is damaged",
    hostile.not_closed: "was not closed by the program that wrote it",
    hostile.a_folder: "is a folder, not a file",
    hostile.a_pipe: "is not an ordinary file",
    hostile.no_entry: "holds no NXentry",
    hostile.entry_elsewhere: "is a link to another file",
    hostile.entry_by_a_detour: "is a link to another file",
    hostile.soft_link_circle: "holds no NXentry",
    hostile.entry_is_data: "holds no NXentry",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A service that has met every bad file, all at once, and a good run behind them."""
    site = Site(tmp_path_factory.mktemp("bad-input"))
    site.triggers.append(watch(site.aside(), "NOBODY"))
    site.configure()
    with site.serving():
        for make in UNREADABLE:
            make(site.data)
        denied = site.measure(50, site.path)
        denied.chmod(0)
        denied.rename(site.data / denied.name)
        odd_but_good(site.data)
        site.measure(70, site.aside(), "NOBODY")
        site.check_good_run(1000)
        yield site
        site.check_good_run(1001)
    site.check_archive()


def odd_but_good(folder: Path) -> None:
    """Write runs that are odd, each with a number of its own, and usable all the same."""
    latin = np.bytes_("5 \xb5m, 20 \xb0C".encode("latin-1"))
    hostile.write_run(folder / f"{DEMO}00000060.nxs", 60, title=latin)
    two = hostile.write_run(folder / f"{DEMO}00000061.nxs", 61)
    with h5py.File(two, "r+") as file:
        hostile.fill_entry(file.create_group("raw_data_2"), 99)
    hostile.write_run(folder / "Größe № 1 – 試料 00000062.nxs", 62)
    hostile.write_run(folder / f"{DEMO}00000063.nxs", 63, start_time="1989-12-31T19:00:00-05:00")
    hostile.write_run(folder / f"{DEMO}00000064.nxs", 0, experiment_identifier=None)
    hostile.write_run(folder / f"{DEMO}00000065.nxs", 65, experiment_identifier="../../../etc")


@pytest.mark.parametrize("make", UNREADABLE, ids=lambda make: make.__name__)
def test_an_unreadable_file_is_a_skipped_run_with_its_reason(
    site: Site, make: hostile.Maker, tmp_path: Path
) -> None:
    name = make(tmp_path).name
    run = site.wait_for_run(str(int(name[-12:-4])))
    assert run.skipped is not None
    assert UNREADABLE[make] in run.skipped
    assert name in run.skipped
    assert run.path == str(site.data / name)
    assert not any(one.run_id == run.id for one in site.reductions())
    record = site.workspace().archive.layout.run(run) / "run.json"
    assert UNREADABLE[make] in record.read_text(encoding="utf-8")


def test_a_file_that_may_not_be_read_says_so(site: Site) -> None:
    run = site.wait_for_run("50")
    assert run.skipped is not None
    assert "may not be read by this service" in run.skipped
    assert "Give the service's user permission" in run.skipped


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("60", "title is not UTF-8"),
        ("61", "2 entries; read the first, 'raw_data_1'"),
        ("62", ""),
        ("63", "unset clock"),
        ("64", "took 64 from the file's name"),
        ("65", ""),
    ],
)
def test_an_odd_run_is_reduced_and_its_oddity_noted(site: Site, name: str, note: str) -> None:
    reduction = site.wait_for_state(f"{DEMO}{name}-work-v1", State.SUCCEEDED)
    run = site.run(name)
    assert run is not None
    assert note in "; ".join(run.notes)
    folder = site.folder_of(reduction)
    assert folder.resolve().is_relative_to((site.path / "archive").resolve())
    result = (folder / "outputs" / "result.txt").read_text()
    assert result.startswith(f"{name} ")


def test_a_name_with_spaces_and_letters_reaches_the_notebook_as_it_is(site: Site) -> None:
    reduction = site.wait_for_state(f"{DEMO}62-work-v1", State.SUCCEEDED)
    given = Path(str(reduction.parameters["run_file"].value))
    assert given == site.data / "Größe № 1 – 試料 00000062.nxs"
    assert reduction.inputs[0].path == str(given)


def test_an_instrument_that_nobody_configured_keeps_its_runs(site: Site) -> None:
    run = site.wait_for_run("70", instrument="NOBODY")
    assert run.skipped is not None
    assert "there is no instrument 'NOBODY'" in run.skipped
    assert f"Instruments with templates: {DEMO}" in run.skipped


def test_a_slow_writer_is_waited_for_and_reduced_once(site: Site) -> None:
    source = hostile.write_run(site.path / "slow.source", 80).read_bytes()
    path = site.data / f"{DEMO}00000080.nxs"
    step = len(source) // 12
    with path.open("wb") as stream:
        for start in range(0, len(source), step):
            assert site.run("80") is None
            stream.write(source[start : start + step])
            stream.flush()
            os.fsync(stream.fileno())
            time.sleep(0.1)
    reduction = site.wait_for_state(f"{DEMO}80-work-v1", State.SUCCEEDED)
    assert reduction.inputs[0].size == len(source)
    assert len([one for one in site.reductions() if one.run_id == reduction.run_id]) == 1


def test_a_bad_file_that_is_replaced_by_a_whole_one_becomes_usable(site: Site) -> None:
    path = site.data / f"{DEMO}00000081.nxs"
    path.write_text("not yet\n")
    assert "text file" in str(site.wait_for_run("81").skipped)
    site.measure(81)
    site.wait_for_state(f"{DEMO}81-work-v1", State.SUCCEEDED)
    run = site.run("81")
    assert run is not None
    assert run.skipped is None
    assert len([one for one in site.runs() if one.name == "81"]) == 1


def test_a_file_that_vanishes_while_it_is_waited_for_is_a_skipped_run(site: Site) -> None:
    path = site.data / f"{DEMO}00000082.nxs"
    path.touch()
    site.wait_until(lambda: _is_reported(site, path), "the empty file is reported")
    path.unlink()
    run = site.wait_for_run("82")
    assert "vanished before it could be read" in str(run.skipped)


def test_a_file_that_vanishes_before_its_reduction_starts_is_an_input_error(site: Site) -> None:
    gate = site.path / "gate-vanished"
    held = [site.measure(number, site.aside()) for number in (83, 84)]
    site.cli("submit", DEMO, *held, "-p", f"gate={gate}")
    for number in (83, 84):
        site.wait_for_state(f"{DEMO}{number}-work-v1", State.RUNNING)
    path = site.measure(85)
    site.wait_for_state(f"{DEMO}85-work-v1", State.QUEUED)
    path.unlink()
    gate.touch()
    reduction = site.wait_for_state(f"{DEMO}85-work-v1", State.FAILED)
    assert reduction.failure == "input_error"
    assert f"the run's file {path} cannot be read any more" in reduction.reason
    assert {timing.status for timing in reduction.timings} == {"pending"}
    assert site.record(reduction)["reduction"]["failure"] == "input_error"


def _is_reported(site: Site, path: Path) -> bool:
    from nbreduce.catalogue.reports import known_files

    with site.catalogue() as session:
        return path in known_files(session, DEMO)
