"""What goes over the wire about templates and their trials."""

from pydantic import Field, JsonValue

from nbreduce.domain.model import Model, Time, Values
from nbreduce.domain.states import State
from nbreduce.publishing import Versions
from nbreduce.templates.problem import Problem
from nbreduce.templates.publications import MAX_MESSAGE, Publication
from nbreduce.trials.record import Result


class CheckBody(Model):
    """What is to be checked: a notebook as JSON that is not saved yet; None checks what is saved."""

    content: dict[str, JsonValue] | None = None


class TemplateProblem(Problem):
    """Something wrong with a template; see `Problem` of the check."""


class CheckAnswer(Model):
    """What the check says.

    Attributes
    ----------
    problems:
        First those about the whole, then cell by cell.
    verdict:
        All in a few words.
    schema:
        JSON Schema of the values of a request; None where the template cannot be used.
    """

    problems: tuple[TemplateProblem, ...]
    errors: int
    verdict: str
    schema_: dict[str, JsonValue] | None = Field(alias="schema")


class PublishBody(Model):
    """What is new, and whether it shall be committed in git too."""

    message: str = Field(max_length=MAX_MESSAGE)
    commit: bool = False


class Published(Publication):
    """A version that was published just now."""


class VersionList(Versions):
    """What is published of a template."""


class NewTemplate(Model):
    """A template to be made."""

    instrument: str = Field(max_length=200)
    name: str = Field(max_length=200)
    title: str = Field(default="", max_length=200)


class NewInstrument(Model):
    """An instrument to be made."""

    key: str = Field(max_length=200)
    name: str = Field(default="", max_length=200)


class Created(Model):
    """A file that was made; `path` is where Jupyter's contents have it, None where these do not reach it."""

    path: str | None
    file: str


class TrialLine(Model):
    """A run that a template is tried on; `notebook` is a path in Jupyter's contents.

    `comparable` is the name by which the new result is compared with `reduction`; None while there are not both.
    `differences` says in what the new result is not like the old one; None while there are not both.
    """

    run: str
    title: str
    state: State
    cell: int
    cells: int
    heading: str
    reduction: str | None
    old: Result | None
    new: Result | None
    differences: tuple[str, ...] | None
    notebook: str | None
    comparable: str | None


class TrialAnswer(Model):
    """A trial of a template as it now stands; `ahead` trials end before it begins."""

    id: str
    instrument: str
    template: str
    title: str
    values: Values
    created: Time
    started: Time | None
    ended: Time | None
    state: State
    reason: str
    ahead: int
    rows: tuple[TrialLine, ...]


class TrialList(Model):
    """The trials of the person who asks, newest first."""

    trials: tuple[TrialAnswer, ...]
