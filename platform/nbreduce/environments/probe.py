"""Describe the Python that runs this file, as one line of JSON.

Run by the interpreter of a *kernel* (``PYTHON -I probe.py REQUEST``), so: standard library only,
any Python from 3.8 on, and no import of nbreduce. ``REQUEST`` is a JSON object:

``what``
    ``"sites"`` for the folders in which packages are installed, ``"everything"`` for all.
``extra_paths``
    Folders of the kernel's own PYTHONPATH, which ``-I`` keeps this interpreter from seeing.
``user_site``
    Whether the kernel may use the user's own site folder, which ``-I`` switches off as well.
"""

from __future__ import annotations

import json
import platform
import site
import sys
from pathlib import Path
from typing import Any

MARKER = "nbreduce-probe:"
_RECORD_FIELDS = ("name", "version", "build", "url", "md5", "sha256")


def site_folders(user_site: bool) -> list[str]:
    """Give the folders whose packages and .pth files the kernel sees."""
    folders = list(site.getsitepackages())
    if user_site and _outside_packages_allowed():
        folders.insert(0, site.getusersitepackages())
    return folders


def _outside_packages_allowed() -> bool:
    configuration = Path(sys.prefix, "pyvenv.cfg")
    if not configuration.is_file():
        return True
    lines = configuration.read_text(encoding="utf-8").splitlines()
    settings = [line.partition("=") for line in lines]
    return any(
        key.strip().lower() == "include-system-site-packages" and value.strip().lower() == "true"
        for key, _, value in settings
    )


def distributions(paths: list[str]) -> tuple[list[dict[str, Any]], list[str]]:
    """List the installed distributions, the first of each name, and the broken ones' reasons."""
    from importlib import metadata

    found: dict[str, dict[str, Any]] = {}
    broken = []
    for item in metadata.distributions(path=paths):
        try:
            entry = _distribution(item)
        except Exception as error:
            broken.append("%s: %r" % (getattr(item, "_path", "a distribution"), error))  # noqa: UP031
            continue
        found.setdefault(entry["name"].lower().replace("_", "-").replace(".", "-"), entry)
    return list(found.values()), broken


def _distribution(item: Any) -> dict[str, Any]:
    name = item.metadata["Name"]
    version = item.version
    if not name or not version:
        raise ValueError("it has no name or no version")
    wheel = (item.read_text("WHEEL") or "").splitlines()
    tags = [line.partition(":")[2].strip() for line in wheel if line.startswith("Tag:")]
    return {
        "name": name,
        "version": version,
        "direct_url": item.read_text("direct_url.json"),
        "installer": (item.read_text("INSTALLER") or "").strip(),
        "tags": tags,
    }


def conda_records(prefix: str) -> tuple[list[dict[str, Any]], list[str]]:
    """Read conda's own records of what it installed under `prefix`."""
    records = []
    broken = []
    for path in sorted(Path(prefix, "conda-meta").glob("*.json")):
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            entry = {field: record.get(field) for field in _RECORD_FIELDS}
            entry["depends"] = record.get("depends") or []
            entry["distributions"] = _record_distributions(record.get("files") or [])
        except (OSError, ValueError, AttributeError, TypeError) as error:
            broken.append("%s: %r" % (path, error))  # noqa: UP031
            continue
        records.append(entry)
    return records, broken


def _record_distributions(files: list[str]) -> list[str]:
    """Names of the metadata folders among a record's files, as in ``numpy-2.0.dist-info``."""
    folders = set()
    for path in files:
        for part in path.split("/"):
            if part.endswith((".dist-info", ".egg-info")):
                folders.add(part)
    return sorted(folders)


def describe(extra_paths: list[str], user_site: bool) -> dict[str, Any]:
    """Describe interpreter, platform and packages."""
    for folder in site_folders(user_site):
        if folder not in sys.path:
            site.addsitedir(folder)
    packages, broken = distributions(extra_paths + sys.path)
    records, broken_records = conda_records(sys.prefix)
    return {
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "system": sys.platform,
        "machine": platform.machine(),
        "bits": 64 if sys.maxsize > 2**32 else 32,
        "libc": " ".join(platform.libc_ver()).strip(),
        "distributions": packages,
        "conda": records,
        "broken": broken + broken_records,
    }


def main() -> None:
    """Answer the request given on the command line."""
    request = json.loads(sys.argv[1])
    if request["what"] == "sites":
        answer: Any = site_folders(request["user_site"])
    else:
        answer = describe(request["extra_paths"], request["user_site"])
    sys.stdout.write("\n" + MARKER + json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
