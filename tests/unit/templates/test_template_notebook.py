"""Template notebooks and their folder: what makes them unusable, and in which words."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from nbreduce.domain.template import Template
from nbreduce.templates.check import check_template
from nbreduce.templates.library import (
    MAX_FILES_BYTES,
    InstrumentError,
    TemplateLibrary,
    check_defaults,
    read_template,
)
from nbreduce.templates.notebook import MAX_BYTES, TemplateError, understand
from support.making import code_cell, notebook, write_template


def words_of(path: Path) -> str:
    return "; ".join(problem.words for problem in check_template(path).problems)


def test_a_good_template(tmp_path: Path) -> None:
    path = write_template(tmp_path / "DEMO", notebook(cells=["d_min"], timeout=5, runs={}))
    (path.parent / "steps.py").write_text("x = 1\n")
    assert words_of(path) == ""
    template = read_template(path)
    assert (template.instrument, template.name) == ("DEMO", "work")
    assert template.metadata.timeout == 5
    assert [one.name for one in template.parameters] == ["d_min"]
    assert template.files == (path.parent / "steps.py",)
    schema = template.json_schema()
    assert schema["additionalProperties"] is False
    assert schema["properties"] == {"d_min": {"type": "number", "default": 0.7}}


def without_parameters() -> dict[str, Any]:
    return {**notebook(), "cells": [code_cell("1")]}


def changed(**changes: Any) -> dict[str, Any]:
    return {**notebook(), **changes}


def markdown_parameters() -> dict[str, Any]:
    return changed(cells=[{**code_cell("x", "parameters"), "cell_type": "markdown"}])


def printed(source: str) -> dict[str, Any]:
    output = {"output_type": "stream", "name": "stdout", "text": "1"}
    return {**code_cell(source), "outputs": [output]}


BAD = {
    "no parameters": (without_parameters(), "no cell is tagged 'parameters'"),
    "two parameters": (
        changed(cells=[code_cell("x = 1", "parameters"), code_cell("y = 1", "parameters")]),
        "2 cells are tagged 'parameters'",
    ),
    "markdown": (markdown_parameters(), "is not a code cell"),
    "code": (notebook("x = open('a')"), "x is not a literal"),
    "syntax": (notebook("x = ("), "not Python"),
    "syntax elsewhere": (notebook(cells=["d_min +"]), "not Python: "),
    "no metadata": (changed(metadata={}), "no notebook metadata 'nbreduce'"),
    "metadata no object": (changed(metadata=[]), "metadata: [] is not of type"),
    "own no object": (changed(metadata={"nbreduce": 5}), "nbreduce"),
    "no title": (changed(metadata={"nbreduce": {}}), "nbreduce.title: Field required"),
    "unknown metadata": (notebook(colour="red"), "nbreduce.colour: Extra inputs"),
    "unknown rule": (notebook(runs={"tittle": "x"}), "nbreduce.runs.tittle: Extra"),
    "bad timeout": (notebook(timeout=0), "nbreduce.timeout"),
    "bad memory": (notebook(resources={"memory": "lots"}), "nbreduce.resources.memory"),
    "bad cores": (notebook(resources={"cores": 0}), "nbreduce.resources.cores"),
    "format 4.text": (changed(nbformat_minor="5"), "not a notebook of format 4"),
    "format 4.null": (changed(nbformat_minor=None), "not a notebook of format 4"),
    "format 4.list": (changed(nbformat_minor=[1]), "not a notebook of format 4"),
    "format 4.true": (changed(nbformat_minor=True), "not a notebook of format 4"),
    "format 3": (changed(nbformat=3), "not a notebook of format 4"),
    "format 4.4": (changed(nbformat_minor=4), "older than 4.5"),
    "no cells": (changed(cells="x"), "not a notebook of format 4"),
    "cell no object": (changed(cells=[5]), "it is neither code nor text"),
    "cell of no kind": (changed(cells=[{**code_cell("1"), "cell_type": []}]), "neither code nor"),
    "cell without metadata": (changed(cells=[{"cell_type": "raw", "source": ""}]), "'metadata' is"),
    "minor no number": (changed(nbformat_minor="5"), "not a notebook of format 4"),
    "minor of no format": (changed(nbformat_minor=-1), "No schema for validating v4.-1"),
    "surrogate": (notebook(cells=["# \ud800"]), "it holds half of a character"),
    "surrogate in metadata": (notebook(title="\ud800"), "metadata hold half of"),
    "tags no list": (changed(cells=[{**code_cell("1"), "metadata": {"tags": 5}}]), "metadata.tags"),
    "outputs": (
        changed(cells=[code_cell("x = 1", "parameters"), printed("1")]),
        "outputs are not stripped",
    ),
    "counts": (
        changed(cells=[code_cell("x=1", "parameters"), {**code_cell("1"), "execution_count": 2}]),
        "outputs are not stripped",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_templates_and_their_words(tmp_path: Path, name: str) -> None:
    content, words = BAD[name]
    assert words in words_of(write_template(tmp_path / "DEMO", content))


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"nbformat": 4, "cells": NaN}'],
    ids=["empty", "cut", "list", "null", "binary", "deep", "nan"],
)
def test_files_that_are_no_notebooks(tmp_path: Path, content: bytes) -> None:
    path = write_template(tmp_path / "DEMO", notebook())
    path.write_bytes(content)
    assert "work.ipynb is not a" in words_of(path)
    with pytest.raises(TemplateError, match=r"work\.ipynb is not a"):
        read_template(path)


def test_a_notebook_that_is_a_folder_gone_or_huge(tmp_path: Path) -> None:
    path = write_template(tmp_path / "DEMO", notebook())
    os.truncate(path, MAX_BYTES + 1)
    with pytest.raises(TemplateError, match="larger than 20 MB"):
        read_template(path)
    path.unlink()
    with pytest.raises(TemplateError, match="not a readable notebook"):
        read_template(path)
    path.mkdir()
    with pytest.raises(TemplateError, match="not a readable notebook"):
        read_template(path)


def test_all_problems_come_in_one_message() -> None:
    with pytest.raises(TemplateError, match=r"template work: .*colour.*; .*no cell is tagged"):
        understand({**without_parameters(), "metadata": {"nbreduce": {"colour": 1}}}, "work")


def test_a_name_that_would_not_be_a_folder(tmp_path: Path) -> None:
    path = write_template(tmp_path / "DEMO", notebook(), "my work")
    with pytest.raises(TemplateError, match="its name may only hold"):
        read_template(path)


def test_magics_are_not_python_but_allowed(tmp_path: Path) -> None:
    cells = ["%matplotlib inline\nd_min", "!ls", "%%bash\nls -l |"]
    assert words_of(write_template(tmp_path / "DEMO", notebook(cells=cells))) == ""


def test_a_template_without_instrument_file(tmp_path: Path) -> None:
    path = write_template(tmp_path / "DEMO", notebook())
    (path.parent / "instrument.toml").unlink()
    assert "there is no instrument.toml" in words_of(path)


def test_companions_that_are_too_large_together(tmp_path: Path) -> None:
    path = write_template(tmp_path / "DEMO", notebook())
    for name in ("a.dat", "b.dat"):
        (path.parent / name).touch()
        os.truncate(path.parent / name, MAX_FILES_BYTES // 2 + 1)
    with pytest.raises(TemplateError, match=r"the files in DEMO/ are 10 MB"):
        read_template(path)


def test_the_hash_covers_notebook_and_companions_and_nothing_else(tmp_path: Path) -> None:
    path = write_template(tmp_path / "DEMO", notebook())
    first = read_template(path).sha256
    (path.parent / "README.md").write_text("words")
    (path.parent / "other.ipynb").write_text("{}")
    (path.parent / ".hidden").write_text("x")
    (path.parent / "old.pyc").write_text("x")
    assert read_template(path).sha256 == first
    (path.parent / "steps.py").write_text("x = 1\n")
    second = read_template(path).sha256
    assert second != first
    path.write_text(json.dumps(notebook("d_min: float = 0.8")))
    assert read_template(path).sha256 not in {first, second}


def test_a_broken_template_does_not_hide_the_others(tmp_path: Path) -> None:
    write_template(tmp_path / "DEMO", notebook(), "good")
    write_template(tmp_path / "DEMO", notebook("x: 'in t' = 1"), "bad")
    broken, good = TemplateLibrary(tmp_path).templates("DEMO")
    assert isinstance(broken, TemplateError)
    assert isinstance(good, Template)


def test_instruments_and_their_files(tmp_path: Path) -> None:
    library = TemplateLibrary(tmp_path / "none")
    assert library.instruments() == ()
    with pytest.raises(
        InstrumentError, match=r"no instrument 'X'. Instruments with templates: none"
    ):
        library.instrument("X")
    library = TemplateLibrary(tmp_path)
    write_template(tmp_path / "DEMO", notebook())
    (tmp_path / "loose").mkdir()
    assert library.instruments() == ("DEMO",)
    instrument = library.instrument("DEMO")
    assert (instrument.key, instrument.name, instrument.prefixes) == ("DEMO", "DEMO", ("DEMO",))
    with pytest.raises(InstrumentError, match=r"no instrument '../DEMO'"):
        library.instrument("../DEMO")
    with pytest.raises(TemplateError, match=r"DEMO has no template 'x'. Its templates: work"):
        library.template("DEMO", "x")
    with pytest.raises(TemplateError, match="no template"):
        library.template("DEMO", "../DEMO/work")


@pytest.mark.parametrize(
    "text", ["", "name = ", 'name = "x"\ncolour = 1', "\udcff", "padding = 99"]
)
def test_bad_instrument_files(tmp_path: Path, text: str) -> None:
    write_template(tmp_path / "DEMO", notebook())
    (tmp_path / "DEMO" / "instrument.toml").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(InstrumentError, match=r"DEMO/instrument\.toml: ") as caught:
        TemplateLibrary(tmp_path).instrument("DEMO")
    assert "pydantic.dev" not in str(caught.value)


def test_values_in_the_instrument_file_are_checked(tmp_path: Path) -> None:
    path = write_template(tmp_path / "DEMO", notebook())
    toml = path.parent / "instrument.toml"
    toml.write_text(
        'name = "D"\n[parameters.work]\nd_min = "a"\n[parameters.other]\nx = 1\n'
        '[[overrides]]\ntemplate = "work"\nstart_run = 5\nparameters = {d_max = 1}\n'
    )
    library = TemplateLibrary(tmp_path)
    words = check_defaults(library.instrument("DEMO"), [read_template(path)])
    assert words == (
        "parameters of work: d_min = 'a': must be a number",
        "parameters: DEMO has no template 'other'",
        "overrides of work: there is no parameter 'd_max'. Parameters: d_min",
    )
    assert [problem.message for problem in check_template(path).problems] == [
        f"instrument.toml: {words[0]}",
        f"instrument.toml: {words[2]}",
    ]
