"""What a request for values comes to, with all that is wrong with it at once."""

from collections.abc import Iterable, Mapping

from pydantic import JsonValue

from nbreduce.domain.model import Model
from nbreduce.domain.parameters import (
    Parameter,
    ParameterError,
    Source,
    Value,
    check_names,
    examine_value,
)
from nbreduce.planning.precedence import choose

Layers = Iterable[tuple[Source, Mapping[str, JsonValue]]]

_PLACES = {
    Source.EXPERIMENT: "the experiment's override",
    Source.RUN_RANGE: "the override of its run range",
    Source.INSTRUMENT: "instrument.toml",
}


class Objection(Model):
    """One thing that is wrong: `where` names a parameter, or is empty where it is about the whole."""

    where: str
    message: str


def review(
    parameters: Iterable[Parameter], layers: Layers, supplied: Mapping[str, JsonValue]
) -> tuple[dict[str, Value], tuple[Objection, ...]]:
    """Choose each parameter's value as `resolve` does, and collect what `resolve` would raise for.

    Returns
    -------
    :
        The values, those that are not allowed as they were given; and the objections, in the order of the parameters,
        those to names that are no parameters last.
    """
    known, given = list(parameters), list(layers)
    values: dict[str, Value] = {}
    objections: list[Objection] = []
    for parameter in known:
        chosen = choose(parameter, [(Source.SUPPLIED, supplied), *given])
        values[parameter.name] = chosen
        if chosen.source in {Source.SUPPLIED, Source.TEMPLATE}:
            continue
        value, words = examine_value(parameter, chosen.value)
        if words is None:
            values[parameter.name] = Value(value=value, source=chosen.source)
        else:
            objections.append(_objection(parameter.name, words, chosen.source))
    names = ((source, name) for source, layer in given for name in layer)
    return values, (*objections, *_unknown(known, names))


def _unknown(
    parameters: list[Parameter], names: Iterable[tuple[Source, str]]
) -> Iterable[Objection]:
    for source, name in names:
        try:
            check_names(parameters, [name])
        except ParameterError as error:
            yield _objection(name, str(error), source)


def _objection(name: str, words: str, source: Source) -> Objection:
    place = _PLACES.get(source)
    return Objection(where=name, message=f"{words}, by {place}" if place else words)
