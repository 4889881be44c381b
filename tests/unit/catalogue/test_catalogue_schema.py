"""The schema: migrations and tables say the same, and a catalogue that is not of this release is told apart."""

import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from nbreduce.catalogue.core import HEAD, MIGRATIONS, Catalogue, CatalogueError
from nbreduce.catalogue.orm import Base
from nbreduce.catalogue.replace import fresh_catalogue


def test_migrations_lead_to_the_tables_as_they_are(catalogue: Catalogue) -> None:
    with catalogue.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, Base.metadata) == []
        assert set(inspect(connection).get_table_names()) == {
            *Base.metadata.tables,
            "alembic_version",
        }


def test_head_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_upgrading_twice_is_upgrading_once(catalogue: Catalogue) -> None:
    catalogue.upgrade()
    catalogue.check()


BOTH = r"nbreduce catalogue upgrade.*nbreduce catalogue rebuild"


def test_an_empty_database_has_no_schema(tmp_path: Path) -> None:
    (tmp_path / "new.db").touch()
    with pytest.raises(CatalogueError, match=rf"has schema none, not .*{BOTH}"):
        Catalogue(f"sqlite:///{tmp_path / 'new.db'}").check()


def test_looking_for_a_catalogue_does_not_make_one(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    with pytest.raises(CatalogueError, match=rf"there is no catalogue at {path}\..*{BOTH}"):
        Catalogue(f"sqlite:///{path}").check()
    assert list(tmp_path.iterdir()) == []


def test_an_old_or_newer_schema_is_refused(catalogue: Catalogue) -> None:
    with catalogue.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    with pytest.raises(CatalogueError, match=f"has schema 0000, not {HEAD}"):
        catalogue.check()


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.db"
    path.write_text("these are words, not a database, and there are enough of them")
    catalogue = Catalogue(f"sqlite:///{path}")
    for use in (catalogue.check, catalogue.upgrade):
        with pytest.raises(CatalogueError, match=r"not a database.*put it aside"):
            use()


def test_a_database_in_a_folder_that_is_not_there(tmp_path: Path) -> None:
    catalogue = Catalogue(f"sqlite:///{tmp_path / 'no' / 'catalogue.db'}")
    for use in (catalogue.check, catalogue.upgrade):
        with pytest.raises(CatalogueError, match=r"There is no folder .*/no; mount it, or mend"):
            use()


URL = "postgresql://ada:secret@127.0.0.1:1/x"


def test_a_database_whose_driver_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(
        CatalogueError, match=r"'psycopg'.*pip install 'psycopg\[binary\]'"
    ) as caught:
        Catalogue(URL)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["", "secret", "secret://x", "sqlite:/secret", "postgresql://a:secret@b:c"]
)
def test_urls_that_are_none(url: str) -> None:
    with pytest.raises(CatalogueError, match="URL cannot be read") as caught:
        Catalogue(url)
    assert "secret" not in str(caught.value)


def test_a_password_is_never_shown() -> None:
    with (
        pytest.raises(CatalogueError, match="only a SQLite") as caught,
        fresh_catalogue(URL, replace=True),
    ):
        pass
    assert "secret" not in str(caught.value)


def test_replacing_keeps_the_old_catalogue_and_gives_up_nothing_on_an_error(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    catalogue.close()
    path = tmp_path / "catalogue.db"
    before = path.read_bytes()
    with pytest.raises(RuntimeError), fresh_catalogue(catalogue.url, replace=True):
        raise RuntimeError
    assert path.read_bytes() == before
    with fresh_catalogue(catalogue.url, replace=True) as fresh:
        fresh.check()
    old = [one for one in tmp_path.iterdir() if one.suffix == ".old"]
    assert [one.read_bytes() for one in old] == [before]
    assert not [one for one in tmp_path.iterdir() if one.name.startswith(".")]
    catalogue.check()
