"""What `nbreduce doctor` finds, in good order and with each thing broken."""

from collections.abc import Callable
from pathlib import Path

import pytest

from support.commands import nbreduce
from support.filesystems import without_write_permission
from support.notebooks import notebook, save
from support.sites import DEMO, Site


def findings(site: Site) -> dict[str, dict[str, object]]:
    told = site.cli("doctor", "--json")
    found = {one["what"]: one for one in told.json}
    assert told.code == (0 if all(one["good"] for one in told.json) else 1)
    return found


def test_all_is_well(lived: Site) -> None:
    told = lived.cli("doctor")
    assert told.code == 0, told.words
    assert "✖" not in told.out
    for words in ("papermill engine: registered", "archive: ", "not running", "Start it with"):
        assert words in told.out
    assert "2 succeeded" in findings(lived)["catalogue"]["words"]  # type: ignore[operator]


def break_template(site: Site) -> None:
    save(notebook("1", parameters=None), site.templates / DEMO / "bad.ipynb")


def break_kernel(site: Site) -> None:
    site.settings["environments"] = {"default": {"kernelspec": "no-such-kernel"}}
    site.configure()


def break_trigger(site: Site) -> None:
    site.triggers[0]["path"] = str(site.path / "not-mounted")
    site.configure()


def break_trigger_kind(site: Site) -> None:
    site.triggers[0]["kind"] = "telepathy"
    site.configure()


def break_catalogue(site: Site) -> None:
    (site.path / "catalogue.db").unlink()


def corrupt_catalogue(site: Site) -> None:
    (site.path / "catalogue.db").write_bytes(b"not a database" * 1000)


def break_configuration(site: Site) -> None:
    site.configure("[colour]\nred = 1\n")


@pytest.mark.parametrize(
    ("spoil", "what", "words"),
    [
        (break_template, "templates", f"not in order: {DEMO}/bad"),
        (break_kernel, "environment default", "no-such-kernel"),
        (break_trigger, "triggers", "no folder "),
        (break_trigger_kind, "triggers", "there is no trigger of kind 'telepathy'"),
        (break_catalogue, "catalogue", "there is no catalogue at "),
        (corrupt_catalogue, "catalogue", "cannot be used (file is not a database)"),
        (break_configuration, "workspace", "colour is not a setting"),
    ],
)
def test_each_broken_thing_is_found_and_the_remedy_named(
    tmp_path: Path, spoil: Callable[[Site], None], what: str, words: str
) -> None:
    site = Site(tmp_path / "ws")
    assert site.cli("catalogue", "upgrade").code == 0
    spoil(site)
    found = findings(site)
    assert words in str(found[what]["words"])
    assert found[what]["remedy"] or "Add one from" in str(found[what]["words"])
    assert [name for name, one in found.items() if not one["good"]] == [what]


def test_a_catalogue_that_is_not_there_is_not_made_by_looking(tmp_path: Path) -> None:
    site = Site(tmp_path / "ws")
    for words in ("doctor", "runs", "up --help"):
        site.cli(*words.split())
    told = site.cli("runs")
    assert told.code == 2
    for remedy in ("nbreduce catalogue upgrade", "nbreduce catalogue rebuild"):
        assert remedy in told.words
    assert not list(site.path.glob("catalogue.db*"))
    assert site.cli("catalogue", "rebuild").code == 0
    assert site.cli("runs").out == "No runs yet.\n"


def test_an_archive_that_may_not_be_written_is_found(tmp_path: Path) -> None:
    site = Site(tmp_path / "ws")
    assert site.cli("catalogue", "upgrade").code == 0
    site.workspace().archive.prepare()
    with without_write_permission(site.path / "archive"):
        found = findings(site)
    assert "the archive cannot be written" in str(found["archive"]["words"])
    assert found["archive"]["remedy"]


def test_without_a_workspace_the_installation_is_looked_at(tmp_path: Path) -> None:
    told = nbreduce("doctor", cwd=tmp_path)
    assert told.code == 0, told.words
    assert "Python: " in told.out
    assert "workspace" not in told.out
    assert nbreduce("doctor", "-w", tmp_path).code == 2
