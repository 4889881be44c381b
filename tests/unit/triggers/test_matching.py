import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbreduce.triggers.matching import Matcher, is_temporary

NAMES = st.text(st.characters(codec="utf-8", exclude_characters="/\x00"), min_size=1, max_size=10)


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("**/*.nxs", "a.nxs", True),
        ("**/*.nxs", "a.NXS", True),
        ("**/*.nxs", "cycle_23_2/a b é.Nxs", True),
        ("**/*.nxs", "x/y/z/a.nxs", True),
        ("**/*.nxs", "a.nxs/b.txt", False),
        ("**/*.nxs", "a.nxs.part", False),
        ("*.nxs", "x/a.nxs", False),
        ("cycle_*/ENGINX*.nxs", "cycle_23_2/ENGINX00000001.nxs", True),
        ("cycle_*/ENGINX*.nxs", "cycle_23_2/sub/ENGINX00000001.nxs", False),
        ("**/raw/**/*.h5", "a/raw/b/c/d.h5", True),
        ("**/raw/**/*.h5", "a/b/c.h5", False),
        ("run[0-9].nxs", "run5.nxs", True),
        ("run[0-9].nxs", "runx.nxs", False),
        ("**/*", "anything", True),
    ],
)
def test_patterns(pattern: str, path: str, expected: bool) -> None:
    assert Matcher(pattern).matches(path) is expected


@pytest.mark.parametrize("pattern", ["", "/abs/*.nxs", "a//b", "../*.nxs", "**", "raw/", "raw/**"])
def test_what_is_no_pattern_of_files_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"such as '\*\*/\*\.nxs'"):
        Matcher(pattern)


@given(st.lists(NAMES, max_size=4), NAMES)
def test_two_stars_stand_for_any_folders(folders: list[str], stem: str) -> None:
    assert Matcher("**/*.nxs").matches("/".join([*folders, stem + ".nxs"]))


@pytest.mark.parametrize(
    ("pattern", "folder", "expected"),
    [
        ("*.nxs", "", True),
        ("*.nxs", "a", False),
        ("a/*.nxs", "a", True),
        ("a/*.nxs", "a/b", False),
        ("**/*.nxs", "a/b/c/d", True),
    ],
)
def test_no_deeper_than_needed(pattern: str, folder: str, expected: bool) -> None:
    assert Matcher(pattern).reaches(folder) is expected


@pytest.mark.parametrize(
    "name", [".a.nxs", ".nfs0001", "a.part", "a.nxs.TMP", "a~", "#a#", "~$a.nxs", "a.filepart"]
)
def test_temporary_names(name: str) -> None:
    assert is_temporary(name)


@pytest.mark.parametrize("name", ["a.nxs", "part.nxs", "tmp", "a.b.nxs", "試料.nxs"])
def test_other_names(name: str) -> None:
    assert not is_temporary(name)
