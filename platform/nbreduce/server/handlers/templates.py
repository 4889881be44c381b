"""Templates, and what a form for their parameters needs."""

from nbreduce.domain.template import Template
from nbreduce.server.base import ResourceHandler
from nbreduce.server.operation import operation
from nbreduce.server.wire import ParameterLine, TemplateAnswer, TemplateLine, TemplateList
from nbreduce.templates.notebook import TemplateError


class TemplatesHandler(ResourceHandler):
    """`/templates`."""

    @operation("List templates by instrument and name", TemplateList)
    def get(self) -> TemplateList:
        """List templates."""
        library = self.workspace.library
        return TemplateList(
            templates=tuple(
                self._line(key, name)
                for key in library.instruments()
                for name in library.names(key)
            ),
            folder=self.shared.contents_path(library.folder),
        )

    def _line(self, instrument: str, name: str) -> TemplateLine:
        try:
            template = self.workspace.library.template(instrument, name)
        except TemplateError as error:
            path = self.workspace.library.folder / instrument / f"{name}.ipynb"
            contents_path = self.shared.contents_path(path)
            return TemplateLine(
                instrument=instrument, name=name, path=contents_path, problem=str(error)
            )
        return template_line(self, template)


class TemplateHandler(ResourceHandler):
    """`/templates/{instrument}/{name}`."""

    @operation("Show a template with its parameters", TemplateAnswer)
    def get(self, instrument: str, name: str) -> TemplateAnswer:
        """Show a template."""
        self.workspace.library.instrument(instrument)
        template = self.workspace.library.template(instrument, name)
        return TemplateAnswer(
            template=template_line(self, template),
            schema=template.json_schema(),
            parameters=tuple(
                ParameterLine(
                    name=one.name,
                    schema=one.schema_,
                    default=one.default,
                    help=one.help,
                    unit=one.unit,
                    supplied=one.supplied,
                )
                for one in template.parameters
            ),
        )


def template_line(handler: ResourceHandler, template: Template) -> TemplateLine:
    """Return a usable template as a line."""
    return TemplateLine(
        instrument=template.instrument,
        name=template.name,
        title=template.metadata.title,
        description=template.metadata.description,
        environment=template.metadata.environment,
        path=handler.shared.contents_path(template.path),
        sha256=template.sha256,
    )
