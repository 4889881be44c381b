"""A catalogue of an earlier release is brought to this one's schema with all that is in it."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import MetaData, Table, insert, select

from nbreduce.catalogue import reductions, runs
from nbreduce.catalogue.convert import columns_of, reduction_row, run_row
from nbreduce.catalogue.core import MIGRATIONS, Catalogue
from nbreduce.catalogue.listing import RunFilter, list_runs
from nbreduce.catalogue.orm import ReductionRow, RunRow
from nbreduce.domain.states import State
from support.making import at, make_reduction, make_run

RUNS = (make_run(), make_run(id=2, name="43", title="GRÖSSE"))
REDUCTIONS = (
    make_reduction(RUNS[0], state=State.FAILED, ended=at(1)),
    make_reduction(RUNS[0], id=2, version=2, state=State.SUCCEEDED, ended=at(2)),
    make_reduction(RUNS[0], id=3, template="more", state=State.CANCELLED, ended=at(2)),
    make_reduction(RUNS[1], id=4, state=State.FAILED, ended=at(2)),
)


def earlier(path: Path) -> Catalogue:
    """Make a catalogue of the first schema, with some runs and reductions."""
    catalogue = Catalogue(f"sqlite:///{path}")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with catalogue.engine.execution_options(nbreduce_write=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        known = MetaData()
        known.reflect(connection)
        rows = {
            "run": [columns_of(run_row(one)) for one in RUNS],
            "reduction": [columns_of(reduction_row(one)) for one in REDUCTIONS],
        }
        for name, mapped in (("run", RunRow), ("reduction", ReductionRow)):
            table = Table(
                name, MetaData(), *(_typed(mapped, one.name) for one in known.tables[name].c)
            )
            kept = [{one.name: row[one.name] for one in table.c} for row in rows[name]]
            connection.execute(insert(table), kept)
    return catalogue


def _typed(mapped: type, name: str) -> object:
    return mapped.__table__.c[name]._copy()  # type: ignore[attr-defined]


def test_an_earlier_catalogue_keeps_what_it_holds_and_is_found_by_it(tmp_path: Path) -> None:
    catalogue = earlier(tmp_path / "catalogue.db")
    catalogue.upgrade()
    catalogue.check()
    with catalogue.read() as session:
        assert tuple(reversed(list_runs(session))) == RUNS
        assert [runs.get_run(session, one.id) for one in RUNS] == list(RUNS)
        for one in REDUCTIONS:
            assert reductions.get_reduction(session, one.id) == one
        newest = session.scalars(select(ReductionRow.id).where(ReductionRow.newest)).all()
        assert set(newest) == {2, 3, 4}
        assert [one.id for one in list_runs(session, RunFilter(search="größe"))] == [2]
        assert [one.id for one in list_runs(session, RunFilter(state=(State.FAILED,)))] == [2]
    catalogue.close()


def test_an_empty_one_too(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.db"
    catalogue = Catalogue(f"sqlite:///{path}")
    catalogue.upgrade()
    catalogue.check()
    catalogue.close()
