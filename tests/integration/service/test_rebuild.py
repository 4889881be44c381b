"""The catalogue, made again from the archive after all that can become of runs: every row is as it was."""

import json
import shutil
import signal
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

from nbreduce.domain.states import State
from support.services import kernels_in
from support.sites import DEMO, ONE_WORKER, Site

ORDER = {
    "run": "id",
    "reduction": "id",
    "attempt": "reduction_id, number",
    "report": "id",
    "event": "time, run_id, reduction_id, kind, data",
}


def rows_of(database: Path) -> dict[str, list[dict[str, Any]]]:
    """Return every row of every table but what is not in the archive: events' ids, warnings, answers to requests."""
    engine = create_engine(f"sqlite:///{database}")
    found = {}
    with engine.connect() as connection:
        for table, order in ORDER.items():
            condition = " WHERE kind NOT IN ('warning', 'request')" if table == "event" else ""
            rows = connection.execute(
                text(f'SELECT * FROM "{table}"{condition} ORDER BY {order}')
            ).mappings()
            found[table] = [{key: parsed(value) for key, value in row.items()} for row in rows]
    engine.dispose()
    for row in found["event"]:
        del row["id"]
    return found


def parsed(value: Any) -> Any:
    """Return what a column means: the order of names in JSON means nothing."""
    if isinstance(value, str) and value[:1] in {"{", "["}:
        return json.loads(value)
    return value


def name(number: int, version: int = 1) -> str:
    return f"{DEMO}{number}-work-v{version}"


def live_through_a_lot(site: Site) -> None:
    """Bring runs and reductions into every state that they can end in, over two services, one of them killed."""
    gate = site.path / "gate"
    with site.serving() as service:
        site.check_good_run(1)
        (site.data / f"{DEMO}00000002.nxs").write_text("no run")
        site.measure(3, site.aside())
        site.wait_for_run("2")
        held = [site.measure(number, site.aside()) for number in (4, 5, 6, 7)]
        site.cli("submit", DEMO, *held, "-p", f"gate={gate}")
        site.cli("submit", DEMO, str(held[0]))
        for number in (4, 5):
            site.wait_until_at_the_gate(name(number))
        site.wait_for_state(name(7), State.QUEUED)
        site.cli("cancel", name(7))
        site.wait_for_state(name(7), State.CANCELLED)
        kernels_in(site.path)[0].send_signal(signal.SIGKILL)
        site.wait_until(lambda: site.reductions(State.FAILED), "the killed kernel fails")
        site.wait_for_state(name(6), State.RUNNING)
        service.kill()
        service.check_nothing_left(patience=20)
    gate.touch()
    with site.serving():
        site.wait_for_state(name(6), State.SUCCEEDED)
        site.cli("rerun", name(1), "-p", "scale=2", "--wait")
        site.wait_for_state(name(1, 2), State.SUCCEEDED)
        site.measure(2)
        site.wait_for_state(name(2), State.SUCCEEDED)
        site.measure(1)
        site.wait_until(
            lambda: any("changed since" in row["note"] for row in reports(site)), "it is noted"
        )
        site.wait_until(
            lambda: not site.reductions(State.RUNNING) and not site.reductions(State.QUEUED),
            "all is done",
        )


def reports(site: Site) -> list[dict[str, Any]]:
    return rows_of(site.path / "catalogue.db")["report"]


def test_a_rebuilt_catalogue_has_every_row_as_it_was(tmp_path: Path) -> None:
    site = Site(tmp_path / "ws")
    live_through_a_lot(site)
    database = site.path / "catalogue.db"
    before = rows_of(database)
    states = {row["state"] for row in before["reduction"]}
    assert states == {"succeeded", "failed", "cancelled"}
    assert {row["failure"] for row in before["attempt"]} >= {"worker_lost", "kernel_died"}
    mended = {row["run_id"] for row in before["report"] if row["note"] == "usable now"}
    assert [(row["name"], row["skipped"]) for row in before["run"] if row["id"] in mended] == [
        ("2", None)
    ]
    told = site.cli("catalogue", "rebuild", "--replace", "--json")
    assert told.code == 0, told.words
    assert told.json == {
        "runs": len(before["run"]),
        "reductions": len(before["reduction"]),
        "problems": [],
    }
    after = rows_of(database)
    for table in ORDER:
        assert after[table] == before[table], table
    kept = list(site.path.glob("catalogue.db.*.old"))
    assert len(kept) == 1
    assert rows_of(kept[0]) == before
    site.check_archive()


def test_a_rebuild_elsewhere_is_the_same_and_broken_records_are_told(tmp_path: Path) -> None:
    site = Site(tmp_path / "ws", settings=ONE_WORKER)
    with site.serving():
        for number in (1, 2):
            site.check_good_run(number)
    told = site.cli("catalogue", "rebuild")
    assert told.code != 0
    assert "the catalogue is not empty" in told.err
    other = Site(tmp_path / "other")
    shutil.copytree(site.path / "archive", other.path / "archive", symlinks=True)
    assert other.cli("catalogue", "rebuild").code == 0
    assert other.reductions() == site.reductions()
    assert other.runs() == site.runs()
    broken = site.path / "archive" / DEMO / "1510111" / "2" / "work" / "v1" / f"{name(2)}.ipynb"
    broken.chmod(0o644)
    broken.write_text("{}")
    (site.path / "catalogue.db").unlink()
    told = site.cli("catalogue", "rebuild")
    assert told.code == 1
    assert "2 runs and 1 reductions" in told.out
    assert f"not restored: {broken}" in told.words
    assert site.cli("show", name(1)).code == 0
