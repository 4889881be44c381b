"""Templates and kernels that do not work: what becomes of their runs, and that all others go on."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from nbreduce.domain.reduction import Reduction
from nbreduce.domain.states import State
from support.notebooks import PARAMETERS, READ, WRITE, notebook, save, work
from support.sites import DEMO, Site, watch

CODE = "from pathlib import Path\nPath(MARK).touch()\nrun_file: Path = ''"


def broken(**changes: Any) -> dict[str, Any]:
    """Return a template whose last cell has something else in it; what is None is taken out."""
    content = notebook(READ, WRITE)
    cell = {**content["cells"][-1], **changes}
    kept = {name: value for name, value in cell.items() if changes.get(name, value) is not None}
    return {**content, "cells": [*content["cells"][:-1], kept]}


UNUSABLE: dict[str, tuple[dict[str, Any], str]] = {
    "NOCELL": (notebook(READ, parameters=None), "no cell is tagged 'parameters'"),
    "CODE": (notebook(READ, parameters=CODE), "parameters cell, line 2: holds code"),
    "IMPORT": (notebook(READ, parameters="import os"), "holds code ('import os')"),
    "META": (notebook(READ, metadata={"colour": "red"}), "metadata nbreduce.colour"),
    "WRONGMETA": (notebook(READ, metadata={"timeout": "soon"}), "metadata nbreduce.timeout"),
    "SYNTAXP": (notebook(READ, parameters="scale = = 1"), "parameters cell, line 1: not Python"),
    "TWICE": (notebook(READ, parameters="a = 1\na = 2"), "a is assigned twice"),
    "DEFAULT": (
        notebook(READ, parameters='a: Annotated[float, {"gt": 0}] = -1'),
        "the default of a is not a number > 0",
    ),
    "BARE": (broken(metadata=None), "not a valid notebook: 'metadata' is a required property"),
    "NULL": ({**notebook(READ), "cells": [None]}, "it is neither code nor text"),
    "SURROGATE": (broken(source="# \ud800"), "half of a character"),
}

FAILING: dict[str, tuple[dict[str, Any], str, str]] = {
    "SYNTAXC": (
        notebook("print(1)", "print(2))", "print(3)"),
        "cell_error",
        "cell 4: SyntaxError: unmatched ')'",
    ),
    "RAISES": (
        notebook("print(1)", "1 / 0", "print(3)"),
        "cell_error",
        "cell 4: ZeroDivisionError: division by zero",
    ),
    "EXITS": (
        notebook("print(1)", "import os\nos._exit(3)", "print(3)"),
        "kernel_died",
        "cell 4: the kernel died (exit status 3)",
    ),
    "ENDLESS": (
        notebook("print(1)", "while True: pass", "print(3)", metadata={"cell_timeout": 1}),
        "timeout",
        "cell 4: ran longer than the time limit of 1 s for one cell",
    ),
    "TOOLONG": (
        notebook("print(1)", "import time\ntime.sleep(9)", "print(3)", metadata={"timeout": 1.5}),
        "timeout",
        "cell 4: ran longer than the reduction's time limit of 1.5 s",
    ),
    "NOKERNEL": (work(environment="ghost"), "environment_error", "no-such-kernel"),
    "NOENV": (work(environment="unheard-of"), "environment_error", "unheard-of"),
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A service with a bad template for each instrument, each of which got a run; DEMO has a good one."""
    folder = tmp_path_factory.mktemp("bad-templates")
    ghost = {"ghost": {"kernelspec": "no-such-kernel"}, "default": {"kernelspec": "python3"}}
    site = Site(folder, settings={"environments": ghost})
    for key in (*UNUSABLE, *FAILING, "BOTH", "BROKENTOML", "NOTJSON"):
        site.instrument(key)
        (site.path / key).mkdir()
        site.triggers.append(watch(site.path / key, key))
    site.configure()
    for key, (content, _) in UNUSABLE.items():
        text = notebook(READ, parameters=CODE.replace("MARK", repr(str(mark(site)))))
        save(text if key == "CODE" else content, site.templates / key / "work.ipynb")
    for key, (content, *_) in FAILING.items():
        save(content, site.templates / key / "work.ipynb")
    save(work(), site.templates / "BOTH" / "good.ipynb")
    save(UNUSABLE["NOCELL"][0], site.templates / "BOTH" / "bad.ipynb")
    site.instrument("BROKENTOML", "padding = = 8")
    (site.templates / "NOTJSON" / "work.ipynb").write_text("{")
    with site.serving():
        for number, entry in enumerate(site.triggers, 1):
            if entry["instrument"] != DEMO:
                site.measure(number, Path(entry["path"]), entry["instrument"])
        site.check_good_run(1000)
        yield site
        site.check_good_run(1001)
    site.check_archive()


