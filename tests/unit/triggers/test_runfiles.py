from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbreduce.triggers.runfiles import _names, find_run_file, list_run_files


def _make(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


@pytest.mark.parametrize(
    ("name", "prefixes", "padding", "number"),
    [
        ("MAR25234.nxs", ("MAR",), 5, 25234),
        ("MAR25234.nxs", ("MAR",), 8, 25234),
        ("ENGINX00241391.nxs", ("ENGINX",), 8, 241391),
        ("ENGINX00241391.nxs", ("ENGINX",), 0, 241391),
        ("ENGINX00241391.NXS", ("ENGINX", "ENG"), 8, 241391),
        ("OSI00100000.Nxs", ("OSIRIS", "OSI"), 5, 100000),
        ("TSC100000.nxs", ("TSC",), 5, 100000),
        ("D20_7.nxs", ("D20_",), 8, 7),
        ("cycle_23_2/WISH00044733.nxs", ("WISH",), 8, 44733),
    ],
)
def test_a_run_is_found_however_its_number_is_written(
    tmp_path: Path, name: str, prefixes: tuple[str, ...], padding: int, number: int
) -> None:
    _make(tmp_path, name, "other/" + name, "WISH00000001.nxs")
    assert find_run_file([tmp_path], prefixes, padding, number) == tmp_path / name


def test_the_newest_cycle_comes_first_and_the_folder_itself_last(tmp_path: Path) -> None:
    order = ["cycle_23_10", "cycle_23_9", "cycle_00_1", "cycle_99_5", "."]
    for folder in reversed(order):
        _make(tmp_path, f"{folder}/X00000007.nxs")
    _make(tmp_path, "cycle_old/X00000007.nxs", "cycle_24_1/other.nxs")
    for folder in order:
        found = find_run_file([tmp_path], ["X"], 8, 7)
        assert found == tmp_path / folder / "X00000007.nxs"
        assert list_run_files([tmp_path], ["X"], range(7, 8)) == {7: found}
        found.unlink()
    assert find_run_file([tmp_path], ["X"], 8, 7) is None


def test_folders_are_searched_in_turn_and_may_be_absent(tmp_path: Path) -> None:
    _make(tmp_path / "second", "X00000007.nxs")
    folders = [tmp_path / "first", tmp_path / "second"]
    assert find_run_file(folders, ["X"], 8, 7) == tmp_path / "second/X00000007.nxs"
    assert list_run_files(folders, ["X"], range(100)) == {7: tmp_path / "second/X00000007.nxs"}


def test_a_folder_named_like_a_run_is_not_its_file(tmp_path: Path) -> None:
    (tmp_path / "X00000007.nxs").mkdir()
    assert find_run_file([tmp_path], ["X"], 8, 7) is None


def test_a_listing_finds_the_wanted_runs_only(tmp_path: Path) -> None:
    _make(tmp_path, "X00000001.nxs", "X2.NXS", "cycle_23_1/X00003.nxs", "X00000009.nxs")
    _make(tmp_path, "Y00000002.nxs", "X00000002_event.nxs", "X00000002.raw", "AX00000002.nxs")
    found = list_run_files([tmp_path], ["X", "Z."], range(1, 4))
    assert {number: path.name for number, path in found.items()} == {
        1: "X00000001.nxs",
        2: "X2.NXS",
        3: "X00003.nxs",
    }
    assert list_run_files([tmp_path], [], range(1, 4)) == {}


@given(st.integers(1, 10**9), st.integers(0, 12), st.sampled_from(["MAR", "ENGINX"]))
def test_the_configured_name_is_always_among_those_tried(
    number: int, padding: int, prefix: str
) -> None:
    assert f"{prefix}{number:0{padding}d}.nxs" in list(_names([prefix], padding, number))
