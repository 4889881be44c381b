"""Runs that are reported by hand, validated before they are written down."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from pydantic import JsonValue

from nbreduce.catalogue import reductions, reports, runs
from nbreduce.domain.errors import NbreduceError, NotFound
from nbreduce.domain.model import Model, Values
from nbreduce.domain.parameters import ParameterError
from nbreduce.domain.record import ReportRecord
from nbreduce.domain.reduction import Run
from nbreduce.domain.run import FileStamp, Report, stamp_of
from nbreduce.domain.template import Instrument, Template
from nbreduce.templates.notebook import TemplateError
from nbreduce.templates.values import check_request, parse_request
from nbreduce.triggers.configured import build_triggers, data_folders
from nbreduce.triggers.runfiles import find_run_files
from nbreduce.workspace import Workspace

_SHOWN = 100


class ReportError(NbreduceError):
    """A run that cannot be reported."""


class Known(Model):
    """What became of a report; `run` is None while it is pending."""

    report: ReportRecord
    run: Run | None
    reductions: tuple[str, ...]


def make_reports(
    workspace: Workspace,
    instrument: str,
    given: Sequence[str],
    values: Mapping[str, JsonValue],
    templates: Sequence[str],
    *,
    trigger: str,
) -> list[Report]:
    """Make the reports of runs that are named by file or number.

    Parameters
    ----------
    values:
        Of parameters, each taken by those of the templates that have it.
    templates:
        Only these; all of the instrument's that apply where empty.

    Raises
    ------
    NbreduceError
        The instrument or a template is not known, a file is not there, or a value is not allowed.
    """
    return _reports(workspace, instrument, given, values, templates, trigger, typed=False)


def make_typed_reports(
    workspace: Workspace,
    instrument: str,
    given: Sequence[str],
    texts: Mapping[str, str],
    templates: Sequence[str],
) -> list[Report]:
    """Make the reports of runs as `make_reports` does, of values that were typed as text."""
    return _reports(workspace, instrument, given, texts, templates, "cli", typed=True)


def report_all(workspace: Workspace, made: Iterable[Report]) -> list[int]:
    """Write reports into the catalogue, where the service finds them; return their ids."""
    stamped = [(report, _stamp(report.path)) for report in made]
    with workspace.catalogue.write() as session:
        return [reports.add_report(session, report, stamp) for report, stamp in stamped]


def known_report(workspace: Workspace, report_id: int) -> Known:
    """Return a report, and what became of it.

    Raises
    ------
    NotFound
        There is none.
    """
    with workspace.catalogue.read() as session:
        report = reports.find_report(session, report_id)
        if report is None:
            raise NotFound(f"there is no report {report_id}")
        run_id = reports.run_of_report(session, report_id)
        run = None if run_id is None else runs.get_run(session, run_id)
        made = [] if run is None else reductions.reductions_of(session, [run.id])[run.id]
    return Known(report=report, run=run, reductions=tuple(one.name for one in made))


def _reports(
    workspace: Workspace,
    instrument: str,
    given: Sequence[str],
    asked: Mapping[str, JsonValue],
    templates: Sequence[str],
    trigger: str,
    typed: bool,
) -> list[Report]:
    known = workspace.library.instrument(instrument)
    values = _values(workspace, instrument, asked, templates, typed)
    return [
        Report(
            trigger=trigger,
            instrument=instrument,
            path=path,
            parameters=values,
            templates=tuple(templates),
        )
        for path in _paths(workspace, known, given)
    ]


def _values(
    workspace: Workspace,
    instrument: str,
    asked: Mapping[str, JsonValue],
    only: Sequence[str],
    typed: bool,
) -> Values:
    """Validate values against every template that they will be used with."""
    found = list(workspace.library.templates(instrument))
    usable = [one for one in found if isinstance(one, Template) and (not only or one.name in only)]
    for name in only:
        workspace.library.template(instrument, name)
    if not asked:
        return {}
    values: Values = {}
    problems: list[ParameterError] = []
    for template in usable:
        try:
            values |= (
                parse_request(template.parameters, asked)  # type: ignore[arg-type]
                if typed
                else check_request(template.parameters, asked)
            )
        except ParameterError as error:
            problems.append(error)
    if len(problems) == len(usable):
        broken = next((one for one in found if isinstance(one, TemplateError)), None)
        raise problems[0] if problems else broken or ReportError(f"{instrument} has no templates")
    return values


def _paths(workspace: Workspace, instrument: Instrument, given: Sequence[str]) -> list[Path]:
    """Return the file of each run that is named."""
    files = {text: path for text in given if (path := _file(text)) is not None}
    numbers = {text: int(text) for text in given if text not in files and _is_number(text)}
    neither = [text for text in given if text not in files and text not in numbers]
    if neither:
        raise ReportError(
            f"there is no file {_short(neither[0])}", "Name a raw file, or a run by its number"
        )
    folders = _folders(workspace, instrument.key) if numbers else []
    found = find_run_files(folders, instrument.prefixes, instrument.padding, numbers.values())
    missing = [str(number) for number in numbers.values() if number not in found]
    if missing:
        places = ", ".join(map(str, folders)) or (
            f"no data folder: none is configured for {instrument.key}"
        )
        named = ", ".join(missing[:10]) + (f" and {len(missing) - 10} more" * (len(missing) > 10))
        raise ReportError(
            f"no file of {instrument.key} run {named} was found in {places}",
            "Name it by its file, or report it once its file is there",
        )
    return [files[text] if text in files else found[numbers[text]] for text in given]


def _file(text: str) -> Path | None:
    try:
        path = Path(text).expanduser()
        return path.resolve() if path.exists() or path.is_symlink() else None
    except (OSError, RuntimeError, ValueError):
        # Too long for a name, of nobody's home, in a folder that may not be looked into, or no text for a name.
        return None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def _short(text: str) -> str:
    return repr(text) if len(text) <= _SHOWN else f"{text[:_SHOWN]!r}…"


def _folders(workspace: Workspace, instrument: str) -> list[Path]:
    triggers = build_triggers(workspace.config.triggers, workspace.path, workspace.library)
    return data_folders(triggers).get(instrument, [])


def _stamp(path: Path | None) -> FileStamp | None:
    if path is None:
        return None
    try:
        status = path.stat()
    except OSError:
        return None
    return stamp_of(status)
