"""Both file triggers at once on one instrument: what is seen twice is one run, and what was missed is found."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.hostile import write_run
from nbreduce.domain.states import State
from support.sites import DEMO, ONE_WORKER, Site, follow, say_lastrun, watch

FIRST = 100


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A service whose instrument is watched by both triggers; its lastrun.txt is of an old run."""
    folder = tmp_path_factory.mktemp("triggers")
    lastrun = folder / "lastrun.txt"
    watched = folder / "data"
    site = Site(folder, triggers=[watch(watched), follow(lastrun, watched)])
    site.triggers.append(follow(folder / "other.txt", folder / "aside", "OTHER"))
    site.instrument("OTHER", 'prefixes = ["OTH"]\npadding = 5\n')
    (site.templates / "OTHER" / "work.ipynb").write_bytes(
        (site.templates / DEMO / "work.ipynb").read_bytes()
    )
    site.configure()
    site.aside()
    site.measure(FIRST)
    say_lastrun(lastrun, FIRST)
    say_lastrun(folder / "other.txt", 5, "OTHER")
    other_run(site, 5)
    with site.serving():
        site.wait_for_state(name(FIRST), State.SUCCEEDED)
        site.wait_for_state("OTHER5-work-v1", State.SUCCEEDED)
        yield site
    site.check_archive()


def name(number: int) -> str:
    return f"{DEMO}{number}-work-v1"


def other_run(site: Site, number: int) -> Path:
    """Write a run of OTHER, whose files have another prefix and padding."""
    path = site.aside() / "cycle_26_1" / f"OTH{number:05d}.nxs"
    path.parent.mkdir(exist_ok=True)
    return write_run(path, number)


def lastrun(site: Site) -> Path:
    return site.path / "lastrun.txt"


def check_reduced_once(site: Site, number: int, instrument: str = DEMO) -> None:
    """See that there is one run and one reduction of it."""
    runs = [run for run in site.runs(instrument) if run.name == str(number)]
    assert len(runs) == 1
    assert len([one for one in site.reductions() if one.run_id == runs[0].id]) == 1


def reports_of(site: Site, number: int) -> list[tuple[str, str]]:
    from nbreduce.catalogue import reports

    run = site.run(str(number), DEMO)
    assert run is not None
    with site.catalogue() as session:
        return [(one.trigger, one.note) for one in reports.reports_of(session, run.id)]


def test_a_run_that_both_triggers_report_is_one_run_and_one_reduction(site: Site) -> None:
    site.measure(101)
    say_lastrun(lastrun(site), 101)
    site.wait_for_state(name(101), State.SUCCEEDED)
    found = site.wait_until(
        lambda: len(reports_of(site, 101)) > 1 and reports_of(site, 101), "both have reported it"
    )
    assert {trigger for trigger, _ in found} == {"directory", "lastrun"}
    assert sorted(note for _, note in found) == ["known already", "new run"]
    check_reduced_once(site, 101)


def test_a_run_that_is_reported_again_is_not_reduced_again(site: Site) -> None:
    told = site.cli("submit", DEMO, str(FIRST), "--wait")
    assert told.code == 0
    assert told.out == f"{name(FIRST)} succeeded\n"
    check_reduced_once(site, FIRST)


def test_a_run_whose_file_changes_after_its_reduction_says_so(site: Site) -> None:
    site.measure(102)
    site.wait_for_state(name(102), State.SUCCEEDED)
    site.measure(102)
    notes = site.wait_until(
        lambda: [note for _, note in reports_of(site, 102) if "changed since" in note],
        "the change is noted",
    )
    assert "rerun to reduce it as it is now" in notes[0]
    check_reduced_once(site, 102)


def test_a_gap_in_lastrun_is_recovered_with_prefix_and_padding_of_the_instrument(
    site: Site,
) -> None:
    for number in (6, 7, 8):
        other_run(site, number)
    say_lastrun(site.path / "other.txt", 8, "OTH")
    for number in (6, 7, 8):
        site.wait_for_state(f"OTHER{number}-work-v1", State.SUCCEEDED)
        check_reduced_once(site, number, "OTHER")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "is empty"),
        ("lorem ipsum", "not 'NAME NUMBER 0'"),
        ("OTH 99999999999999999999 0", "names no possible run number"),
    ],
)
def test_a_useless_lastrun_is_a_warning_and_the_next_good_one_counts(
    site: Site, content: str, words: str
) -> None:
    before = max(int(run.name) for run in site.runs("OTHER"))
    (site.path / "other.txt").write_text(content)
    site.wait_until(lambda: words in site.warnings(), f"a warning: {words}")
    assert max(int(run.name) for run in site.runs("OTHER")) == before
    other_run(site, before + 1)
    say_lastrun(site.path / "other.txt", before + 1, "OTH")
    site.wait_for_state(f"OTHER{before + 1}-work-v1", State.SUCCEEDED)


def test_a_jump_of_ten_thousand_reports_what_has_a_file_and_goes_on(site: Site) -> None:
    before = max(int(run.name) for run in site.runs("OTHER"))
    other_run(site, before + 5000)
    other_run(site, before + 10_000)
    say_lastrun(site.path / "other.txt", before + 10_000, "OTH")
    site.wait_for_state(f"OTHER{before + 10_000}-work-v1", State.SUCCEEDED)
    site.wait_for_state(f"OTHER{before + 5000}-work-v1", State.SUCCEEDED)
    assert f"jumped from run {before} to {before + 10_000}" in site.warnings()
    assert len(site.runs("OTHER")) < 20
    other_run(site, before + 10_001)
    say_lastrun(site.path / "other.txt", before + 10_001, "OTH")
    site.wait_for_state(f"OTHER{before + 10_001}-work-v1", State.SUCCEEDED)


def test_a_run_whose_file_never_comes_is_a_skipped_run(tmp_path: Path) -> None:
    site = Site(tmp_path / "late", settings={**ONE_WORKER, "intake": {"wait_for_file": 0.5}})
    site.triggers = [follow(site.path / "lastrun.txt", site.data)]
    site.configure()
    say_lastrun(site.path / "lastrun.txt", 7)
    with site.serving():
        run = site.wait_for_run("7")
        assert run.skipped == f"no file of run 7 was found in {site.data}"
        late = site.measure(7)
        assert site.cli("submit", DEMO, late, "--wait").code == 0
        say_lastrun(site.path / "lastrun.txt", 8)
        site.check_good_run(8)
    site.check_archive()


def test_what_came_while_the_service_was_down_is_found_once_by_each_trigger(
    tmp_path: Path,
) -> None:
    site = Site(tmp_path / "down", settings=ONE_WORKER)
    site.triggers.append(follow(site.path / "lastrun.txt", site.data))
    site.configure()
    say_lastrun(site.path / "lastrun.txt", 1)
    with site.serving():
        site.check_good_run(1)
    for number in (2, 3, 4):
        site.measure(number)
    say_lastrun(site.path / "lastrun.txt", 4)
    told = site.cli("submit", DEMO, site.measure(6, site.aside()), "--json")
    assert told.code == 0
    assert "The service is not running; it will take this up when it is" in told.err
    assert told.json[0]["instrument"] == DEMO
    with site.serving():
        site.wait_for_state(name(6), State.SUCCEEDED)
        for number in (2, 3, 4):
            site.wait_for_state(name(number), State.SUCCEEDED)
        site.check_good_run(5)
    for number in range(1, 7):
        check_reduced_once(site, number)
    site.check_archive()
