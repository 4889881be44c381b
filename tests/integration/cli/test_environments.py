"""Environments by the command line: listed, recorded, compared with what a reduction had."""

from pathlib import Path

from support.sites import DEMO, Site

# A port that nothing listens on: the index is away, and that is told within seconds.
NO_INDEX = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_NO_CACHE_DIR": "1"}


def test_an_environment_that_is_as_it_was(lived: Site) -> None:
    told = lived.cli("environment", "verify", f"{DEMO}1-work-v1")
    assert told.code == 0
    assert f"default is as it was for {DEMO}1-work-v1" in told.words
    assert lived.cli("environment", "verify", f"{DEMO}1-work-v1", "--json").json == []


def test_an_environment_that_is_not_as_it_was(lived: Site) -> None:
    manifest = next(lived.path.glob(f"archive/{DEMO}/*/1/work/v2/environment.conda-lock.yml"))
    told = manifest.read_text()
    manifest.parent.chmod(0o755)
    manifest.unlink()
    manifest.write_text(told.replace("name: papermill", "name: papermill-that-was"))
    answer = lived.cli("environment", "verify", f"{DEMO}1-work-v2", "--json")
    assert answer.code == 1
    kinds = {one["subject"]: one["kind"] for one in answer.json}
    assert kinds == {"pip papermill": "added", "pip papermill-that-was": "removed"}


def test_an_environment_is_recorded_on_demand(lived: Site) -> None:
    told = lived.cli("environment", "lock", "--json", variables=NO_INDEX)
    assert told.code == 0
    assert Path(told.json["path"]).is_file()
    assert told.json["packages"] > 50
    assert "papermill" in " ".join(told.json["hashes_missing"])
    (listed,) = lived.cli("environment", "list", "--json").json
    assert listed["manifest"] == told.json["sha256"]


def test_an_environment_that_is_not_configured(lived: Site) -> None:
    told = lived.cli("environment", "lock", "nobody")
    assert told.code == 2
    assert "there is no environment 'nobody' Environments: default" in told.words
