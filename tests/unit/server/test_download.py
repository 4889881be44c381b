"""Headers of files that are sent."""

import pytest

from nbreduce.server.download import disposition_of, type_of


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.txt", "text/plain; charset=utf-8"),
        ("a.CSV", "text/csv; charset=utf-8"),
        ("a.json", "application/json"),
        ("a.png", "image/png"),
        ("a.yml", "application/yaml"),
        ("a.txt.gz", "application/gzip"),
        ("a.nxs", "application/octet-stream"),
        ("a.html", "application/octet-stream"),
        ("a.svg", "application/octet-stream"),
        ("a.xhtml", "application/octet-stream"),
        ("a.js", "application/octet-stream"),
        ("a", "application/octet-stream"),
    ],
)
def test_a_browser_is_told_no_type_that_it_could_run(name: str, expected: str) -> None:
    assert type_of(name) == expected


@pytest.mark.parametrize("name", ['a"; filename=b.exe', "a\r\nSet-Cookie: x", "a\\b", "日本.txt"])
def test_no_name_breaks_the_header(name: str) -> None:
    header = disposition_of(name)
    assert header.isascii() and header.isprintable()
    assert header.count('"') == 2
    assert "\\" not in header
