"""Runs and reruns asked for by hand, with a service: values, waiting, exit codes, following a log."""

from nbreduce.domain.states import State
from support.commands import clean_environment, command_line
from support.notebooks import notebook, save
from support.sites import DEMO, Site


def name(number: int, template: str = "work", version: int = 1) -> str:
    return f"{DEMO}{number}-{template}-v{version}"


def test_submit_by_file_by_number_and_with_values(served: Site) -> None:
    aside = [served.measure(number, served.aside()) for number in (10, 11)]
    told = served.cli(
        "submit", DEMO, *aside, "-p", "scale=2", "-p", "mode=fancy", "--wait", "--json"
    )
    assert told.code == 0, told.words
    assert [(one["name"], one["state"]) for one in told.json] == [
        (name(10), "succeeded"),
        (name(11), "succeeded"),
    ]
    assert told.json[0]["parameters"]["scale"] == {"value": 2.0, "source": "request"}
    served.check_good_run(12)
    told = served.cli("submit", DEMO, "12", "-p", "mode=fancy", "--wait")
    assert told.code == 0
    assert f"{name(12, version=2)} succeeded" in told.out
    again = served.reduction(name(12, version=2))
    assert again is not None
    assert again.parameters["mode"].value == "fancy"
    told = served.cli("submit", DEMO, "00000012", "--wait")
    assert told.code == 0
    assert served.reduction(name(12, version=3)) is None


def test_wait_says_by_its_exit_code_whether_all_went_well(served: Site) -> None:
    broken = notebook("1 / 0", metadata={"runs": {"title": "never"}})
    save(broken, served.templates / DEMO / "broken.ipynb")
    run = served.measure(20, served.aside())
    failed = served.cli("submit", DEMO, run, "-t", "broken", "--wait")
    assert failed.code == 1
    assert f"{name(20, 'broken')} failed" in failed.out
    bad = served.aside() / f"{DEMO}00000021.nxs"
    bad.write_text("no run")
    skipped = served.cli("submit", DEMO, bad, "--wait")
    assert skipped.code == 1
    assert f"run {DEMO} 21 is skipped: {bad.name} is a text file" in skipped.words
    good = served.measure(22, served.aside())
    both = served.cli("submit", DEMO, bad, good, "--wait")
    assert both.code == 1
    assert f"{name(22)} succeeded" in both.out
    assert served.reduction(name(22)).state is State.SUCCEEDED  # type: ignore[union-attr]


def test_a_log_can_be_followed_while_the_reduction_runs(served: Site) -> None:
    from subprocess import PIPE, Popen

    gate = served.path / "gate-log"
    run = served.measure(30, served.aside())
    assert served.cli("submit", DEMO, run, "-p", f"gate={gate}").code == 0
    served.wait_for_state(name(30), State.RUNNING)
    assert served.cli("show", name(30)).out.startswith(f"{name(30)}  running")
    with Popen(
        command_line("logs", "-f", name(30), "-w", served.path),
        stdout=PIPE,
        text=True,
        env=clean_environment(),
    ) as following:
        assert following.stdout is not None
        lines = [following.stdout.readline()]
        while "read " not in lines[-1]:
            lines.append(following.stdout.readline())
            assert lines[-1], "the log ended before the reduction did"
        assert following.poll() is None
        gate.touch()
        rest = following.stdout.read()
        assert following.wait(30) == 0
    assert rest.rstrip().endswith("succeeded")
    whole = served.cli("logs", name(30)).out
    assert "".join(lines) + rest == whole
