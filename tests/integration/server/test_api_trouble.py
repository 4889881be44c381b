"""A workspace that is not in order, or not there: every answer says what to do, and none is a defect."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from support.api import Api, running_api
from support.notebooks import notebook, save
from support.sites import DEMO, Site

READS = (
    "/health",
    "/runs",
    "/runs/DEMO/1",
    "/experiments",
    "/events",
    "/reductions/x",
    "/requests/1",
    "/reports/1",
    "/templates",
    f"/templates/{DEMO}/work",
    "/environments",
    "/instruments",
)
NEED_CATALOGUE = ("/runs", "/runs/DEMO/1", "/experiments", "/events", "/reductions/x", "/reports/1")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    made = Site(tmp_path_factory.mktemp("trouble") / "ws")
    assert made.cli("catalogue", "upgrade").code == 0
    made.workspace().archive.prepare()
    return made


@pytest.fixture(scope="module")
def troubled(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with running_api(tmp_path_factory.mktemp("troubled"), site.path) as running:
        yield running
    assert "Traceback" not in running.log.read_text(), running.log.read_text()


@contextmanager
def aside(path: Path) -> Iterator[None]:
    """Put a file or folder out of the way, with what SQLite keeps beside it."""
    found = [(one, one.with_name(f"aside-{one.name}")) for one in path.parent.glob(f"{path.name}*")]
    for one, other in found:
        one.rename(other)
    try:
        yield
    finally:
        for one in path.parent.glob(f"{path.name}*"):
            one.unlink()
        for one, other in found:
            other.rename(one)


def test_all_is_well_at_first(troubled: Api) -> None:
    for path in READS:
        assert troubled.get(path).status in {200, 404}, path
    assert troubled.get("/health").json["problems"] == []


def check_catalogue_trouble(api: Api, words: str, remedy: str) -> None:
    for path in NEED_CATALOGUE:
        answer = api.get(path)
        assert answer.status == 503, (path, answer.body)
        assert answer.headers["Retry-After"]
        assert words in answer.words
        assert remedy in answer.words
    health = api.get("/health")
    assert health.status == 200
    (problem,) = health.json["problems"]
    assert words in problem
    assert remedy in problem
    assert api.get(f"/templates/{DEMO}/work").status == 200


def test_a_catalogue_that_is_gone(troubled: Api, site: Site) -> None:
    with aside(site.path / "catalogue.db"):
        check_catalogue_trouble(troubled, "is gone", "nbreduce catalogue rebuild")
    assert troubled.get("/runs").status == 200


def test_a_catalogue_that_is_damaged(troubled: Api, site: Site) -> None:
    with aside(site.path / "catalogue.db"):
        (site.path / "catalogue.db").write_bytes(
            b"no database at all, but long enough for one" * 99
        )
        check_catalogue_trouble(troubled, "not a database", "nbreduce catalogue rebuild")
    assert troubled.get("/runs").status == 200


def test_a_catalogue_of_an_earlier_release(site: Site, tmp_path: Path) -> None:
    with sqlite3.connect(site.path / "catalogue.db") as connection:
        (head,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    connection.close()
    try:
        with running_api(tmp_path, site.path) as api:
            check_catalogue_trouble(
                api, f"has schema 0001, not {head}", "nbreduce catalogue upgrade"
            )
            with sqlite3.connect(site.path / "catalogue.db") as connection:
                connection.execute("UPDATE alembic_version SET version_num = ?", (head,))
            assert api.get("/runs").status == 200, "nothing needs to be started again"
            connection.close()
    finally:
        with sqlite3.connect(site.path / "catalogue.db") as connection:
            connection.execute("UPDATE alembic_version SET version_num = ?", (head,))
        connection.close()


def test_a_catalogue_that_another_program_writes_can_be_read(troubled: Api, site: Site) -> None:
    connection = sqlite3.connect(site.path / "catalogue.db", isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        for path in NEED_CATALOGUE:
            assert troubled.get(path).status in {200, 404}
    finally:
        connection.execute("ROLLBACK")
        connection.close()


def spoil_template(site: Site) -> Path:
    return save(notebook("1", parameters=None), site.templates / DEMO / "bad.ipynb")


def spoil_name(site: Site) -> Path:
    path = site.templates / DEMO / os.fsdecode(b"\xff.ipynb")
    path.write_bytes((site.templates / DEMO / "work.ipynb").read_bytes())
    return path


def spoil_notebook(site: Site) -> Path:
    path = site.templates / DEMO / "bad.ipynb"
    path.write_bytes(b"\xff{")
    return path


def spoil_link(site: Site) -> Path:
    path = site.templates / DEMO / "bad.ipynb"
    path.symlink_to(path)
    return path


@pytest.mark.parametrize("spoil", [spoil_template, spoil_name, spoil_notebook, spoil_link])
def test_a_template_that_is_not_in_order(
    troubled: Api, site: Site, spoil: Callable[[Site], Path]
) -> None:
    path = spoil(site)
    try:
        listed = {
            one["name"]: one["problem"] for one in troubled.get("/templates").json["templates"]
        }
        assert listed.pop("work") is None
        assert all(listed.values())
        for path_of in (f"/templates/{DEMO}/bad", f"/templates/{DEMO}/work", "/instruments"):
            assert troubled.get(path_of).status < 500
        health = troubled.get("/health")
        assert health.status == 200
        assert any("nbreduce template check" in one for one in health.json["problems"])
    finally:
        path.unlink()


def test_an_instrument_that_is_not_in_order(troubled: Api, site: Site) -> None:
    folder = site.instrument("ODD")
    try:
        (folder / "instrument.toml").write_bytes(b"\xff = 1")
        found = {
            one["key"]: one["problem"] for one in troubled.get("/instruments").json["instruments"]
        }
        assert found[DEMO] is None
        assert "ODD/instrument.toml" in found["ODD"]
        answer = troubled.get("/templates/ODD/x")
        assert answer.status == 422
        assert "ODD/instrument.toml" in answer.words
    finally:
        (folder / "instrument.toml").unlink()
        folder.rmdir()


def test_folders_that_are_away_are_told_by_name(troubled: Api, site: Site) -> None:
    with aside(site.data), aside(site.path / "archive"):
        (problems, free) = (troubled.get("/health").json[one] for one in ("problems", "free_bytes"))
    assert free is None
    assert any(f"triggers: no folder {site.data}. It is waited for" in one for one in problems)
    assert any(f"archive: {site.path / 'archive'} is not there" in one for one in problems)
    with aside(site.templates):
        assert troubled.get(f"/templates/{DEMO}/work").status == 404
        assert troubled.get("/templates").json["templates"] == []


def test_a_lock_that_says_nothing_of_use(troubled: Api, site: Site) -> None:
    lock = site.workspace().config.logs_path / "service.lock"
    lock.parent.mkdir(exist_ok=True)
    lock.write_bytes(b"\xff")
    assert troubled.get("/health").json["service"] == {"running": False, "pid": None, "since": None}
    lock.unlink()


def test_without_a_workspace_every_answer_says_how_to_get_one(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    words = "nbreduce init"
    with running_api(tmp_path, root) as api:
        for path in READS:
            answer = api.get(path)
            assert answer.status == 503, path
            assert words in answer.words
        for path in ("/runs", "/reductions/x/rerun", "/reductions/x/cancel"):
            body = {"instrument": "A", "runs": [1]} if path == "/runs" else {}
            answer = api.post(path, body)
            assert answer.status == 503, path
            assert words in answer.words
        assert api.get("/openapi.json").json["openapi"] == "3.1.0"
        assert "Traceback" not in api.log.read_text()
        assert words in api.log.read_text()