def mark(site: Site) -> Path:
    """Return the file that a parameters cell would make, were it ever executed."""
    return site.path / "was-executed"


def number_of(site: Site, key: str) -> int:
    return next(n for n, entry in enumerate(site.triggers, 1) if entry["instrument"] == key)


def ended(site: Site, key: str, template: str = "work") -> Reduction:
    return site.wait_for_state(f"{key}{number_of(site, key)}-{template}-v1")


@pytest.mark.parametrize("key", sorted(UNUSABLE))
def test_a_run_of_an_unusable_template_is_skipped_with_what_is_wrong(site: Site, key: str) -> None:
    run = site.wait_for_run(str(number_of(site, key)), instrument=key)
    assert run.skipped is not None
    assert UNUSABLE[key][1] in run.skipped
    assert not mark(site).exists()


def test_a_template_that_is_no_json_is_a_reason(site: Site) -> None:
    run = site.wait_for_run(str(number_of(site, "NOTJSON")), instrument="NOTJSON")
    assert "work.ipynb is not a readable notebook" in str(run.skipped)


def test_an_instrument_file_that_is_no_toml_is_a_reason(site: Site) -> None:
    run = site.wait_for_run(str(number_of(site, "BROKENTOML")), instrument="BROKENTOML")
    assert "BROKENTOML/instrument.toml: Invalid value (at line 2" in str(run.skipped)


@pytest.mark.parametrize("key", FAILING)
def test_a_failing_notebook_says_its_kind_and_its_place(site: Site, key: str) -> None:
    _, kind, words = FAILING[key]
    reduction = ended(site, key)
    assert (reduction.state, reduction.failure) == (State.FAILED, kind)
    assert words in reduction.reason
    assert len(reduction.attempts) == 1
    assert site.record(reduction)["reduction"]["reason"] == reduction.reason


@pytest.mark.parametrize("key", ["SYNTAXC", "RAISES", "EXITS", "ENDLESS", "TOOLONG"])
def test_a_failed_notebook_keeps_what_ran_and_never_says_more(site: Site, key: str) -> None:
    reduction = ended(site, key)
    states = [one.status for one in reduction.timings]
    assert states == ["completed", "completed", "completed", "failed", "pending"]
    path = site.folder_of(reduction) / f"{reduction.name}.ipynb"
    content = nbformat.read(path, as_version=4)
    nbformat.validate(content)
    outputs = [cell.outputs for cell in content.cells if cell.cell_type == "code"]
    texts = [output.get("text", "") for outs in outputs for output in outs]
    assert "1\n" in texts
    assert "3\n" not in texts
    failed = outputs[states.index("failed")]
    errors = [output for output in failed if output.output_type == "error"]
    assert errors[0].traceback
    assert not outputs[-1]


def test_a_good_template_beside_a_bad_one_is_used_and_the_bad_one_noted(site: Site) -> None:
    assert ended(site, "BOTH", "good").state is State.SUCCEEDED
    run = site.run(str(number_of(site, "BOTH")), "BOTH")
    assert run is not None
    assert run.skipped is None
    assert "template bad: no cell is tagged 'parameters'" in "; ".join(run.notes)


def test_a_run_whose_template_was_mended_is_reduced_when_it_is_submitted_again(site: Site) -> None:
    number = number_of(site, "META")
    assert site.wait_for_run(str(number), instrument="META").skipped
    save(notebook(READ, WRITE, parameters=PARAMETERS), site.templates / "META" / "work.ipynb")
    try:
        told = site.cli("submit", "META", str(number), "--wait")
        assert told.code == 0, told.words
        assert f"META{number}-work-v1 succeeded" in told.out
        run = site.run(str(number), "META")
        assert run is not None
        assert run.skipped is None
    finally:
        save(UNUSABLE["META"][0], site.templates / "META" / "work.ipynb")
