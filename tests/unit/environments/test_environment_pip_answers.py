import pytest

from nbreduce.environments.pip_answers import (
    Diagnosis,
    diagnose,
    last_error,
    read_report,
    unknown_name,
    wheel_tags,
)

ASKED = "Fetching project page and analyzing links: https://i.invalid/simple/toy/"
FAILED = "Could not fetch URL https://i.invalid/simple/toy/: {} - skipping"


@pytest.mark.parametrize(
    ("archive", "expected"),
    [
        ({"hashes": {"sha256": "a" * 64}}, "a" * 64),
        ({"hash": "sha256=" + "b" * 64}, "b" * 64),
        ({"hash": "md5=" + "b" * 32}, None),
        ({"hashes": {"sha256": "short"}}, None),
        ({}, None),
    ],
)
def test_reading_pips_report(archive: dict[str, object], expected: str | None) -> None:
    url = "https://me:secret@files.invalid/T_oy-1.0.whl"
    item = {"download_info": {"url": url, "archive_info": archive}, "metadata": {"name": "T_oy"}}
    found = read_report({"install": [item]})
    assert (found["t-oy"].sha256 if "t-oy" in found else None) == expected
    assert all(artefact.url == "https://files.invalid/T_oy-1.0.whl" for artefact in found.values())


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://f.invalid/a/toy-1.0-py3-none-any.whl", {"py3-none-any"}),
        ("file:///w/toy-1.0-1-py2.py3-none-any.whl#x", {"py2-none-any", "py3-none-any"}),
        ("file:///w/toy-1.0%2Bcu1-cp311-cp311-linux_x86_64.whl", {"cp311-cp311-linux_x86_64"}),
        ("file:///w/toy-1.0.tar.gz", set()),
        ("file:///w/toy.whl", set()),
        ("", set()),
    ],
)
def test_tags_in_a_wheels_name(url: str, expected: set[str]) -> None:
    assert wheel_tags(url) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], Diagnosis("", False)),
        ([ASKED], Diagnosis("", False)),
        ([ASKED, FAILED.format("404 Client Error: Not Found")], Diagnosis("", False)),
        ([ASKED, FAILED.format("403 Forbidden")], Diagnosis("403 Forbidden", True)),
        ([ASKED, ASKED, FAILED.format("403 Forbidden")], Diagnosis("403 Forbidden", False)),
        (
            [ASKED, FAILED.format("403 for https://me:secret@i.invalid/")],
            Diagnosis("403 for https://i.invalid/", True),
        ),
        (
            ["WARNING: The repository located at i.invalid is not a trusted or secure host"],
            Diagnosis("The repository located at i.invalid is not a trusted", True),
        ),
    ],
)
def test_telling_an_index_that_is_away(lines: list[str], expected: Diagnosis) -> None:
    assert diagnose("\n".join(lines)) == expected


def test_the_package_that_pip_does_not_find() -> None:
    assert unknown_name("ERROR: No matching distribution found for T_oy.x==1.0+a") == "t-oy-x"
    assert unknown_name("ERROR: something else") == ""


def test_the_last_error() -> None:
    assert last_error("ERROR: one\nERROR: at https://me:secret@i.invalid/") == (
        "at https://i.invalid/"
    )
    assert last_error("fine") == ""
