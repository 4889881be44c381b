"""Ask the package index which artefacts the installed versions are, by pip's own dry run.

pip decides which index that is, from the user's own configuration (environment variables and
files), and which artefact fits, in the terms of the environment's interpreter. Nothing is
installed, no package code is built or run, and the time is bounded. The report's format is
pip's "installation report", version 1.
"""

from __future__ import annotations

import json
import re
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from nbreduce.environments.interpreter import Completed, run
from nbreduce.environments.kernelspecs import KernelEnvironment
from nbreduce.environments.pip_command import pip_command, pip_variables
from nbreduce.environments.snapshot import Package, normalise, without_secrets

_GROUP = 25  # packages per question: one unknown package spoils only so many answers
_AT_ONCE = 3
_UNKNOWN = re.compile(r"No matching distribution found for ([A-Za-z0-9._-]+)==")
_UNREACHABLE = re.compile(r"Retrying \(Retry\(|Could not fetch URL|ConnectionError|ConnectTimeout")
_LAST_ERROR = re.compile(r"ERROR: (.+)")
_LATE = "the index did not answer in time"
_AWAY = "the index is unreachable"
_INSTALL_OPTIONS = (
    *("install", "--dry-run", "--ignore-installed", "--no-deps", "--only-binary", ":all:"),
    *("--no-input", "--no-color", "--disable-pip-version-check", "--progress-bar", "off"),
    *("--retries", "1", "--timeout", "5"),
)


@dataclass(frozen=True)
class Artefact:
    """A file at the index: its address and sha256."""

    url: str
    sha256: str


@dataclass
class IndexAnswer:
    """What the index told.

    Attributes
    ----------
    found : Artefact by package name.
    missing : Reason by package name, for every other package that was asked for.
    warning : One sentence about the index as a whole; empty if it answered.
    """

    found: dict[str, Artefact] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    warning: str = ""


def ask(packages: Sequence[Package], environment: KernelEnvironment, timeout: float) -> IndexAnswer:
    """Ask for the artefacts of packages of exactly these versions.

    Parameters
    ----------
    packages : Those of origin ``index``.
    environment : Whose interpreter decides which artefacts fit.
    timeout : Seconds for all questions together; what is not answered by then is missing.

    Returns
    -------
    IndexAnswer
        Every package is in `found` or in `missing`.
    """
    if not packages:
        return IndexAnswer()
    deadline = time.monotonic() + timeout
    pip = pip_command(environment, timeout)
    if pip is None:
        reason = "neither its environment nor nbreduce's has a pip that can ask the index"
        advice = f"install pip (22.2 or newer) beside {environment.interpreter}"
        return IndexAnswer({}, {p.name: reason for p in packages}, f"{reason}: {advice}")
    question = _Question(pip, pip_variables(environment), deadline)
    groups = [packages[i : i + _GROUP] for i in range(0, len(packages), _GROUP)]
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        list(pool.map(question.ask_group, groups))
    return question.conclude()


