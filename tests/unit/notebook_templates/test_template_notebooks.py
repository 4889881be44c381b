"""The shipped templates, and the examples of the authors' README, against the platform's own reading of them."""

import json
import re
import tomllib
from pathlib import Path

import nbformat
import pytest

from nbreduce.domain.template import Instrument, Template, TemplateMetadata
from nbreduce.templates.check import check_template
from nbreduce.templates.library import TemplateLibrary, check_defaults
from nbreduce.templates.parameters import parse_parameters

FOLDER = Path(__file__).resolve().parents[3] / "notebook_templates"
README = (FOLDER / "README.md").read_text("utf-8")
TEMPLATES = [("ENGINX", "powder"), ("HIFI", "asymmetry")]
LONGEST_CELL = 18


def template(instrument: str, name: str) -> Template:
    return TemplateLibrary(FOLDER).template(instrument, name)


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_the_shipped_templates_are_those_tested_here() -> None:
    library = TemplateLibrary(FOLDER)
    found = [(i, name) for i in library.instruments() for name in library.names(i)]
    assert found == TEMPLATES


@pytest.mark.parametrize(("instrument", "name"), TEMPLATES)
def test_a_template_is_clean(instrument: str, name: str) -> None:
    path = FOLDER / instrument / f"{name}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert check_template(path).problems == ()
    assert notebook.metadata.kernelspec.name == "python3"
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)


@pytest.mark.parametrize(("instrument", "name"), TEMPLATES)
def test_cells_are_few_and_short(instrument: str, name: str) -> None:
    cells = nbformat.read(FOLDER / instrument / f"{name}.ipynb", as_version=4).cells
    code = [cell for cell in cells if cell.cell_type == "code"]
    assert len(code) <= 10
    assert max(len(cell.source.splitlines()) for cell in code) <= LONGEST_CELL


@pytest.mark.parametrize(("instrument", "name"), TEMPLATES)
def test_every_parameter_has_help(instrument: str, name: str) -> None:
    parameters = template(instrument, name).parameters
    assert len(parameters) > 5
    assert [parameter.name for parameter in parameters if not parameter.help] == []


@pytest.mark.parametrize(("instrument", "name"), TEMPLATES)
def test_step_modules_go_beside_the_notebook(instrument: str, name: str) -> None:
    source = (FOLDER / instrument / f"{name}.ipynb").read_text("utf-8")
    prefix = instrument.lower()
    imported = set(re.findall(rf"(?:import|from) ({prefix}_\w+)", source))
    assert imported
    assert imported <= {path.stem for path in template(instrument, name).files}


@pytest.mark.parametrize(("instrument", "name"), TEMPLATES)
def test_instrument_values_and_the_commented_overrides_are_accepted(
    instrument: str, name: str
) -> None:
    text = (FOLDER / instrument / "instrument.toml").read_text("utf-8")
    shown = re.sub(r"^# (?=\[|\w+ = )", "", text, flags=re.MULTILINE)
    content = Instrument.model_validate({**tomllib.loads(shown), "key": instrument})
    assert len(content.overrides) == 2
    assert check_defaults(content, [template(instrument, name)]) == ()


def test_the_readmes_parameters_cell_is_one() -> None:
    source = blocks("python")[0]
    exec(source, {})  # noqa: S102 - that Python takes what the platform takes
    parameters = parse_parameters(source)
    assert [parameter.name for parameter in parameters][:3] == [
        "run_file",
        "output_dir",
        "wavelength_max",
    ]
    assert all(parameter.help for parameter in parameters)


def test_the_readmes_metadata_are_valid() -> None:
    (shown,) = blocks("json")
    assert TemplateMetadata.model_validate(json.loads(shown)).title == "Transmission"


def test_the_readmes_instrument_is_valid_and_its_values_are_parameters() -> None:
    (shown,) = blocks("toml")
    instrument = Instrument.model_validate({**tomllib.loads(shown), "key": "LOQ"})
    names = {parameter.name for parameter in parse_parameters(blocks("python")[0])}
    given = [instrument.parameters["transmission"], *(o.parameters for o in instrument.overrides)]
    assert {name for values in given for name in values} <= names
    assert [override.start_run for override in instrument.overrides] == [74100, None]


def test_the_readme_uses_names_that_the_script_api_has() -> None:
    import nbreduce_kernel

    names = re.findall(r"from nbreduce_kernel import ([\w, ]+)", README)[0].split(", ")
    assert set(names) <= set(nbreduce_kernel.__all__)
