"""Reading records back from the archive. What stands there is hostile until parsed."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from nbreduce.archive.layout import RUN_FILE, STORE
from nbreduce.domain.errors import NbreduceError
from nbreduce.domain.model import Model
from nbreduce.domain.record import Record, RunRecord

METADATA_KEY = "nbreduce"
MAX_RUN_BYTES = 10_000_000


class RecordError(NbreduceError):
    """Something in the archive that cannot be read as a record."""

    exit_code = 1


class Found(Model):
    """A record and where it stands."""

    path: Path
    record: Record | RunRecord


def read_record(path: Path) -> Record:
    """Read the record of an executed notebook.

    Raises
    ------
    RecordError
        It is no notebook, or has no record.
    """
    content = _json(path)
    metadata = content.get("metadata")
    own = metadata.get(METADATA_KEY) if isinstance(metadata, dict) else None
    if own is None:
        raise RecordError(f"{path} has no record (notebook metadata {METADATA_KEY!r})")
    try:
        return Record.model_validate(own)
    except ValidationError as error:
        raise RecordError(f"{path}: {_first(error)}") from error


def read_run_record(path: Path) -> RunRecord:
    """Read a `run.json`.

    Raises
    ------
    RecordError
        It is not one.
    """
    if path.stat().st_size > MAX_RUN_BYTES:
        raise RecordError(f"{path} is larger than a run's record can be")
    try:
        return RunRecord.model_validate(_json(path))
    except ValidationError as error:
        raise RecordError(f"{path}: {_first(error)}") from error


def any_run(root: Path) -> Path | None:
    """Return the record of some run in an archive, None where it holds none."""
    return next(root.glob(f"[!.]*/*/*/{RUN_FILE}"), None)


def walk(root: Path) -> Iterator[Found | RecordError]:
    """Read all records of an archive, a run before its reductions; what cannot be read comes as its error."""
    for parent, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        folder = Path(parent)
        if STORE in folder.parts[len(root.parts) :]:
            continue
        for name in sorted(files):
            path = folder / name
            try:
                if name == RUN_FILE:
                    yield Found(path=path, record=read_run_record(path))
                elif _is_executed_notebook(path):
                    yield Found(path=path, record=read_record(path))
            except (RecordError, OSError) as error:
                yield error if isinstance(error, RecordError) else RecordError(f"{path}: {error}")


def _is_executed_notebook(path: Path) -> bool:
    return (
        path.suffix == ".ipynb" and path.parent.name[:1] == "v" and path.parent.name[1:].isdigit()
    )


def _json(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise RecordError(f"{path} is no regular file")
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise RecordError(f"{path}: {error}") from error
    if not isinstance(content, dict):
        raise RecordError(f"{path} does not hold an object")
    return content


def _first(error: ValidationError) -> str:
    item = error.errors()[0]
    return f"{'.'.join(map(str, item['loc']))}: {item['msg']}"
