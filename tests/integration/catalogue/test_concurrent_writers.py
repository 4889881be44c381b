"""Several processes on one SQLite catalogue."""

import subprocess
import sys
from pathlib import Path

from sqlalchemy import func, select

from nbreduce.catalogue.core import Catalogue
from nbreduce.catalogue.orm import EventRow

WRITER = """
import sys, time
from nbreduce.catalogue.core import Catalogue
from nbreduce.catalogue.events import add_event, latest_event_id
from nbreduce.domain.events import EventKind
from nbreduce.domain.model import now
catalogue = Catalogue(sys.argv[1])
for number in range(150):
    with catalogue.write() as session:
        seen = latest_event_id(session)
        add_event(session, EventKind.WARNING, now(), {"writer": sys.argv[2], "number": number})
        session.flush()
        assert latest_event_id(session) == seen + 1
"""


def test_writers_wait_for_each_other_and_lose_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'catalogue.db'}"
    catalogue = Catalogue(url)
    catalogue.upgrade()
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, url, str(number)], stderr=subprocess.PIPE, text=True
        )
        for number in range(3)
    ]
    counts = []
    while any(writer.poll() is None for writer in writers):
        with catalogue.read() as session:
            counts.append(session.scalar(select(func.count()).select_from(EventRow)))
    for writer in writers:
        assert writer.communicate()[1] == ""
        assert writer.returncode == 0
    assert counts == sorted(counts)
    with catalogue.read() as session:
        told = session.scalars(select(EventRow.data)).all()
    assert len(told) == 450
    for writer in "012":
        assert [one["number"] for one in told if one["writer"] == writer] == list(range(150))
    catalogue.close()


def test_processes_that_upgrade_at_once_make_one_schema(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'catalogue.db'}"
    program = "import sys; from nbreduce.catalogue.core import Catalogue; Catalogue(sys.argv[1]).upgrade()"
    makers = [
        subprocess.Popen([sys.executable, "-c", program, url], stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    told = [maker.communicate()[1] for maker in makers]
    assert [maker.returncode for maker in makers] == [0, 0, 0], told
    Catalogue(url).check()
