"""What the check of a template finds in its code, and what it must not say."""

from pathlib import Path
from typing import Any

import pytest

from nbreduce.templates.check import check_template
from nbreduce.templates.mantid import algorithms
from nbreduce.templates.problem import Problem, Severity
from support.making import code_cell, notebook, write_template

ERROR, WARNING = Severity.ERROR, Severity.WARNING
MANTID = "from mantid.simpleapi import *"


def problems_of(folder: Path, *cells: str) -> list[Problem]:
    path = write_template(folder / "DEMO", notebook(cells=cells))
    return list(check_template(path).problems)


def told(folder: Path, *cells: str) -> list[tuple[str, int | None, int | None, Severity]]:
    """Return message, cell (the parameters cell is 0), line and severity."""
    found = problems_of(folder, *cells)
    return [(one.message, one.cell, one.line, one.severity) for one in found]


def test_a_name_that_nothing_defines(tmp_path: Path) -> None:
    (found,) = problems_of(tmp_path, "x = 1", "\ny = d_mim * x\nprint(y, d_mim)")
    assert found.message == "d_mim is not defined here or above"
    assert (found.cell, found.line, found.severity) == (2, 2, ERROR)
    assert found.hint == "Did you mean d_min?"


def test_a_name_that_is_defined_only_below(tmp_path: Path) -> None:
    assert told(tmp_path, "print(late)", "late = 1") == [
        ("late is not defined here or above", 1, 1, ERROR)
    ]


@pytest.mark.parametrize(
    "cells",
    [
        ["def f():\n    return later", "later = 1\nf()"],
        ["from os.path import *", "join('a', 'b')"],
        ["%run setup.py", "whatever"],
        ["%%cython\ncdef int x", "x"],
        ["exec('x = 1')", "x"],
        ["get_ipython().run_line_magic('pylab', '')", "plot"],
        ["get_ipython().system('ls')", "display(In, Out, _, __, _1, _i3)"],
        ["%%time\nx = 1", "x"],
        ["%time x = 1", "x"],
        ["%%capture said\nprint(1)", "said"],
        ["files = !ls", "files"],
        ["x = %timeit -o 1", "x"],
        ["len?", "?len", "%matplotlib inline\nd_min"],
        ["x = (7\n% 4)", "y = '''\n%pylab\n!ls\n'''", "x, y"],
        ["if d_min:\n    %matplotlib inline\n    !ls"],
        ["try:\n    unknown\nexcept NameError:\n    unknown = 1"],
        ["for i in range(3):\n    pass", "i", "[q for q in range(i)]"],
        ["await_ = 1", "import asyncio\nawait asyncio.sleep(0)"],
        ["%%bash\necho $x", "%%html\n<b>", "\n%%writefile a.py\nimport ("],
        ["class A:\n    b: 'A' = None", "A", "__name__"],
    ],
)
def test_what_the_check_says_nothing_of(tmp_path: Path, cells: list[str]) -> None:
    assert told(tmp_path, *cells) == []


def test_a_cell_that_is_not_python_hides_names_and_is_told_with_its_line(tmp_path: Path) -> None:
    found = told(tmp_path, "x = 1\ny = (", "y")
    assert [(cell, line) for _, cell, line, _ in found] == [(1, 2)]
    assert found[0][0].startswith("not Python: ")


WRITING = [
    "open('a.txt', 'w').write('x')",
    "with open(file='b', mode='w'):\n    pass\nopen('a.txt', mode='a')",
    "from pathlib import Path\nPath('a.txt').write_text('x')",
    "from pathlib import Path\n(Path('outputs') / 'a.txt').open('wb')",
    "import os\nopen(os.path.join('outputs', 'a.txt'), 'x')",
    "import numpy as np\nnp.savetxt('outputs/a.txt', [1])",
    "import h5py\nname = 'a.txt'\nwith h5py.File(name, 'w') as file:\n    pass",
    "frame = {}\nframe.to_hdf('a.txt', key='x')",
    "from mantid.simpleapi import SaveNexus\nSaveNexus(InputWorkspace='w', Filename='a.txt')",
]


@pytest.mark.parametrize("source", WRITING)
def test_a_file_that_is_written_and_not_declared(tmp_path: Path, source: str) -> None:
    (found,) = problems_of(tmp_path, source)
    assert (found.message, found.severity) == (
        "a.txt is written but not declared as an output",
        WARNING,
    )
    assert (found.cell, "nbreduce_kernel" in found.hint) == (1, True)


@pytest.mark.parametrize("source", WRITING)
def test_a_file_that_is_declared(tmp_path: Path, source: str) -> None:
    declare = "from nbreduce_kernel import keep\nresult = 'outputs/a.txt'\nkeep(result, 'it')"
    assert told(tmp_path, source, declare) == []


@pytest.mark.parametrize(
    "cells",
    [
        ["open('a.txt')", "open('a.txt', 'r')", "import h5py\nh5py.File('a.nxs')"],
        ["mode = 'w'\nopen('a.txt', mode)", "name = str(1)\nopen(name, 'w')"],
        [
            "import nbreduce_kernel as nk\nopen('a.txt', 'w')",
            "for one in ['a.txt']:\n    nk.keep(one)",
        ],
        ["open()", "x = []\nx.open()", "import numpy as np\nnp.savetxt()"],
    ],
)
def test_files_that_are_read_or_not_known(tmp_path: Path, cells: list[str]) -> None:
    assert told(tmp_path, *cells) == []


