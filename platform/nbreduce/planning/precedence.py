"""Which value a parameter gets, and from where."""

from collections.abc import Iterable, Mapping

from pydantic import JsonValue

from nbreduce.domain.model import Values
from nbreduce.domain.parameters import Parameter, Source, Value, check_value
from nbreduce.domain.run import RunMetadata
from nbreduce.domain.template import Instrument, Override


def resolve(
    parameters: Iterable[Parameter],
    layers: Iterable[tuple[Source, Mapping[str, JsonValue]]],
    supplied: Mapping[str, JsonValue],
) -> dict[str, Value]:
    """Choose each parameter's value: the first layer that has one, else the cell's default.

    Parameters
    ----------
    parameters:
        The template's parameters.
    layers:
        Values by source, highest precedence first.
    supplied:
        What the platform gives where it is declared; above all layers.

    Raises
    ------
    ParameterError
        A value of some layer is not allowed.
    """
    ordered = [(Source.SUPPLIED, supplied), *layers]
    return {
        parameter.name: _checked(parameter, choose(parameter, ordered)) for parameter in parameters
    }


def choose(parameter: Parameter, layers: Iterable[tuple[Source, Mapping[str, JsonValue]]]) -> Value:
    """Choose a parameter's value as it is given, whether it is allowed or not; layers as in `resolve`."""
    for source, values in layers:
        if parameter.name in values:
            return Value(value=values[parameter.name], source=source)
    return Value(value=parameter.default, source=Source.TEMPLATE)


def _checked(parameter: Parameter, chosen: Value) -> Value:
    if chosen.source in {Source.SUPPLIED, Source.TEMPLATE}:
        return chosen
    return Value(value=check_value(parameter, chosen.value), source=chosen.source)


def layers_for(
    instrument: Instrument, template: str, run: RunMetadata, request: Mapping[str, JsonValue]
) -> list[tuple[Source, Mapping[str, JsonValue]]]:
    """Collect the layers of values for one template and run, highest precedence first.

    The order is: explicit request, experiment override, run-range override (highest `start_run` not above the run),
    `instrument.toml`.
    """
    overrides = [override for override in instrument.overrides if override.template == template]
    return [
        (Source.REQUEST, request),
        (Source.EXPERIMENT, _experiment_values(overrides, run)),
        (Source.RUN_RANGE, _run_range_values(overrides, run)),
        (Source.INSTRUMENT, instrument.parameters.get(template, {})),
    ]


def _applies(override: Override, run: RunMetadata) -> bool:
    if override.experiment is not None and override.experiment != run.experiment:
        return False
    if override.start_run is None:
        return True
    return run.run_number is not None and override.start_run <= run.run_number


def _experiment_values(overrides: Iterable[Override], run: RunMetadata) -> Values:
    mine = [one for one in overrides if one.experiment is not None and _applies(one, run)]
    return _merged(mine)


def _run_range_values(overrides: Iterable[Override], run: RunMetadata) -> Values:
    mine = [one for one in overrides if one.experiment is None and _applies(one, run)]
    return _merged(mine)


def _merged(overrides: Iterable[Override]) -> Values:
    merged: Values = {}
    for override in sorted(overrides, key=lambda one: one.start_run or 0):
        merged.update(override.parameters)
    return merged
