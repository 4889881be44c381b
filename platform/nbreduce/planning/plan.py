"""Which reductions a run gets."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import JsonValue

from nbreduce.domain.errors import NbreduceError
from nbreduce.domain.model import Model, Values
from nbreduce.domain.parameters import Value, check_names
from nbreduce.domain.run import RunMetadata
from nbreduce.domain.template import Instrument, Template
from nbreduce.planning.precedence import layers_for, resolve

OUTPUT_DIR = "outputs"


class Planned(Model):
    """A reduction to be made."""

    template: str
    template_sha256: str
    template_commit: str
    environment: str
    parameters: dict[str, Value]


class Plan(Model):
    """The reductions of a run, or the reason why there are none."""

    reductions: tuple[Planned, ...] = ()
    skipped: str | None = None
    notes: tuple[str, ...] = ()


def plan_run(
    run: RunMetadata,
    path: Path,
    instrument: Instrument,
    templates: Iterable[Template | NbreduceError],
    request: Values,
    only: tuple[str, ...] = (),
) -> Plan:
    """Decide which templates apply to a run, and with which values.

    Parameters
    ----------
    only:
        Names of templates that were asked for; these are used whatever their own rule says.

    Notes
    -----
    A template that cannot be used, or whose values are wrong, does not keep the others from being used: it is told in
    the plan's notes, and in its reason where nothing else applies.
    """
    planned: list[Planned] = []
    objections: list[str] = []
    problems: list[str] = []
    for template in templates:
        if isinstance(template, NbreduceError):
            problems.append(str(template))
            continue
        if only and template.name not in only:
            continue
        objection = None if only else template.metadata.runs.objection(run)
        if objection is not None:
            objections.append(
                objection if objection == "file has no counts" else f"{template.name}: {objection}"
            )
            continue
        try:
            planned.append(plan_template(run, path, instrument, template, request))
        except NbreduceError as error:
            problems.append(f"{template.name}: {error}")
    if planned:
        return Plan(reductions=tuple(planned), notes=tuple(problems))
    reason = (
        "; ".join(dict.fromkeys([*problems, *objections])) or f"{instrument.key} has no templates"
    )
    return Plan(skipped=reason)


def plan_template(
    run: RunMetadata,
    path: Path,
    instrument: Instrument,
    template: Template,
    request: Mapping[str, JsonValue],
) -> Planned:
    """Resolve one template's values for a run.

    Raises
    ------
    ParameterError
        A value is not allowed, or its name is not known.
    """
    layers = layers_for(instrument, template.name, run, request)
    for _, given in layers:
        check_names(template.parameters, given)
    values = resolve(template.parameters, layers, supplied_values(run, path, instrument))
    return Planned(
        template=template.name,
        template_sha256=template.sha256,
        template_commit=template.commit,
        environment=template.metadata.environment,
        parameters=values,
    )


def supplied_values(run: RunMetadata, path: Path, instrument: Instrument) -> Values:
    """Return what the platform supplies to a template that declares it."""
    return {
        "run_file": str(path),
        "run_files": [str(path)],
        "run_number": run.run_number,
        "instrument": instrument.key,
        "experiment": run.experiment,
        "output_dir": OUTPUT_DIR,
    }
