"""All that is wrong with a request, at once, and the same values as when nothing is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbreduce.domain.parameters import ParameterError, Source
from nbreduce.planning.precedence import resolve
from nbreduce.planning.review import Objection, review
from nbreduce.templates.parameters import parse_parameters

CELL = parse_parameters(
    "run_file: Path = ''\n"
    'scale: Annotated[float, {"gt": 0, "le": 10, "unit": "mm"}] = 1.0\n'
    'mode: Literal["plain", "fancy"] = "plain"\n'
    "count: int = 3\n"
)


def test_every_problem_is_told_and_every_value_is_shown() -> None:
    layers = [
        (Source.REQUEST, {"scale": 11, "mode": "odd", "colour": "red", "run_file": "/etc"}),
        (Source.INSTRUMENT, {"count": "many"}),
    ]
    values, objections = review(CELL, layers, {"run_file": "/raw"})
    assert {name: (one.value, one.source) for name, one in values.items()} == {
        "run_file": ("/raw", "supplied"),
        "scale": (11, "request"),
        "mode": ("odd", "request"),
        "count": ("many", "instrument"),
    }
    assert objections == (
        Objection(where="scale", message="must be a number > 0 and <= 10 (mm)"),
        Objection(where="mode", message="must be one of 'plain', 'fancy'"),
        Objection(where="count", message="must be an integer, by instrument.toml"),
        Objection(
            where="colour",
            message="there is no parameter 'colour'. Parameters: count, mode, scale",
        ),
        Objection(
            where="run_file", message="run_file is supplied by the platform and cannot be set"
        ),
    )


@given(
    st.dictionaries(
        st.sampled_from(["scale", "mode", "count"]),
        st.one_of(st.integers(-5, 15), st.sampled_from(["plain", "odd"]), st.none()),
    )
)
def test_what_has_no_problem_resolves_to_the_same_values(request: dict[str, object]) -> None:
    layers = [(Source.REQUEST, request)]
    values, objections = review(CELL, layers, {})  # type: ignore[arg-type]
    if objections:
        with pytest.raises(ParameterError):
            resolve(CELL, layers, {})  # type: ignore[arg-type]
    else:
        assert resolve(CELL, layers, {}) == values  # type: ignore[arg-type]