class _Question:
    """One round of questions; the groups share its deadline and its answer."""

    def __init__(self, pip: Sequence[str], variables: Mapping[str, str], deadline: float) -> None:
        self.answer = IndexAnswer()
        self._pip = pip
        self._variables = variables
        self._deadline = deadline
        self._gave_up = ""

    def ask_group(self, group: Sequence[Package]) -> None:
        """Ask for a group; leave out what is unknown, and halve it if pip does not say which."""
        left = list(group)
        while left:
            remaining = self._deadline - time.monotonic()
            if remaining <= 0 or self._gave_up:
                self._give_up(left, self._gave_up or _LATE)
                return
            report, done = self._run(left, remaining)
            if report is not None:
                self._take(left, report)
                return
            if done.timed_out or _is_unreachable(done.output):
                self._give_up(left, _LATE if done.timed_out else _AWAY)
                return
            unknown = _unknown_name(done.output, left)
            if unknown is None and len(left) > 1:
                self.ask_group(left[: len(left) // 2])
                left = left[len(left) // 2 :]
                continue
            culprit = unknown or left[0]
            self._miss([culprit], _why_unknown(culprit, done, known=unknown is not None))
            left.remove(culprit)

    def conclude(self) -> IndexAnswer:
        """Give the answer, with a warning where the index as a whole is to blame."""
        if self._gave_up:
            self.answer.warning = f"{self._gave_up}: {len(self.answer.missing)} hashes are missing"
        elif len(self.answer.missing) > 1 and not self.answer.found:
            self.answer.warning = (
                "the index knows none of the packages: does pip's configuration name the right "
                "one, and does it ask for a login?"
            )
        return self.answer

    def _run(
        self, packages: Sequence[Package], timeout: float
    ) -> tuple[dict[str, Any] | None, Completed]:
        with tempfile.TemporaryDirectory(prefix="nbreduce-index-") as folder:
            report = Path(folder, "report.json")
            pins = [package.pin for package in packages]
            done = run(
                [*self._pip, *_INSTALL_OPTIONS, "--report", report, *pins],
                self._variables,
                timeout=timeout,
            )
            if done.returncode != 0 or not report.is_file():
                return None, done
            return json.loads(report.read_text("utf-8")), done

    def _take(self, packages: Sequence[Package], report: dict[str, Any]) -> None:
        artefacts = read_report(report)
        for package in packages:
            artefact = artefacts.get(package.name)
            reason = _why_not(package, artefact)
            if artefact is None or reason:
                self.answer.missing[package.name] = reason
            else:
                self.answer.found[package.name] = artefact

    def _give_up(self, packages: Sequence[Package], reason: str) -> None:
        self._gave_up = reason
        self._miss(packages, reason)

    def _miss(self, packages: Sequence[Package], reason: str) -> None:
        self.answer.missing.update({package.name: reason for package in packages})


def read_report(report: Mapping[str, Any]) -> dict[str, Artefact]:
    """Artefacts by normalised name in pip's installation report (pure)."""
    found = {}
    for item in report.get("install", []):
        info = item.get("download_info", {})
        archive = info.get("archive_info", {})
        digest = archive.get("hashes", {}).get("sha256") or ""
        if not digest and str(archive.get("hash", "")).startswith("sha256="):
            digest = archive["hash"].removeprefix("sha256=")
        if re.fullmatch("[0-9a-f]{64}", digest):
            url = without_secrets(str(info.get("url", "")))
            found[normalise(item["metadata"]["name"])] = Artefact(url, digest)
    return found


def _why_not(package: Package, artefact: Artefact | None) -> str:
    """Reason why an artefact is not the one that is installed; empty if it may well be.

    Tags inside a wheel and in its file name need not agree, so only the sure sign counts: a plain
    ``linux_*`` platform means that the wheel was built on somebody's machine.
    """
    if artefact is None:
        return "the index has no sha256 of it"
    built_here = bool(package.tags) and all("-linux_" in tag for tag in package.tags)
    if built_here and not wheel_tags(artefact.url) & set(package.tags):
        return "it was built on a machine (a plain linux platform tag), not the index's wheel"
    return ""


def wheel_tags(url: str) -> set[str]:
    """All tags that a wheel's file name stands for (PEP 425); none if it is no wheel."""
    name = PurePosixPath(unquote(urlsplit(url).path))
    parts = name.stem.split("-")
    if name.suffix != ".whl" or len(parts) < 5:
        return set()
    pythons, abis, platforms = (part.split(".") for part in parts[-3:])
    return {f"{py}-{abi}-{plat}" for py in pythons for abi in abis for plat in platforms}


def _is_unreachable(output: str) -> bool:
    return bool(_UNREACHABLE.search(output)) and "(from versions: none)" in output


def _unknown_name(output: str, packages: Sequence[Package]) -> Package | None:
    match = _UNKNOWN.search(output)
    name = normalise(match.group(1)) if match else ""
    return next((package for package in packages if package.name == name), None)


def _why_unknown(package: Package, done: Completed, *, known: bool) -> str:
    if known:
        return f"the index has no wheel of {package.pin} for this Python"
    errors = _LAST_ERROR.findall(done.output)
    return f"pip could not tell: {without_secrets(errors[-1] if errors else done.last_words)[:200]}"
