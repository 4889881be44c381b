"""New instruments and templates, from small skeletons that pass the check and run."""

import json
import os
from importlib.resources import files
from pathlib import Path
from typing import Any
from uuid import uuid4

from nbreduce.domain.errors import Conflict, NbreduceError, Unavailable
from nbreduce.domain.run import safe_name
from nbreduce.templates.library import INSTRUMENT_FILE, TemplateLibrary, check_name

_MAX_TITLE = 200
_INSTRUMENT = """\
name = {name}
prefixes = [{key}]  # how raw files begin, before the run number
padding = 8  # digits of the run number in a file's name
"""


class CannotCreate(NbreduceError):
    """A name or a title that a new instrument or template cannot have."""


def create_instrument(library: TemplateLibrary, key: str, name: str = "") -> Path:
    """Make an instrument's folder with its `instrument.toml`; return that file.

    Parameters
    ----------
    key:
        Name of the folder, as in reports.
    name:
        As people say it; the key where empty.

    Raises
    ------
    NbreduceError
        The key cannot be a folder's name, the instrument is there already, or its folder cannot be written.
    """
    if safe_name(key) != key:
        raise CannotCreate(
            f"{key!r} cannot be an instrument's key",
            "Letters, digits and + - _ . (70 bytes at most)",
        )
    folder = library.folder / key
    text = _INSTRUMENT.format(name=json.dumps(_one_line(name) or key), key=json.dumps(key))
    return _write_new(folder / INSTRUMENT_FILE, text, f"the instrument {key}")


def create_template(library: TemplateLibrary, instrument: str, name: str, title: str) -> Path:
    """Make a template in an instrument's folder; return its notebook.

    Raises
    ------
    NbreduceError
        There is no such instrument, the name cannot be a template's, the template is there already, or the folder
        cannot be written.
    """
    key = library.instrument(instrument).key
    check_name(name)
    title = _one_line(title) or name
    text = json.dumps(_skeleton(title), indent=1, ensure_ascii=False) + "\n"
    return _write_new(library.folder / key / f"{name}.ipynb", text, f"the template {key}/{name}")


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    if len(line) > _MAX_TITLE or not line.isprintable():
        raise CannotCreate(f"the title has more than {_MAX_TITLE} characters, or odd ones")
    return line


def _skeleton(title: str) -> dict[str, Any]:
    source = files("nbreduce.templates").joinpath("skeleton/template.ipynb").read_text("utf-8")
    notebook: dict[str, Any] = json.loads(source)
    notebook["metadata"]["nbreduce"]["title"] = title
    heading = notebook["cells"][0]
    heading["source"] = [f"# {title}\n", *heading["source"][1:]]
    return notebook


def _write_new(path: Path, text: str, what: str) -> Path:
    """Write a file whole; what is there already stays as it is."""
    temporary = path.with_name(f".{path.name}.{uuid4().hex}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(text, encoding="utf-8")
        try:
            # A link, unlike a rename, never replaces what is there.
            os.link(temporary, path)
        finally:
            temporary.unlink()
    except FileExistsError as error:
        raise Conflict(f"{what} is there already", "Choose another name") from error
    except OSError as error:
        raise Unavailable(
            f"{what} cannot be written ({error.strerror or error})",
            "Ask whoever runs the workspace for the right to write its templates",
        ) from error
    return path
