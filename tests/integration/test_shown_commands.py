"""Every command that the papers show is run: here, in their order, or by CI, which is then what is tested here."""

import ast
import dataclasses
import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from nbreduce.config import Config, load_config
from nbreduce.simulation.files import write_run
from nbreduce.simulation.plan import plan_day
from nbreduce.triggers.registry import load
from support.papers import (
    PAPERS,
    REPOSITORY,
    fences,
    inline_commands,
    read,
    shown_lines,
    stray_lines,
    words_of,
)
from support.terminal import RUN_FILE, Terminal, environment, unit

SCRIPT = read(".ci/run")
PROJECT = tomllib.loads(read("pyproject.toml"))


def selected_by_ci() -> list[str]:
    """Return the lines that CI's script takes from the README: demo, tests, and the tests' installation."""
    taken = re.findall(r"^(?:demo|tests|install)=.*$", SCRIPT, re.MULTILINE)
    printed = "\n".join([*taken, 'printf "%s\\n" "$demo" "$tests" "$install"'])
    done = subprocess.run(
        ["bash", "-euc", printed], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()


def check_ci_runs_the_demo(line: str) -> None:
    """On a clean copy, from the wheel; with words that let it end."""
    assert line == selected_by_ci()[0]
    assert 'quietly "$scratch/clone" "$demo --no-lab --runs 3"\n' in SCRIPT


def check_ci_runs_the_tests(line: str) -> None:
    """Its last command, with nothing that narrows the choice."""
    assert line == selected_by_ci()[1]
    assert SCRIPT.endswith('bash -c "$tests"\n')
    assert PROJECT["tool"]["pytest"]["ini_options"]["testpaths"] == ["tests"]


def check_ci_installs(line: str) -> None:
    assert line == selected_by_ci()[2]
    assert 'quietly . "$install"\n' in SCRIPT


def check_ci_checks(line: str) -> None:
    for part in line.split(" && "):
        assert f"\n{part}\n" in SCRIPT


def check_ci_ends_with(line: str) -> None:
    check_ci_runs_the_tests(selected_by_ci()[1])
    assert selected_by_ci()[1].endswith(f" && {line}")


def check_ci_runs_its_tests(line: str) -> None:
    """CI runs all tests, these among them; here pytest finds them by the words shown."""
    check_ci_ends_with(".venv/bin/pytest")
    words = words_of(line)[0][1:]
    assert words[0].startswith("tests/")
    command = [sys.executable, "-m", "pytest", *words, "--collect-only", "-q"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{words[0]}/" in done.stdout


def check_ci_gets_packages(line: str) -> None:
    (got,) = re.findall(r"apt-get install -y -qq (.*) >", SCRIPT)
    assert set(words_of(line)[0][2:]) <= set(got.split())


def check_the_build_runs_it(line: str) -> None:
    """`pip install .` does it, by the builder that the project names."""
    hook = PROJECT["tool"]["hatch"]["build"]["hooks"]["jupyter-builder"]
    assert hook["build-function"] == "hatch_jupyter_builder.npm_builder"
    options = hook["build-kwargs"]
    assert (options["path"], options["npm"]) == ("extensions", ["jlpm"])
    assert words_of(line)[0][1] in {"install", options["build_cmd"]}


def check_a_test_runs_it(line: str) -> None:
    """`test_extension_units` runs the script's words, by a node that needs no jlpm."""
    tree = ast.parse(read("tests/browser/test_extension_units.py"))
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    node, *words = shlex.split(scripts()[words_of(line)[0][1]])
    assert node == "node"
    assert words
    assert set(words) <= texts


def check_it_is_the_compiler_of_the_build(line: str) -> None:
    """It never ends; without `--watch` the build runs it."""
    words = shlex.split(scripts()[words_of(line)[0][1]])
    assert words[-1] == "--watch"
    assert words[:-1] in words_of(scripts()["build"])


def check_it_is_a_step_of_the_build(line: str) -> None:
    check_the_build_runs_it("jlpm build")
    assert words_of(line)[0] in words_of(scripts()["build"])


def check_it_runs_anywhere(line: str) -> None:
    command = [sys.executable, "-m", *words_of(line)[0]]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def scripts() -> dict[str, str]:
    """Return the scripts of the extension."""
    found: dict[str, str] = json.loads(read("extensions/package.json"))["scripts"]
    return found


# Lines that are not typed here, and the check that somebody else runs them.
ELSEWHERE: dict[str, Callable[[str], None]] = {
    "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/nbreduce demo": (
        check_ci_runs_the_demo
    ),
    "python3 -m venv .venv && .venv/bin/pip install -e '.[test]' && .venv/bin/pytest": (
        check_ci_runs_the_tests
    ),
    "python3 -m venv .venv && .venv/bin/pip install -e '.[test]'": check_ci_installs,
    ".venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy": check_ci_checks,
    ".venv/bin/pytest": check_ci_ends_with,
    ".venv/bin/pytest tests/unit": check_ci_runs_its_tests,
    ".venv/bin/pytest tests/benchmarks -s": check_ci_runs_its_tests,
    "apt install git python3-venv": check_ci_gets_packages,
    "jlpm install": check_the_build_runs_it,
    "jlpm build": check_the_build_runs_it,
    "jlpm test": check_a_test_runs_it,
    "jlpm watch": check_it_is_the_compiler_of_the_build,
    "jupyter-builder build .": check_it_is_a_step_of_the_build,
    "nbreduce --help": check_it_runs_anywhere,
}


@pytest.mark.parametrize("line", ELSEWHERE)
def test_lines_that_are_not_typed_here_are_run_elsewhere(line: str) -> None:
    ELSEWHERE[line](line)


def test_only_what_is_shown_is_excepted() -> None:
    told = {line for paper in PAPERS for line in (*shown_lines(paper), *inline_commands(paper))}
    assert set(ELSEWHERE) <= told


@pytest.mark.parametrize("paper", PAPERS)
def test_commands_in_sentences_are_among_the_shown(paper: str) -> None:
    lines = [line for each in PAPERS for line in shown_lines(each)]
    shown = [words for line in lines for words in words_of(line)]
    for told in inline_commands(paper):
        (words,) = words_of(told)
        known = told in ELSEWHERE or any(one[: len(words)] == words for one in shown)
        assert known, f"{paper} names a command that no test runs: {told}"


@pytest.mark.parametrize("paper", PAPERS)
def test_commands_stand_in_blocks_that_are_tested(paper: str) -> None:
    assert stray_lines(paper) == []


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder as a user has it: templates, the extension, and the raw file that the papers name."""
    (planned,) = plan_day(1, 1, ["ENGINX"])
    planned = dataclasses.replace(planned, run_number=241391)
    raw = write_run(planned, tmp_path / "measured")
    shutil.copyfile(raw, tmp_path / RUN_FILE)
    shutil.copytree(REPOSITORY / "notebook_templates", tmp_path / "notebook_templates")
    for part in ("tools", "src/plots"):
        shutil.copytree(REPOSITORY / "extensions" / part, tmp_path / "extensions" / part)
    return tmp_path


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "paper", ["README.md", "notebook_templates/README.md", "server_config/README.md"]
)
def test_commands_work_as_shown(paper: str, place: Path) -> None:
    _type_all(paper, place)


def test_commands_for_the_extension_work_as_shown(place: Path) -> None:
    """Beside an environment into which an editable installation copied the extension."""
    installed = place / ".venv/share/jupyter/labextensions/nbreduce-lab"
    installed.mkdir(parents=True)
    (installed / "package.json").touch()
    built = place / "extensions" / "labextension"
    built.mkdir()
    allowed = place / "extensions/src/plots/allowed.ts"
    allowed.unlink()
    _type_all("extensions/README.md", place / "extensions")
    assert installed.is_symlink()
    assert installed.resolve() == built
    assert allowed.read_text() == read("extensions/src/plots/allowed.ts")


def test_every_paper_with_commands_is_typed_or_run_elsewhere() -> None:
    for line in shown_lines("CONTRIBUTING.md"):
        assert line in ELSEWHERE
    assert shown_lines("GLOSSARY.md") == []


def test_configuration_that_operators_are_shown_is_valid(tmp_path: Path) -> None:
    blocks = fences("server_config/README.md", "toml")
    assert blocks
    for block in blocks:
        (tmp_path / "nbreduce.toml").write_text(block, encoding="utf-8")
        for entry in load_config(tmp_path).triggers:
            load(str(entry["kind"])).Settings.model_validate(entry)


def test_the_unit_lets_the_service_stop_and_does_not_repeat_bad_usage(tmp_path: Path) -> None:
    service = unit()
    example = read("server_config/nbreduce.example.toml")
    (tmp_path / "nbreduce.toml").write_text(example, encoding="utf-8")
    graces = [
        config.execution.grace for config in (Config(workspace=tmp_path), load_config(tmp_path))
    ]
    assert int(service["TimeoutStopSec"]) > max(graces) + 60
    assert service["RestartPreventExitStatus"] == "2"


def _type_all(paper: str, folder: Path) -> None:
    lines = [line for line in shown_lines(paper) if line not in ELSEWHERE]
    assert lines
    with Terminal(folder) as terminal:
        for line in lines:
            terminal.type(line.replace("/srv/nbreduce", "srv-nbreduce"))
