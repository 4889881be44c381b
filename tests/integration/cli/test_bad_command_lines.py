"""Command lines that cannot work: exit code 2, words that say what and what to do, never a traceback."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from support.commands import Told, nbreduce
from support.sites import DEMO, Site

V1 = f"{DEMO}1-work-v1"

BAD = {
    "frobnicate": "No such command 'frobnicate'",
    "runs --limit many": "Invalid value for '--limit'",
    "runs --limit -1": "Invalid value for '--limit'",
    "reductions --state done": "'done' is none of queued, starting",
    "runs --state done": "'done' is none of queued, starting",
    "show": "Missing argument",
    "show NOPE-v1": "there is no reduction 'NOPE-v1'",
    "logs NOPE-v1": "there is no reduction 'NOPE-v1'",
    "rerun NOPE-v1": "there is no reduction 'NOPE-v1'",
    "cancel NOPE-v1": "there is no reduction 'NOPE-v1'",
    f"cancel {V1}": f"{V1} has ended already: succeeded",
    f"rerun {V1} -p scale": "'scale' is not NAME=VALUE",
    f"rerun {V1} -p scale=0": "scale = '0': must be a number > 0 and <= 10",
    f"rerun {V1} -p mode=loud": "mode = 'loud': must be one of 'plain', 'fancy'",
    f"rerun {V1} -p run_number=7": "run_number is supplied by the platform",
    "submit NOPE 1": "there is no instrument 'NOPE'",
    f"submit {DEMO}": "Missing argument",
    f"submit {DEMO} nowhere.nxs": "there is no file 'nowhere.nxs'",
    f"submit {DEMO} 99999": f"no file of {DEMO} run 99999 was found in ",
    f"submit {DEMO} 1 -p colour=red": "there is no parameter 'colour'",
    f"submit {DEMO} 1 -p scale=nan": "scale = ",
    f"submit {DEMO} 1 -p scale=[1]": "scale = '[1]': must be a number > 0 and <= 10",
    f"submit {DEMO} 1 -t nope": f"{DEMO} has no template 'nope'",
    "template try nowhere.ipynb nowhere.nxs": "does not exist",
    "template frobnicate": "No such command",
    "catalogue rebuild": "the catalogue is not empty",
    "lab --port 70000": "Invalid value for '--port'",
}


@pytest.fixture(scope="module")
def answers(lived: Site) -> dict[str, Told]:
    """What each bad command line says; a few run at a time."""
    variables = {"NBREDUCE_WORKSPACE": str(lived.path)}
    before = (lived.runs(), lived.reductions())
    with ThreadPoolExecutor(3) as pool:
        told = pool.map(lambda line: nbreduce(*line.split(), variables=variables), BAD)
        found = dict(zip(BAD, told, strict=True))
    assert (lived.runs(), lived.reductions()) == before
    return found


@pytest.mark.parametrize("line", BAD)
def test_a_bad_command_line_is_told_in_words(answers: dict[str, Told], line: str) -> None:
    told = answers[line]
    assert BAD[line] in told.words
    assert told.code == 2
    assert told.out == ""


def test_commands_without_a_workspace_say_how_to_make_one(tmp_path: Path) -> None:
    for words in (["runs"], ["up"], ["submit", DEMO, "1"], ["catalogue", "rebuild"]):
        told = nbreduce(*words, cwd=tmp_path)
        assert told.code == 2
        assert "no nbreduce.toml in" in told.err
        assert "nbreduce init DIR" in told.err


def test_a_workspace_that_exists_is_not_made_again(lived: Site) -> None:
    before = (lived.path / "nbreduce.toml").read_bytes()
    told = nbreduce("init", lived.path)
    assert told.code == 2
    assert "nbreduce.toml is there already" in told.err
    assert (lived.path / "nbreduce.toml").read_bytes() == before


def test_a_workspace_in_a_place_that_may_not_be_written(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    told = nbreduce("init", closed / "ws")
    assert told.code == 2
    assert "cannot be made" in told.err
    (tmp_path / "file").touch()
    assert "cannot be made" in nbreduce("init", tmp_path / "file" / "ws").err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[archive]\npaht = 'a'\n", "archive.paht is not a setting"),
        ("[arkive]\n", "arkive is not a setting"),
        ("[execution]\nworkers = 0\n", "execution.workers: "),
        ("[execution]\nworkers = 'many'\n", "execution.workers: "),
        ("[archive\n", "nbreduce.toml: "),
        ("\xff", "nbreduce.toml: "),
        ("[[triggers]]\nkind = 'telepathy'\n", "there is no trigger of kind 'telepathy'"),
        ("[[triggers]]\nkind = 'directory'\n", "instrument is missing"),
        (
            "[[triggers]]\nkind = 'directory'\ninstrument = 'DEMO'\npath = 'd'\npol = 1\n",
            "pol is not a setting",
        ),
        ("[catalogue]\nurl = 'nonsense'\n", "the catalogue's URL cannot be read"),
        ("[catalogue]\nurl = 'sqlite:///no/such/folder/c.db'\n", "cannot be used"),
    ],
)
def test_a_configuration_with_a_mistake_is_refused_with_its_place(
    tmp_path: Path, text: str, words: str
) -> None:
    (tmp_path / "nbreduce.toml").write_bytes(text.encode("latin-1"))
    told = nbreduce("up", "-w", tmp_path)
    assert told.code == 2
    assert words in told.words


def test_a_wrong_setting_in_the_environment_is_told_too(lived: Site) -> None:
    told = lived.cli("runs", variables={"NBREDUCE_EXECUTION__WORKERS": "none"})
    assert told.code == 2
    assert "execution.workers: " in told.words


def test_a_reader_that_goes_away_is_no_error(lived: Site) -> None:
    from subprocess import PIPE, Popen

    from support.commands import clean_environment, command_line

    process = Popen(
        command_line("runs", "--json", "-w", lived.path),
        stdout=PIPE,
        stderr=PIPE,
        env=clean_environment(),
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    said = process.stderr.read().decode()
    process.stderr.close()
    assert process.wait(30) in (0, 1)
    assert said == ""
