"""Waiting commands without a service: they end by themselves with exit code 1, and nothing that was asked is lost."""

import subprocess
import time

import pytest

from nbreduce.domain.states import State
from support.commands import clean_environment, command_line
from support.filesystems import without_write_permission
from support.sites import DEMO, ONE_WORKER, Site

V1 = f"{DEMO}1-work-v1"


@pytest.fixture
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    site = Site(tmp_path_factory.mktemp("alone") / "ws", settings=ONE_WORKER)
    assert site.cli("catalogue", "upgrade").code == 0
    return site


def test_there_is_nothing_to_wait_for_and_the_report_is_kept(site: Site) -> None:
    run = site.measure(1, site.aside())
    begun = time.monotonic()
    told = site.cli("submit", DEMO, run, "--wait", "--json")
    assert time.monotonic() - begun < 10
    assert (told.code, told.out) == (1, "")
    assert "Error: the service is not running, so there is nothing to wait for" in told.err
    assert "What was asked for is kept" in told.err
    with site.serving():
        site.wait_for_state(V1, State.SUCCEEDED)
    told = site.cli("rerun", V1, "--wait")
    assert told.code == 1
    assert "the service is not running" in told.err
    told = site.cli("rerun", V1)
    assert (told.code, told.out) == (0, f"Asked for a rerun of {V1}.\n")
    with site.serving():
        for version in (2, 3):
            site.wait_for_state(f"{DEMO}1-work-v{version}", State.SUCCEEDED)


def test_waiting_ends_soon_after_the_service_was_killed(site: Site) -> None:
    run, gate = site.measure(1, site.aside()), site.path / "gate"
    with site.serving() as service:
        with subprocess.Popen(
            command_line("submit", DEMO, run, "-p", f"gate={gate}", "--wait", "-w", site.path),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=clean_environment(),
        ) as waiting:
            site.wait_until_at_the_gate(V1)
            assert waiting.poll() is None
            service.kill()
            begun = time.monotonic()
            out, err = waiting.communicate(timeout=30)
        assert time.monotonic() - begun < 10
        assert (waiting.returncode, out) == (1, "")
        assert "the service is not running any more" in " ".join(err.split())
        assert "nbreduce up" in err
    gate.touch()
    with site.serving():
        site.wait_for_state(V1, State.SUCCEEDED)


def test_another_user_is_told_that_the_catalogue_is_not_theirs(site: Site) -> None:
    run = site.measure(1, site.aside())
    catalogue = site.path / "catalogue.db"
    catalogue.chmod(0o444)
    with without_write_permission(site.path):
        told = site.cli("submit", DEMO, run)
    assert told.code == 1
    assert "This user may not write it; run the command as the user that the service runs as" in (
        told.words
    )
