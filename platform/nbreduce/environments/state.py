"""A cheap fingerprint of an environment: the same as long as nothing was installed or removed.

Only names, sizes and modification times are read, so that every reduction can be checked. The
metadata folder of a package (PEP 376) is written anew by every installer that changes the
package; a changed editable install shows in its .pth file or direct_url.json (PEP 610).
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from nbreduce.environments import probe
from nbreduce.environments.errors import CaptureFailed
from nbreduce.environments.interpreter import clean_variables, run

_FORMAT = "nbreduce-environment-state-1"
_METADATA_FILES = ("METADATA", "PKG-INFO", "RECORD", "direct_url.json")
_METADATA_ENDS = (".dist-info", ".egg-info")
_PATH_ENDS = (".pth", ".egg-link")
_PROBE_SECONDS = 60.0
_PTH_LIMIT = 2**20

Entry = tuple[str, ...]


def fingerprint(interpreter: Path, env: Mapping[str, str]) -> str:
    """Hash the state of the environment of an interpreter.

    The interpreter itself runs once per process, to tell its site folders; after that only the
    file system is asked.

    Parameters
    ----------
    interpreter : Path of the environment's Python.
    env : The variables of its kernelspec (`KernelEnvironment.settings`).

    Returns
    -------
    str
        64 hexadecimal digits.

    Raises
    ------
    CaptureFailed
        The interpreter cannot be run, or its folders cannot be read.
    """
    variables = tuple(sorted((k, v) for k, v in env.items() if k.startswith("PYTHON")))
    try:
        executable = _times(interpreter.stat())
    except OSError as error:
        raise CaptureFailed(
            f"{interpreter} cannot be read ({error.strerror}); was its environment removed? "
            f"Create it again, or remove its kernelspec"
        ) from error
    prefix = interpreter.parent.parent
    configuration = _stamp_if_there(prefix / "pyvenv.cfg")
    sites = _site_folders(interpreter, executable, configuration, tuple(sorted(env.items())))
    digest = hashlib.sha256()
    for entry in _entries(sites, extra_paths(env), prefix):
        digest.update(json.dumps(entry).encode())
    host = (_FORMAT, platform.machine(), *platform.libc_ver())
    for part in (host, variables, (str(interpreter), *executable), configuration):
        digest.update(json.dumps(part).encode())
    return digest.hexdigest()


def extra_paths(env: Mapping[str, str]) -> list[str]:
    """Folders of the kernelspec's own PYTHONPATH, in their order."""
    return [part for part in env.get("PYTHONPATH", "").split(os.pathsep) if part]


def ask_probe(interpreter: Path, env: Mapping[str, str], what: str, timeout: float) -> object:
    """Run the probe in an interpreter and give what it answers, parsed but not yet checked.

    Raises
    ------
    CaptureFailed
        The interpreter does not start, does not end in time or answers something else.
    """
    request = {
        "what": what,
        "extra_paths": extra_paths(env),
        "user_site": "PYTHONNOUSERSITE" not in env,
    }
    command: list[str | Path] = [interpreter, "-I", Path(probe.__file__), json.dumps(request)]
    done = run(command, clean_variables(env), timeout=timeout)
    if done.timed_out:
        raise CaptureFailed(f"{interpreter} did not describe itself within {timeout:.0f} s")
    answers = [line for line in done.output.splitlines() if line.startswith(probe.MARKER)]
    if done.returncode != 0 or len(answers) != 1:
        raise CaptureFailed(
            f"{interpreter} could not describe its packages (exit status {done.returncode}); "
            f"a Python from 3.8 on is needed. Its last words: {done.last_words}"
        )
    try:
        return json.loads(answers[0][len(probe.MARKER) :])
    except (ValueError, RecursionError) as error:
        raise CaptureFailed(f"{interpreter} described itself in broken JSON: {error}") from error


@lru_cache(maxsize=256)
def _site_folders(
    interpreter: Path,
    executable: Entry,
    configuration: Entry,
    variables: tuple[tuple[str, str], ...],
) -> tuple[str, ...]:
    answer = ask_probe(interpreter, dict(variables), "sites", _PROBE_SECONDS)
    if not isinstance(answer, list) or not all(isinstance(item, str) for item in answer):
        raise CaptureFailed(f"{interpreter} did not give its site folders as a list of paths")
    return tuple(answer)


def _entries(sites: Iterable[str], paths: Iterable[str], prefix: Path) -> Iterator[Entry]:
    seen: set[str] = set()
    for folder in (*sites, *paths):
        yield from _folder_entries(folder, seen)
    conda = prefix / "conda-meta"
    for item in _scan(str(conda)):
        if item.name.endswith(".json"):
            yield ("conda", item.name, *_times(item.stat()))


def _folder_entries(folder: str, seen: set[str]) -> Iterator[Entry]:
    """State of one folder of packages, and of the folders that its .pth files add."""
    if folder in seen:
        return
    seen.add(folder)
    yield ("folder", folder)
    for item in _scan(folder):
        if item.name.endswith(_METADATA_ENDS):
            yield ("package", item.name, *_metadata_times(item))
        elif item.name.endswith(_PATH_ENDS):
            yield ("path", item.name, *_times(item.stat()))
            for added in _added_folders(folder, item):
                yield from _folder_entries(added, seen)


def _metadata_times(item: os.DirEntry[str]) -> Entry:
    found = list(_times(item.stat()))
    if item.is_dir():
        for name in _METADATA_FILES:
            found.extend(_stamp_if_there(f"{item.path}/{name}"))
    return tuple(found)


def _added_folders(folder: str, item: os.DirEntry[str]) -> list[str]:
    """Folders that a .pth file puts on the path (as the ``site`` module reads it)."""
    if not item.name.endswith(".pth") or item.stat().st_size > _PTH_LIMIT:
        return []
    lines = Path(item.path).read_text("utf-8", "replace").splitlines()
    candidates = [
        Path(folder, line.strip())
        for line in lines
        if line.strip() and not line.startswith(("#", "import ", "import\t"))
    ]
    return [str(path) for path in candidates if path.is_dir()]


def _scan(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as items:
            return sorted(items, key=lambda item: item.name)
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise CaptureFailed(
            f"the packages in {folder} cannot be listed ({error.strerror}); the account that runs "
            f"reductions needs to read them"
        ) from error


def _stamp_if_there(path: str | Path) -> Entry:
    try:
        return _times(os.stat(path))  # noqa: PTH116 -- hundreds of these: Path costs four times as much
    except (FileNotFoundError, NotADirectoryError):
        return ("absent",)


def _times(status: os.stat_result) -> Entry:
    return (str(status.st_mtime_ns), str(status.st_size))
