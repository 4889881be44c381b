"""Write a planned run as a facility does: under a temporary name, then renamed, then announced."""

import os
from pathlib import Path

from nbreduce.simulation.plan import CYCLE, PlannedRun

_TEXT = "This is the logbook page, saved under the wrong name.\n"
_KEPT_OF_A_TRUNCATED_FILE = 0.6


def data_folder(data_root: Path, instrument: str) -> Path:
    """Return where an instrument's raw files appear."""
    return data_root / f"NDX{instrument}" / "Instrument" / "data" / CYCLE


def lastrun_file(data_root: Path, instrument: str) -> Path:
    """Return the file that names an instrument's last finished run."""
    return data_root / f"NDX{instrument}" / "Instrument" / "logs" / "lastrun.txt"


def write_run(planned: PlannedRun, data_root: Path) -> Path:
    """Write a run's raw file and announce it in `lastrun.txt`.

    Returns
    -------
    :
        Path of the raw file, which appears complete or (where that is planned) as bad as it will ever be.
    """
    path = data_folder(data_root, planned.instrument) / planned.file_name
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    _write_content(part, planned)
    part.rename(path)
    announce(data_root, planned.instrument, planned.run_number)
    return path


def announce(data_root: Path, instrument: str, run_number: int) -> None:
    """Name a run as the last one: one line of instrument, padded number and 0."""
    path = lastrun_file(data_root, instrument)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_text(f"{instrument} {run_number:08d} 0\n", encoding="ascii")
    part.rename(path)


def _write_content(path: Path, planned: PlannedRun) -> None:
    if planned.kind == "text":
        path.write_text(_TEXT, encoding="ascii")
        return
    if planned.instrument == "ENGINX":
        from nbreduce.simulation.enginx_file import write
    else:
        from nbreduce.simulation.hifi_file import write
    write(path, planned)
    if planned.kind == "truncated":
        os.truncate(path, int(path.stat().st_size * _KEPT_OF_A_TRUNCATED_FILE))
