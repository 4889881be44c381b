"""Publish templates, and list what is published."""

from pathlib import Path

from nbreduce.archive.store import Archive
from nbreduce.config import Config
from nbreduce.domain.errors import Conflict, NbreduceError
from nbreduce.domain.model import Model, now
from nbreduce.templates.check import Checked, check_template
from nbreduce.templates.commit import commit_files, commit_of, in_repository
from nbreduce.templates.library import TemplateLibrary
from nbreduce.templates.publications import (
    MAX_MESSAGE,
    Publication,
    PublishedLibrary,
    publications,
    record_publication,
)
from nbreduce.workspace import Workspace


class NotPublishable(NbreduceError):
    """A template that cannot be published.

    Parameters
    ----------
    checked:
        What the check says of it.
    """

    exit_code = 1

    def __init__(self, message: str, hint: str, checked: Checked | None = None) -> None:
        super().__init__(message, hint)
        self.checked = checked


class Versions(Model):
    """What is published of a template, newest first.

    Attributes
    ----------
    changed:
        Whether what is saved differs from the newest.
    repository:
        Whether the template's folder is in a git repository.
    """

    versions: tuple[Publication, ...]
    changed: bool
    repository: bool


def publish(
    workspace: Workspace, instrument: str, name: str, message: str, person: str, commit: bool
) -> Publication:
    """Record a template, as it is saved, as its next version.

    Parameters
    ----------
    message:
        What is new.
    commit:
        Commit it in git too, where its folder is in a repository.

    Raises
    ------
    NbreduceError
        The check finds errors, nothing is new, git refuses, or the archive cannot be written.
    """
    message = message.strip()
    if not message or len(message) > MAX_MESSAGE:
        raise NotPublishable(
            f"a version needs a message of 1 to {MAX_MESSAGE} characters", "Say what is new"
        )
    template = workspace.library.template(instrument, name)
    _require_good(template.path)
    before = publications(workspace.archive, instrument, name)
    if before and before[0].sha256 == template.sha256:
        raise Conflict(
            f"{instrument}/{name} is as it was published, as version {before[0].version}"
        )
    # The content first: what git or the record then says is about something that is kept.
    workspace.archive.prepare()
    workspace.archive.keep_template(template)
    if commit:
        commit_files([template.path, *template.files], message)
    return record_publication(
        workspace.archive,
        Publication(
            instrument=instrument,
            template=name,
            version=before[0].version + 1 if before else 1,
            sha256=template.sha256,
            commit=commit_of(template.path),
            message=message,
            person=person,
            time=now(),
        ),
    )


def versions_of(workspace: Workspace, instrument: str, name: str) -> Versions:
    """Return what is published of a template.

    Raises
    ------
    NbreduceError
        There is no such template, or it cannot be used.
    """
    template = workspace.library.template(instrument, name)
    found = publications(workspace.archive, instrument, name)
    return Versions(
        versions=found,
        changed=not found or found[0].sha256 != template.sha256,
        repository=in_repository(template.path.parent),
    )


def library_for_new_runs(config: Config, archive: Archive) -> TemplateLibrary:
    """Return the templates by which new runs are reduced."""
    if config.templates.published_only:
        return PublishedLibrary(config.templates_path, archive)
    return TemplateLibrary(config.templates_path)


def _require_good(path: Path) -> None:
    checked = check_template(path)
    errors = [problem for problem in checked.problems if problem.severity == "error"]
    if errors:
        where = "" if errors[0].cell is None else f"cell {errors[0].cell + 1}: "
        raise NotPublishable(
            f"{checked.instrument}/{checked.template} has {checked.verdict}: {where}{errors[0].message}",
            "Check it, mend what is wrong, save, and publish again",
            checked,
        )
