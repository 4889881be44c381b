"""Ask the package index which artefacts the installed versions are, by pip's own dry run.

pip decides which index that is, from the user's own configuration (environment variables and
files), and which artefact fits, in the terms of the environment's interpreter. Nothing is
installed, no package code is built or run, and the time is bounded. The report's format is
pip's "installation report", version 1.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbreduce.environments.interpreter import Completed, run
from nbreduce.environments.kernelspecs import KernelEnvironment
from nbreduce.environments.pip_answers import (
    Artefact,
    diagnose,
    last_error,
    read_report,
    unknown_name,
    wheel_tags,
)
from nbreduce.environments.pip_command import pip_command, pip_variables
from nbreduce.environments.snapshot import Package

_GROUP = 25  # packages per question: one unknown package spoils only so many answers
_AT_ONCE = 3
_LATE = "the index did not answer in time"
_AWAY = "the index is unreachable"
_NOTHING = "(from versions: none)"
_INSTALL_OPTIONS = (
    *("install", "--dry-run", "--ignore-installed", "--no-deps", "--only-binary", ":all:"),
    *("--no-input", "--no-color", "--disable-pip-version-check", "--progress-bar", "off"),
    *("--retries", "1", "--timeout", "5"),
)


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
            if self._gave_up or time.monotonic() >= self._deadline:
                self._give_up(left, self._gave_up or _LATE)
                return
            report, done = self._run(left)
            if report is not None:
                self._take(left, report)
                return
            if done.timed_out:
                continue
            unknown = next((p for p in left if p.name == unknown_name(done.output)), None)
            if unknown is not None:
                left.remove(unknown)
                self._miss_unknown(unknown, done)
            elif len(left) > 1:
                self.ask_group(left[: len(left) // 2])
                left = left[len(left) // 2 :]
            else:
                self._miss(
                    left, f"pip could not tell: {last_error(done.output) or done.last_words}"
                )
                return

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
        self, packages: Sequence[Package], *options: str
    ) -> tuple[dict[str, Any] | None, Completed]:
        with tempfile.TemporaryDirectory(prefix="nbreduce-index-") as folder:
            report = Path(folder, "report.json")
            pins = [package.pin for package in packages]
            done = run(
                [*self._pip, *_INSTALL_OPTIONS, *options, "--report", report, *pins],
                self._variables,
                timeout=self._deadline - time.monotonic(),
            )
            if done.returncode != 0 or not report.is_file():
                return None, done
            return json.loads(report.read_text("utf-8")), done

    def _miss_unknown(self, package: Package, done: Completed) -> None:
        """Find out whether an index does not know a package or did not answer."""
        reason = f"the index has no wheel of {package.pin} for this Python"
        if _NOTHING in done.output:
            _, told = self._run([package], "-vv")
            diagnosis = diagnose(told.output)
            if diagnosis.trouble:
                reason = f"{_AWAY} ({diagnosis.trouble})"
            if diagnosis.everywhere:
                self._gave_up = reason
        self._miss([package], reason)

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
