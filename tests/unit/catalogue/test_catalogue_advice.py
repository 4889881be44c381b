"""What to do is told by the cause. Each cause is a real one of SQLite's."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event, text

from data.powers import bound_by_permissions
from nbreduce.catalogue import runs, sqlite
from nbreduce.catalogue.advice import NO_CATALOGUE, advice
from nbreduce.catalogue.core import Catalogue, CatalogueUnavailable
from support.making import at, make_run


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Catalogue]:
    """A catalogue that is not patient, without open connections."""
    monkeypatch.setattr(sqlite, "_BUSY_MS", 20)
    catalogue = Catalogue(f"sqlite:///{tmp_path / 'catalogue.db'}")
    catalogue.upgrade()
    catalogue.close()
    yield catalogue
    catalogue.close()


def write(catalogue: Catalogue, title: str = "a run") -> None:
    with catalogue.write() as session:
        runs.save_run(session, make_run(title=title), at(0))


def refused(catalogue: Catalogue, title: str = "a run") -> CatalogueUnavailable:
    with pytest.raises(CatalogueUnavailable) as caught:
        write(catalogue, title)
    assert caught.value.exit_code == 1
    return caught.value


def test_a_file_that_may_only_be_read(opened: Catalogue, tmp_path: Path) -> None:
    (tmp_path / "catalogue.db").chmod(0o444)
    with bound_by_permissions():
        error = refused(opened)
    assert "readonly database" in error.message
    assert "This user may not write it; run the command as the user" in error.hint


def test_a_folder_that_may_only_be_read(opened: Catalogue, tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    try:
        with bound_by_permissions():
            error = refused(opened)
    finally:
        tmp_path.chmod(0o755)
    assert "This user may not write it; run the command as the user" in error.hint


def test_a_file_that_may_not_be_read(opened: Catalogue, tmp_path: Path) -> None:
    (tmp_path / "catalogue.db").chmod(0o000)
    for use in (opened.check, opened.upgrade, opened.probe):
        with bound_by_permissions(), pytest.raises(CatalogueUnavailable) as caught:
            use()
        assert "unable to open" in caught.value.message
        assert "This user may not write it; run the command as the user" in caught.value.hint


def test_a_folder_that_may_not_be_looked_into_is_not_told_as_empty(
    opened: Catalogue, tmp_path: Path
) -> None:
    tmp_path.chmod(0o000)
    try:
        with bound_by_permissions(), pytest.raises(CatalogueUnavailable) as caught:
            opened.check()
    finally:
        tmp_path.chmod(0o755)
    assert "This user may not write it" in caught.value.hint


def test_a_folder_that_is_gone(opened: Catalogue, tmp_path: Path) -> None:
    lost = Catalogue(f"sqlite:///{tmp_path / 'gone' / 'catalogue.db'}")
    assert f"There is no folder {tmp_path / 'gone'}; mount it" in refused(lost).hint


def test_one_that_another_program_is_writing(opened: Catalogue, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "catalogue.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    error = refused(opened)
    other.execute("ROLLBACK")
    other.close()
    assert "is locked" in error.message
    assert error.hint == "Another program is writing to it; try again in a moment"
    write(opened)


def test_one_that_is_full(opened: Catalogue) -> None:
    with opened.engine.connect() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
    opened.close()
    event.listen(
        opened.engine,
        "connect",
        lambda connection, _: connection.execute(f"PRAGMA max_page_count={pages}"),
    )
    error = refused(opened, title="long" * 100_000)
    assert "is full" in error.message
    assert error.hint.startswith("Free space on its disk")
    write(opened)


@pytest.mark.parametrize(
    ("said", "words"),
    [("connection refused", "bring its server back"), (NO_CATALOGUE, "Make a new one")],
)
def test_a_catalogue_on_a_server(said: str, words: str) -> None:
    assert words in advice(said, None)
