"""The frame that every operation stands in: errors, addresses, the workspace, the API's description."""

import json
import subprocess
from pathlib import Path

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from pydantic import ValidationError

from nbreduce.catalogue.core import CatalogueError
from nbreduce.catalogue.listing import RunFilter
from nbreduce.domain.errors import Conflict, NbreduceError, NotFound, Unavailable
from nbreduce.domain.model import Model
from nbreduce.domain.parameters import ParameterError
from nbreduce.server.base import as_json, read_id
from nbreduce.server.context import NoWorkspace, ServerContext
from nbreduce.server.errors import BadRequest, answer_of, status_of, unreadable
from nbreduce.server.openapi import document
from nbreduce.server.operation import FilesUnavailable, refuse_unprintable, told_of_files
from nbreduce.server.routes import PREFIX, ROUTES
from nbreduce.templates.library import UnknownInstrument, UnknownTemplate

REPOSITORY = Path(__file__).resolve().parents[3]
API = REPOSITORY / "extensions" / "src" / "api"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFound("x"), 404),
        (UnknownInstrument("x"), 404),
        (UnknownTemplate("x"), 404),
        (Conflict("x"), 409),
        (Unavailable("x"), 503),
        (CatalogueError("x"), 503),
        (NoWorkspace("x"), 503),
        (ParameterError("x"), 422),
        (NbreduceError("x"), 422),
        (BadRequest("x"), 400),
        (BadRequest("x", status=413), 413),
    ],
)
def test_each_error_has_its_status(error: NbreduceError, status: int) -> None:
    assert status_of(error) == status


def test_an_error_is_told_with_what_to_do() -> None:
    told = answer_of(NotFound("there is no run 7", "List them"))
    assert told.model_dump() == {
        "message": "there is no run 7",
        "hint": "List them",
        "problems": (),
    }


def test_what_cannot_be_read_is_told_field_by_field() -> None:
    with pytest.raises(ValidationError) as caught:
        RunFilter.model_validate({"colour": "red", "state": ["lost"], "since": "1"})
    told = answer_of(unreadable("query", caught.value))
    assert {one.where for one in told.problems} == {"colour", "state.0", "since"}
    assert told.message.startswith("the query cannot be used: ")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7", 7),
        ("0", 0),
        ("", None),
        ("-7", None),
        ("+7", None),
        ("1.0", None),
        ("٣", None),
        ("²", None),
    ],
)
def test_ids_are_digits(text: str, number: int | None) -> None:
    assert read_id(text) == number
    assert read_id("9" * 19) is None


@pytest.mark.parametrize("name", ["\0", "a\nb", "\x1f"])
def test_names_that_nothing_has(name: str) -> None:
    with pytest.raises(NotFound):
        refuse_unprintable({"name": name})
    refuse_unprintable({"name": "Größe %2F ..", "other": "x"})


def test_files_that_are_away_are_nobodys_defect(tmp_path: Path) -> None:
    with (
        pytest.raises(FilesUnavailable, match=r"missing cannot be used \(No such file"),
        told_of_files(),
    ):
        (tmp_path / "missing").read_text()
    with pytest.raises(ZeroDivisionError), told_of_files():
        1 / 0  # noqa: B018


class Named(Model):
    name: str


def test_names_that_are_no_text_are_told_all_the_same() -> None:
    assert json.loads(as_json(Named(name="Größe"))) == {"name": "Größe"}
    assert as_json(Named(name="a\udcff")) == '{"name": "a\\udcff"}'


def test_a_workspace_that_cannot_be_used_is_told_by_its_cause(tmp_path: Path) -> None:
    (tmp_path / "nbreduce.toml").write_text("[colour]\nred = 1\n")
    context = ServerContext(tmp_path, tmp_path)
    with pytest.raises(NoWorkspace, match="colour is not a setting"):
        _ = context.workspace
    assert status_of(NoWorkspace("x")) == 503


def test_paths_in_the_contents_stay_inside(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "a b.ipynb").touch()
    (tmp_path / "outside.ipynb").touch()
    context = ServerContext(root, NotFound("none"))
    assert context.contents_path(root / "a b.ipynb") == "a b.ipynb"
    assert context.contents_path(root / "none.ipynb") is None
    assert context.contents_place(root / "none.ipynb") == "none.ipynb"
    assert context.contents_path(tmp_path / "outside.ipynb") is None
    assert context.contents_place(tmp_path / "rooted" / "x") is None


def test_the_description_is_valid() -> None:
    described = document(ROUTES, PREFIX)
    OpenAPIV31SpecValidator(described).validate()
    identifiers = [
        one["operationId"] for methods in described["paths"].values() for one in methods.values()
    ]
    assert len(set(identifiers)) == len(identifiers)
    assert set(described["x-streams"]) == {
        path for path, handler in ROUTES.items() if hasattr(handler, "sends")
    }
    assert set(described["paths"]) | set(described["x-streams"]) == set(ROUTES)


AGAIN = (
    "make it again: python -m nbreduce.server.openapi > extensions/src/api/openapi.json && "
    "cd extensions && jlpm types"
)


def test_the_extension_has_the_description_as_it_is() -> None:
    kept = (API / "openapi.json").read_text(encoding="utf-8")
    assert json.loads(kept) == document(ROUTES, PREFIX), AGAIN


def test_the_extension_has_the_types_of_the_description(node: str, tmp_path: Path) -> None:
    made = tmp_path / "schema.ts"
    program = REPOSITORY / "extensions" / "node_modules" / "openapi-typescript" / "bin" / "cli.js"
    assert program.exists(), "the extension's packages are not installed: pip install -e ."
    subprocess.run(
        [node, program, API / "openapi.json", "--output", made], check=True, capture_output=True
    )
    assert made.read_text() == (API / "schema.ts").read_text(), AGAIN
