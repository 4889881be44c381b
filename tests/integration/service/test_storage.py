"""Archives that cannot be written for a time: nothing is lost, and all goes on by itself afterwards."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from nbreduce.domain.states import State
from support.filesystems import fill, small_filesystem, without_write_permission
from support.notebooks import WRITE, notebook, save
from support.sites import DEMO, ONE_WORKER, Site, watch

BIG = "data = bytes(200_000)\nPath(output_dir, 'big.bin').write_bytes(data)"


def name(number: int) -> str:
    return f"{DEMO}{number}-work-v1"


def test_a_full_archive_keeps_reductions_waiting_until_there_is_room(tmp_path: Path) -> None:
    with small_filesystem(tmp_path / "disk", 8) as disk:
        site = Site(
            tmp_path / "ws", settings={**ONE_WORKER, "archive": {"path": str(disk / "archive")}}
        )
        content = notebook("from pathlib import Path\nsize = 1", BIG, WRITE)
        save(content, site.templates / DEMO / "work.ipynb")
        with site.serving() as service:
            site.check_good_run(1)
            filler = fill(disk, leave=150_000)
            site.measure(2)
            site.wait_until(lambda: "No space left" in site.warnings(), "the warning")
            waiting = site.wait_for_state(name(2), State.QUEUED)
            assert service.running
            assert waiting.failure is None
            filler.unlink()
            ended = site.wait_for_state(name(2), State.SUCCEEDED)
            assert (site.folder_of(ended) / "outputs" / "big.bin").stat().st_size == 200_000
            assert "can be written again" in site.warnings()
            site.check_good_run(3)
        site.check_archive()


@pytest.fixture(scope="module")
def full_workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, bool]]:
    """A workspace whose disk, the catalogue's too, was full while three runs came; whether its service went on."""
    root = tmp_path_factory.mktemp("full")
    data = root / "data"
    data.mkdir()
    with small_filesystem(root / "ws", 12) as folder:
        site = Site(folder, settings=ONE_WORKER, triggers=[watch(data)])
        with site.serving() as service:
            site.measure(1, data)
            site.wait_for_state(name(1), State.SUCCEEDED)
            filler = fill(folder)
            for number in (2, 3, 4):
                site.measure(number, data)
            site.wait_until(
                lambda: not service.running or "disk is full" in service.output,
                "the service tells of the full disk",
            )
            filler.unlink()
            site.wait_until(
                lambda: not service.running or len(site.reductions(State.SUCCEEDED)) == 4,
                "the service ends, or goes on",
            )
            went_on = service.running
        yield site, went_on


def test_a_full_workspace_loses_no_run(full_workspace: tuple[Site, bool]) -> None:
    site, _ = full_workspace
    with site.serving():
        for number in (2, 3, 4):
            site.wait_for_state(name(number), State.SUCCEEDED)
    assert len(site.reductions()) == 4
    site.check_archive()


def test_a_full_workspace_does_not_end_the_service(full_workspace: tuple[Site, bool]) -> None:
    _, went_on = full_workspace
    assert went_on


def test_an_archive_without_write_permission_is_waited_for(tmp_path: Path) -> None:
    site = Site(tmp_path / "ws")
    with site.serving() as service:
        site.check_good_run(1)
        gate = site.path / "gate"
        site.cli("submit", DEMO, site.measure(2, site.aside()), "-p", f"gate={gate}")
        site.wait_for_state(name(2), State.RUNNING)
        with without_write_permission(site.path / "archive"):
            gate.touch()
            site.measure(3)
            site.wait_until(lambda: "Permission denied" in site.warnings(), "the warning")
            site.wait_until(lambda: "report 3 of DEMO waits" in service.output, "it waits")
            assert site.run("3") is None
            assert not {one.state for one in site.reductions()} & {State.FAILED, State.CANCELLED}
            told = site.cli("doctor")
            assert told.code == 1
            assert "the archive cannot be written" in told.out
        for number in (2, 3):
            site.wait_for_state(name(number), State.SUCCEEDED)
        site.check_good_run(4)
    site.check_archive()


def test_a_service_whose_archive_cannot_be_made_says_so(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    site = Site(tmp_path / "ws", settings={"archive": {"path": str(closed / "archive")}})
    with without_write_permission(closed):
        told = site.cli("up")
        assert told.code != 0
        assert f"the archive cannot be written at {closed / 'archive'}" in told.words
        assert "Permission denied" in told.words