def test_the_list_of_algorithms() -> None:
    known = algorithms()
    assert len(known) > 1000
    assert {"InputWorkspace", "OutputWorkspace", "Params"} <= known["Rebin"]
    assert known["Abins2D"] == frozenset()


@pytest.mark.parametrize(
    ("cell", "message", "hint", "severity"),
    [
        (
            f"{MANTID}\nRebni(InputWorkspace='w')",
            "Mantid has no algorithm Rebni",
            "Did you mean Rebin?",
            ERROR,
        ),
        (
            "import mantid.simpleapi as sapi\nsapi.Zzzz(InputWorkspace='w')",
            "Mantid has no algorithm Zzzz",
            "Look it up",
            ERROR,
        ),
        (
            "from mantid import simpleapi\nsimpleapi.Gaussian(Height=1)",
            "Mantid has no algorithm Gaussian",
            "Look it up",
            WARNING,
        ),
        (
            "from mantid.simpleapi import LoadNexsu",
            "Mantid has no algorithm LoadNexsu",
            "Did you mean LoadNexus?",
            ERROR,
        ),
        (
            "from mantid.simpleapi import Rebin as R\nR(InputWorkspace='w', Parms='1')",
            "Mantid's Rebin has no property Parms",
            "Did you mean Params?",
            ERROR,
        ),
        (
            "import mantid.simpleapi\nmantid.simpleapi.Rebin(Colour='red')",
            "Mantid's Rebin has no property Colour",
            "It has FullBinsOnly",
            WARNING,
        ),
        (
            "from mantid.api import AlgorithmManager\nAlgorithmManager.create('Rebni')",
            "Mantid has no algorithm Rebni",
            "Did you mean Rebin?",
            ERROR,
        ),
    ],
)
def test_calls_that_mantid_does_not_have(
    tmp_path: Path, cell: str, message: str, hint: str, severity: Severity
) -> None:
    (found,) = problems_of(tmp_path, "a = 1", cell)
    assert (found.message, found.cell, found.severity) == (message, 2, severity)
    assert found.hint.startswith(hint)


@pytest.mark.parametrize(
    "cells",
    [
        [f"{MANTID}\nw = Rebin(InputWorkspace='a', Params='1', StoreInADS=False, Version=1)"],
        [f"{MANTID}\nmtd['w'], config", "Abins2D(Anything=1)", "Load('x', BankName='b')"],
        [MANTID, "class Mine:\n    pass", "Mine(InputWorkspace=1)", "Exception('x')"],
        [MANTID, "from other import *", "Whatever(InputWorkspace=1)"],
        ["from other import Rebni", "Rebni(InputWorkspace=1)"],
        ["import other as sapi", "sapi.Rebni(InputWorkspace=1)"],
        [f"{MANTID}\nRebin(**{{'Nonsense': 1}})"],
    ],
)
def test_calls_that_are_right_or_not_mantids(tmp_path: Path, cells: list[str]) -> None:
    assert told(tmp_path, *cells) == []


@pytest.mark.parametrize(
    "cells",
    [
        [code_cell("x" + " + x" * 100_000)],
        [code_cell("(" * 5_000)],
        [code_cell("\0")],
        [code_cell("x = '\ud800'")],
        [{**code_cell("1"), "source": ["a = ", 5, None]}],
        [{**code_cell("1"), "source": {"a": 1}}],
        [code_cell("%%"), code_cell("%"), code_cell("!"), code_cell("?"), code_cell("%% \n=")],
        [5, None, [], {"cell_type": "code"}],
        [code_cell(("%x\n" * 20_000) + "(")],
        [code_cell("a" * 1_000_001)],
    ],
    ids=["long", "deep", "null", "surrogate", "parts", "object", "magics", "none", "many", "huge"],
)
def test_hostile_cells_are_told_in_words(tmp_path: Path, cells: list[Any]) -> None:
    content = notebook()
    content["cells"] += cells
    path = write_template(tmp_path / "DEMO", notebook())
    checked = check_template(path, content)
    assert all(problem.message for problem in checked.problems)
    assert checked.verdict


def test_what_is_checked_is_not_executed(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    source = f"from pathlib import Path\nPath({str(mark)!r}).touch()"
    problems_of(tmp_path, source, f"!touch {mark}", f"%run {mark}")
    assert not mark.exists()


def test_content_that_is_not_saved_yet(tmp_path: Path) -> None:
    path = write_template(tmp_path / "DEMO", notebook(cells=["nonsense"]))
    assert check_template(path, notebook()).problems == ()
    assert check_template(path.with_name("new.ipynb"), notebook()).problems == ()
    (found,) = check_template(path, {"cells": 1}).problems
    assert found.message == "work.ipynb is not a notebook of format 4"
    assert check_template(path).verdict == "1 error"


def test_a_problem_of_the_parameters_cell_has_its_line(tmp_path: Path) -> None:
    path = write_template(tmp_path / "DEMO", notebook("x: int = 1\ny = open('a')"))
    (found,) = check_template(path).problems
    assert (found.cell, found.line) == (0, 2)
    assert found.hint
