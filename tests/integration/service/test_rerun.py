"""A rerun is a new version beside the old one, which stays as it was to the byte."""

import hashlib
import os
from pathlib import Path

from nbreduce.domain.states import State
from support.sites import DEMO, ONE_WORKER, Site

V1, V2, V3 = (f"{DEMO}1-work-v{version}" for version in (1, 2, 3))


def fingerprint(folder: Path) -> dict[str, tuple[str, int, int]]:
    """Return content, mode and time of every file of a reduction."""
    return {
        str(path.relative_to(folder)): (
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
            path.stat().st_mode,
            path.stat().st_mtime_ns,
        )
        for path in sorted(folder.rglob("*"))
    }


def test_a_rerun_stands_beside_the_first_and_says_in_what_it_differs(tmp_path: Path) -> None:
    site = Site(tmp_path / "ws", settings=ONE_WORKER)
    with site.serving():
        first = site.folder_of(site.check_good_run(1))
        before = fingerprint(first)
        told = site.cli("rerun", V1, "-p", "scale=2.5", "-p", "mode=fancy", "--wait", "--json")
        assert told.code == 0, told.words
        assert [one["name"] for one in told.json] == [V2]
        for words, said in {
            ("scale=11",): "scale = '11': must be a number > 0 and <= 10",
            ("scale=much",): "scale = 'much': must be a number > 0 and <= 10",
            ("mode=odd",): "mode = 'odd': must be one of 'plain', 'fancy'",
            ("colour=red",): "there is no parameter 'colour'",
            ("run_file=x",): "run_file is supplied by the platform and cannot be set",
            ("scale",): "'scale' is not NAME=VALUE",
            ("scale=1", "-p", "scale=2"): "scale is given twice",
        }.items():
            refused = site.cli("rerun", V1, "-p", *words)
            assert refused.code == 2, words
            assert said in refused.err
        missing = site.cli("rerun", f"{DEMO}9-work-v1")
        assert missing.code == 2
        assert f"there is no reduction '{DEMO}9-work-v1'" in missing.err
    second = site.reduction(V2)
    assert second is not None
    assert len(site.reductions()) == 2
    assert second.rerun_of == V1
    assert {one.what: (one.before, one.after) for one in second.differs} == {
        "parameter scale": (1.0, 2.5),
        "parameter mode": ("plain", "fancy"),
    }
    size = (site.data / f"{DEMO}00000001.nxs").stat().st_size
    folder = site.folder_of(second)
    assert (folder / "outputs" / "result.txt").read_text() == f"1 {size * 2.5} fancy"
    assert (first / "outputs" / "result.txt").read_text() == f"1 {size * 1.0} plain"
    assert fingerprint(first) == before
    assert os.readlink(first.parent / "latest") == "v2"  # noqa: PTH115
    shown = site.cli("show", V2)
    assert f"Differs from {V1}" in shown.out
    assert "parameter scale: 1.0 → 2.5" in shown.out
    assert site.record(second)["reduction"]["differs"][0]["what"] == "parameter mode"
    for path in [first, *first.rglob("*")]:
        assert path.stat().st_mode & 0o222 == 0, path


def test_a_rerun_that_fails_leaves_latest_alone_and_one_while_the_service_is_down_waits(
    tmp_path: Path,
) -> None:
    site = Site(tmp_path / "ws", settings=ONE_WORKER)
    with site.serving():
        first = site.folder_of(site.check_good_run(1))
    told = site.cli("rerun", V1, "-p", "scale=3")
    assert told.code == 0
    assert "The service is not running; it will take this up when it is" in told.err
    assert len(site.reductions()) == 1
    with site.serving():
        second = site.wait_for_state(V2, State.SUCCEEDED)
        assert second.parameters["scale"].value == 3.0
        assert second.parameters["scale"].source == "request"
        (site.data / f"{DEMO}00000001.nxs").unlink()
        told = site.cli("rerun", V2, "--wait")
        assert told.code == 1
        assert f"{V3} failed the run's file" in told.out
        third = site.reduction(V3)
        assert third is not None
        assert third.failure == "input_error"
        assert third.parameters["scale"].value == 3.0
    assert os.readlink(first.parent / "latest") == "v2"  # noqa: PTH115
    site.check_archive()
