"""What may be wrong with a template."""

from enum import StrEnum

from nbreduce.domain.model import Model


class Severity(StrEnum):
    """How much a problem matters: an error keeps a template from being published, a warning asks for a look."""

    ERROR = "error"
    WARNING = "warning"


class Problem(Model):
    """Something wrong with a template.

    Attributes
    ----------
    hint:
        What to do about it.
    cell:
        Counts from 0 over all cells; None where it is about the whole.
    line:
        Counts from 1 within the cell.
    """

    message: str
    hint: str = ""
    severity: Severity = Severity.ERROR
    cell: int | None = None
    line: int | None = None

    @property
    def words(self) -> str:
        """Message and hint in one text."""
        return f"{self.message}. {self.hint}" if self.hint else self.message
