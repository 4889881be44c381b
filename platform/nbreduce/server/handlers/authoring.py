"""What template authors do: check, publish, begin anew."""

from pathlib import Path

from nbreduce.domain.errors import NotFound
from nbreduce.publishing import publish, versions_of
from nbreduce.server.base import ResourceHandler
from nbreduce.server.handlers.instruments import InstrumentsHandler
from nbreduce.server.handlers.templates import TemplatesHandler
from nbreduce.server.operation import operation
from nbreduce.server.wire_authoring import (
    CheckAnswer,
    CheckBody,
    Created,
    NewInstrument,
    NewTemplate,
    PublishBody,
    Published,
    TemplateProblem,
    VersionList,
)
from nbreduce.templates.check import check_template
from nbreduce.templates.create import create_instrument, create_template
from nbreduce.templates.library import check_name


class CheckHandler(ResourceHandler):
    """`/templates/{instrument}/{name}/check`."""

    @operation(
        "Say what is wrong with a template, saved or not, without executing it",
        CheckAnswer,
        body=CheckBody,
    )
    def post(self, instrument: str, name: str, body: CheckBody) -> CheckAnswer:
        """Check a template."""
        checked = check_template(self._path(instrument, name, body), body.content)
        problems = tuple(TemplateProblem(**one.model_dump()) for one in checked.problems)
        return CheckAnswer(
            problems=problems,
            errors=checked.errors,
            verdict=checked.verdict,
            schema=checked.json_schema,
        )

    def _path(self, instrument: str, name: str, body: CheckBody) -> Path:
        """Return where the template is, or would be if it were saved."""
        library = self.workspace.library
        key = library.instrument(instrument).key
        check_name(name)
        if body.content is None and name not in library.names(key):
            raise NotFound(f"{key} has no template {name!r}", "Save it first")
        return library.folder / key / f"{name}.ipynb"


class PublishHandler(ResourceHandler):
    """`/templates/{instrument}/{name}/versions`."""

    @operation("List the published versions of a template, newest first", VersionList)
    def get(self, instrument: str, name: str) -> VersionList:
        """List versions."""
        self.workspace.library.instrument(instrument)
        return VersionList(**dict(versions_of(self.workspace, instrument, name)))

    @operation(
        "Record a template, as it is saved, as its next version",
        Published,
        body=PublishBody,
        status=201,
    )
    def post(self, instrument: str, name: str, body: PublishBody) -> Published:
        """Publish a template."""
        self.workspace.library.instrument(instrument)
        made = publish(self.workspace, instrument, name, body.message, self.person, body.commit)
        return Published(**dict(made))


class NewTemplateHandler(TemplatesHandler):
    """`/templates`, which can be added to."""

    @operation("Make a template from a small one that works", Created, body=NewTemplate, status=201)
    def post(self, body: NewTemplate) -> Created:
        """Make a template."""
        library = self.workspace.library
        path = create_template(library, body.instrument, body.name, body.title)
        return Created(path=self.shared.contents_path(path), file=str(path))


class NewInstrumentHandler(InstrumentsHandler):
    """`/instruments`, which can be added to."""

    @operation("Make an instrument", Created, body=NewInstrument, status=201)
    def post(self, body: NewInstrument) -> Created:
        """Make an instrument."""
        path = create_instrument(self.workspace.library, body.key, body.name)
        return Created(path=self.shared.contents_path(path), file=str(path))
