"""Published versions of templates: kept in the archive by content, with who published them, when and why."""

import os
from pathlib import Path
from uuid import uuid4

from pydantic import Field, ValidationError

from nbreduce.archive.files import writing
from nbreduce.archive.store import Archive
from nbreduce.domain.errors import NbreduceError
from nbreduce.domain.model import Model, Time
from nbreduce.domain.template import Template
from nbreduce.templates.library import TemplateLibrary, read_template
from nbreduce.templates.notebook import TemplateError

MAX_MESSAGE = 2000


class Publication(Model):
    """A published version of a template; versions count from 1."""

    instrument: str
    template: str
    version: int = Field(ge=1)
    sha256: str
    commit: str = ""
    message: str = Field(max_length=MAX_MESSAGE)
    person: str
    time: Time


class PublicationError(NbreduceError):
    """A record of a published version that cannot be read."""


def publications(archive: Archive, instrument: str, template: str) -> tuple[Publication, ...]:
    """Return a template's published versions, newest first.

    Raises
    ------
    PublicationError
        A record is damaged.
    """
    folder = archive.layout.published(instrument, template)
    found = [_read(path) for path in folder.glob("*.json") if path.stem.isdecimal()]
    return tuple(sorted(found, key=lambda one: one.version, reverse=True))


def record_publication(archive: Archive, publication: Publication) -> Publication:
    """Write a published version, under the next number that is free.

    The number in what is given is only the first that is tried: someone else may publish at the same moment.

    Raises
    ------
    ArchiveUnavailable
        It cannot be written.
    """
    folder = archive.layout.published(publication.instrument, publication.template)
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        while not _written(folder, publication):
            publication = publication.model_copy(update={"version": publication.version + 1})
    return publication


def _written(folder: Path, publication: Publication) -> bool:
    """Write a version's record whole and read-only; say whether its number was free."""
    target = folder / f"{publication.version}.json"
    temporary = folder / f".{target.name}.{uuid4().hex}.tmp"
    temporary.write_text(publication.model_dump_json(indent=1), encoding="utf-8")
    temporary.chmod(0o444)
    try:
        # A link, unlike a rename, never replaces what is there.
        os.link(temporary, target)
    except FileExistsError:
        return False
    finally:
        temporary.unlink()
    return True


def _read(path: Path) -> Publication:
    try:
        return Publication.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise PublicationError(
            f"{path} is not the record of a published version", "Restore it from a backup"
        ) from error


class PublishedLibrary(TemplateLibrary):
    """Templates as they were last published. One that never was is not among them.

    Parameters
    ----------
    folder:
        Of the templates that are worked on; it has the instruments.
    archive:
        Holds what is published.
    """

    def __init__(self, folder: Path, archive: Archive) -> None:
        super().__init__(folder)
        self.archive = archive

    def names(self, instrument: str) -> tuple[str, ...]:
        """List an instrument's published templates; one whose notebook was taken away is withdrawn."""
        return tuple(
            name
            for name in super().names(instrument)
            if publications(self.archive, instrument, name)
        )

    def template(self, instrument: str, name: str, commit: bool = True) -> Template:
        """Read the newest published version of a template.

        Raises
        ------
        TemplateError
            There is none, or it cannot be used.
        """
        if name not in super().names(instrument):
            return super().template(instrument, name, commit)
        found = publications(self.archive, instrument, name)
        if not found:
            raise TemplateError(
                f"{instrument}/{name} is not published", "See 'nbreduce template publish --help'"
            )
        kept_at = self.archive.layout.templates / found[0].sha256 / f"{name}.ipynb"
        kept = read_template(kept_at)
        return kept.model_copy(update={"instrument": instrument, "commit": found[0].commit})
