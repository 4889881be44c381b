"""What reruns would be, told on the command line before any is asked for."""

from support.sites import DEMO, Site

V1 = f"{DEMO}1-work-v1"


def test_a_dry_run_of_one_tells_each_value_and_files_nothing(lived: Site) -> None:
    before = len(lived.reductions())
    told = lived.cli("rerun", V1, "-p", "scale=0.5", "--dry-run")
    assert told.code == 0, told.words
    assert f"{DEMO}1-work-v3, from {V1}:" in told.words
    assert "scale 0.5 1.0 request" in told.words
    told = lived.cli("rerun", V1, "--dry-run", "--json")
    assert (told.json["name"], told.json["problems"]) == (f"{DEMO}1-work-v3", [])
    assert len(lived.reductions()) == before


def test_a_dry_run_of_many_tells_what_is_made_of_what_and_what_is_left_out(lived: Site) -> None:
    choice = ("rerun", "--instrument", DEMO, "--runs", "1-3, 7", "--template", "work")
    told = lived.cli(*choice, "-p", "scale=0.5", "--dry-run")
    assert told.code == 0, told.words
    assert f"1 {DEMO}1-work-v2 v3 scale 2.0 → 0.5" in told.words
    assert "1 reduction would be made. 3 left out:" in told.words
    for words in ("1 × has not been reduced by work", "1 × skipped: ", "1 × there is no such run"):
        assert words in told.words
    told = lived.cli(*choice, "--dry-run", "--json")
    assert (told.json["reruns"], told.json["left_out"]) == (1, 3)


def test_what_cannot_be_chosen_is_told(lived: Site) -> None:
    for words, said in {
        (): "nothing is chosen Name reductions, or an instrument and its runs",
        ("--runs", "1"): "nothing is chosen",
        ("-i", DEMO, "--runs", "3-1"): "'3-1' runs backwards Write 1-3",
        ("-i", DEMO, "--runs", "1-20000"): "20000 runs are too many for one request: 10000",
        (V1, "-i", DEMO, "--runs", "1"): "not both",
        (V1, f"{DEMO}9-work-v1", "-p", "scale=0"): "must be a number > 0 and <= 10",
        ("-i", DEMO, "--runs", "7"): "none of these can be rerun: there is no such run (1)",
    }.items():
        told = lived.cli("rerun", *words)
        assert told.code == 2, told.words
        assert said in told.words


def test_a_dry_run_tells_what_will_be_refused(lived: Site) -> None:
    settings = lived.templates / DEMO / "instrument.toml"
    before = settings.read_text()
    settings.write_text(f"{before}\n[parameters.work]\nscale = 99\n")
    try:
        told = lived.cli("rerun", V1, "--dry-run")
    finally:
        settings.write_text(before)
    assert told.code == 1, told.words
    assert "Not possible: scale" in told.words
