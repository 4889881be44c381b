"""The catalogue's file, put in the place of another one or lost, while a program has it open."""

from pathlib import Path

import pytest

from nbreduce.catalogue import runs
from nbreduce.catalogue.core import Catalogue, CatalogueUnavailable
from nbreduce.catalogue.listing import list_runs
from nbreduce.catalogue.replace import fresh_catalogue
from support.making import at, make_run


def titles(catalogue: Catalogue) -> list[str]:
    with catalogue.read() as session:
        return [one.title for one in list_runs(session)]


def write(catalogue: Catalogue, title: str) -> None:
    with catalogue.write() as session:
        runs.save_run(session, make_run(title=title), at(0))


def test_a_new_file_in_its_place_is_seen_by_who_had_the_old_one_open(catalogue: Catalogue) -> None:
    write(catalogue, "old")
    assert titles(catalogue) == ["old"]
    with fresh_catalogue(catalogue.url, replace=True) as fresh:
        write(fresh, "new")
    assert titles(catalogue) == ["new"]
    write(catalogue, "newer")
    assert titles(catalogue) == ["newer"]


def test_a_lost_file_is_told_and_never_begun_anew(catalogue: Catalogue, tmp_path: Path) -> None:
    write(catalogue, "old")
    path = tmp_path / "catalogue.db"
    for one in tmp_path.glob("catalogue.db*"):
        one.rename(one.with_name(f"lost-{one.name}"))
    for _ in range(2):
        with pytest.raises(CatalogueUnavailable, match=rf"{path} is gone\..*nbreduce catalogue"):
            titles(catalogue)
        with pytest.raises(CatalogueUnavailable, match="is gone"):
            write(catalogue, "new")
    assert not list(tmp_path.glob("catalogue.db*"))
    for one in tmp_path.glob("lost-*"):
        one.rename(one.with_name(one.name.removeprefix("lost-")))
    assert titles(catalogue) == ["old"]


def test_the_replaced_catalogue_keeps_what_only_its_journal_has(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    # Another program has it open, so that closing it moves nothing from the journal into the file.
    with catalogue.engine.connect() as other:
        other.exec_driver_sql("SELECT 1")
        write(catalogue, "the last of the old")
        with fresh_catalogue(catalogue.url, replace=True) as fresh:
            write(fresh, "new")
    (old,) = tmp_path.glob("catalogue.db.*.old")
    kept = Catalogue(f"sqlite:///{old}")
    assert titles(kept) == ["the last of the old"]
    kept.close()
