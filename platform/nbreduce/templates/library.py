"""The folder of templates: instruments, and what each has."""

import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import ValidationError

from nbreduce.archive.files import hash_of_files
from nbreduce.domain.errors import NbreduceError, NotFound
from nbreduce.domain.parameters import ParameterError
from nbreduce.domain.run import safe_name
from nbreduce.domain.template import Instrument, Template
from nbreduce.templates.commit import commit_of
from nbreduce.templates.notebook import Notebook, TemplateError, read_notebook, understand
from nbreduce.templates.values import check_request

INSTRUMENT_FILE = "instrument.toml"
MAX_FILES_BYTES = 10_000_000


class InstrumentError(NbreduceError):
    """An instrument that is not there, or whose `instrument.toml` cannot be used."""


class UnknownInstrument(InstrumentError, NotFound):
    """An instrument that is not there."""


class UnknownTemplate(TemplateError, NotFound):
    """A template that is not there."""


class TemplateLibrary:
    """Instruments and templates under one folder, read anew whenever they are asked for.

    Parameters
    ----------
    folder:
        One folder per instrument, each with `instrument.toml`, notebooks, and files that go beside them.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def instruments(self) -> tuple[str, ...]:
        """List the instruments' keys."""
        if not self.folder.is_dir():
            return ()
        found = (path for path in self.folder.iterdir() if (path / INSTRUMENT_FILE).is_file())
        return tuple(sorted(path.name for path in found))

    def instrument(self, key: str) -> Instrument:
        """Read `instrument.toml`.

        Raises
        ------
        InstrumentError
            There is no such instrument, or its file has an error.
        """
        if key not in self.instruments():
            known = ", ".join(self.instruments()) or "none"
            raise UnknownInstrument(
                f"there is no instrument {key!r}", f"Instruments with templates: {known}"
            )
        path = self.folder / key / INSTRUMENT_FILE
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8"))
            return Instrument.model_validate({"prefixes": (key,), **content, "key": key})
        except ValidationError as error:
            words = "; ".join(
                f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors()
            )
            raise InstrumentError(f"{key}/{INSTRUMENT_FILE}: {words}") from error
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise InstrumentError(f"{key}/{INSTRUMENT_FILE}: {error}") from error

    def names(self, instrument: str) -> tuple[str, ...]:
        """List an instrument's templates, usable or not."""
        folder = self.folder / instrument
        return tuple(
            sorted(path.stem for path in folder.glob("*.ipynb") if not path.name.startswith("."))
        )

    def template(self, instrument: str, name: str, commit: bool = False) -> Template:
        """Read one template.

        Parameters
        ----------
        commit:
            Ask git which commit it stands at, which takes longer than all the rest.

        Raises
        ------
        TemplateError
            It is not there, or cannot be used.
        """
        if name not in self.names(instrument):
            known = ", ".join(self.names(instrument)) or "none"
            raise UnknownTemplate(
                f"{instrument} has no template {name!r}", f"Its templates: {known}"
            )
        return read_template(self.folder / instrument / f"{name}.ipynb", commit)

    def templates(
        self, instrument: str, commit: bool = False
    ) -> Iterator[Template | TemplateError]:
        """Read all templates of an instrument; an unusable one comes as its error."""
        for name in self.names(instrument):
            try:
                yield self.template(instrument, name, commit)
            except TemplateError as error:
                yield error


def read_template(path: Path, commit: bool = False) -> Template:
    """Read a template notebook and what stands beside it.

    Raises
    ------
    TemplateError
        It cannot be used.
    """
    check_name(path.stem)
    draft = draft_template(path, understand(read_notebook(path), path.stem))
    sha256 = _digest([path, *draft.files], draft.name)
    return draft.model_copy(update={"sha256": sha256, "commit": commit_of(path) if commit else ""})


def draft_template(path: Path, notebook: Notebook) -> Template:
    """Return a template as its notebook would make it at a path, whether it is saved there or not; it has no hash.

    Raises
    ------
    TemplateError
        It cannot be used there.
    """
    check_name(path.stem)
    return Template(
        instrument=path.parent.name,
        name=path.stem,
        path=path,
        sha256="",
        metadata=notebook.metadata,
        parameters=notebook.parameters,
        files=companions(path.parent),
    )


def check_name(name: str) -> None:
    """Raise `TemplateError` unless a template can be called so."""
    if safe_name(name) != name:
        raise TemplateError(
            f"template {name!r}: its name may only hold letters, digits and + - _ . (70 bytes at most)"
        )


def _digest(paths: Iterable[Path], name: str) -> str:
    try:
        return hash_of_files(paths)
    except OSError as error:
        raise TemplateError(
            f"template {name}: {error.filename} cannot be read ({error.strerror})"
        ) from error


def companions(folder: Path) -> tuple[Path, ...]:
    """List the files that go beside an executed notebook: step modules and small constants.

    Raises
    ------
    TemplateError
        They are too large together.
    """
    files = tuple(sorted(path for path in folder.iterdir() if _is_companion(path)))
    size = sum(path.stat().st_size for path in files)
    if size > MAX_FILES_BYTES:
        raise TemplateError(
            f"the files in {folder.name}/ are {size / 1e6:.0f} MB; each reduction keeps a copy of them",
            f"Keep them under {MAX_FILES_BYTES // 1_000_000} MB; calibration data has its own place",
        )
    return files


def _is_companion(path: Path) -> bool:
    special = path.name in {INSTRUMENT_FILE, "README.md"} or path.suffix in {".ipynb", ".pyc"}
    return path.is_file() and not path.name.startswith(".") and not special


def check_defaults(instrument: Instrument, templates: Iterable[Template]) -> tuple[str, ...]:
    """List what is wrong with the values in `instrument.toml`, in words."""
    by_name = {template.name: template for template in templates}
    given = [(name, values, "parameters") for name, values in instrument.parameters.items()]
    given += [
        (override.template, override.parameters, "overrides") for override in instrument.overrides
    ]
    problems = []
    for name, values, section in given:
        if name not in by_name:
            problems.append(f"{section}: {instrument.key} has no template {name!r}")
            continue
        try:
            check_request(by_name[name].parameters, values)
        except ParameterError as error:
            problems.append(f"{section} of {name}: {error}")
    return tuple(problems)
