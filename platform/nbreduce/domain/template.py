"""Templates and instruments as the platform knows them."""

from fnmatch import fnmatch
from pathlib import Path

from pydantic import Field, JsonValue

from nbreduce.domain.model import Model, Values
from nbreduce.domain.parameters import Parameter
from nbreduce.domain.run import RunMetadata


class RunRule(Model):
    """Which runs a template is for. Every condition that is given must hold.

    Title patterns are shell globs, compared without regard to case.
    """

    title: str | None = None
    not_title: str | None = None
    min_counts: int | None = Field(default=None, ge=0)
    first_run: int | None = Field(default=None, ge=0)
    last_run: int | None = Field(default=None, ge=0)

    def objection(self, run: RunMetadata) -> str | None:
        """Say why a run is not for the template, or return None where it is."""
        number = run.run_number
        title = run.title.casefold()
        if self.title is not None and not fnmatch(title, self.title.casefold()):
            return f"title {run.title!r} does not match {self.title!r}"
        if self.not_title is not None and fnmatch(title, self.not_title.casefold()):
            return f"title {run.title!r} matches {self.not_title!r}"
        if self.min_counts is not None and run.counts is not None and run.counts < self.min_counts:
            return (
                "file has no counts"
                if run.counts == 0
                else (f"only {run.counts} counts, fewer than {self.min_counts}")
            )
        if self.first_run is not None and (number is None or number < self.first_run):
            return f"run is before {self.first_run}"
        if self.last_run is not None and (number is None or number > self.last_run):
            return f"run is after {self.last_run}"
        return None


class Resources(Model):
    """What a reduction may use."""

    cores: int = Field(default=1, ge=1)
    memory: str = Field(default="2GB", pattern=r"^\d+(\.\d+)?\s?[kMGT]i?B$")


class TemplateMetadata(Model):
    """The notebook metadata key `nbreduce` of a template."""

    title: str
    description: str = ""
    environment: str = "default"
    runs: RunRule = RunRule()
    timeout: float = Field(default=600, gt=0, description="limit of the whole execution, in s")
    cell_timeout: float | None = Field(default=None, gt=0, description="limit of one cell, in s")
    resources: Resources = Resources()


class Template(Model):
    """A notebook with a parameters cell that an author maintains.

    `sha256` covers the notebook and every file that goes beside it.
    """

    instrument: str
    name: str
    path: Path
    sha256: str
    commit: str = ""
    metadata: TemplateMetadata
    parameters: tuple[Parameter, ...]
    files: tuple[Path, ...] = ()

    def json_schema(self) -> dict[str, JsonValue]:
        """Return the JSON Schema of a request's values."""
        settable = [parameter for parameter in self.parameters if not parameter.supplied]
        properties: dict[str, JsonValue] = {
            parameter.name: {**parameter.schema_, "default": parameter.default}
            for parameter in settable
        }
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": self.metadata.title,
            "type": "object",
            "properties": properties,
            "additionalProperties": False,
        }


class Override(Model):
    """Values for an experiment's runs, or for the runs from a number on."""

    template: str
    start_run: int | None = None
    experiment: str | None = None
    parameters: Values


class Instrument(Model):
    """One folder of templates: `instrument.toml` in words."""

    key: str
    name: str
    aliases: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    padding: int = Field(default=8, ge=0, le=20)
    parameters: dict[str, Values] = Field(default_factory=dict)
    overrides: tuple[Override, ...] = ()
