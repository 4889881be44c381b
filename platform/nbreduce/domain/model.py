"""The base of every immutable value in the domain."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, JsonValue


class Model(BaseModel):
    """An immutable value that refuses unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Time = Annotated[datetime, AwareDatetime]
Values = dict[str, JsonValue]


def now() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)
