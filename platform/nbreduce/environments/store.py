"""The manifests of all environments, one file per environment state.

``<folder>/<sha256>.conda-lock.yml``
    Manifests, named by their content, read-only.
``<folder>/states/<fingerprint>.json``
    Which manifest belongs to a state of an environment.
``<folder>/states/<fingerprint>.lock``
    Held while that state is captured.

The folder may be shared by several machines: every file is written atomically, and what two
processes write at once is the same.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from nbreduce.environments.errors import CaptureFailed, EnvironmentUnusable, StoreUnwritable
from nbreduce.environments.files import write_atomically
from nbreduce.environments.kernelspecs import KernelEnvironment
from nbreduce.environments.locking import held
from nbreduce.environments.state import fingerprint

_ENTRY_FORMAT = 1
_ATTEMPTS = 3
_UNCHANGED_PROBE_SECONDS = 60.0


@dataclass(frozen=True)
class ManifestRef:
    """A stored manifest.

    Attributes
    ----------
    path : The conda-lock file.
    sha256 : Of its bytes; its name as well.
    fingerprint : The state of the environment that it describes.
    package_count : Packages in it.
    hashes_missing : Names of those without a hash; the manifest says why.
    warnings : Sentences for people.
    """

    path: Path
    sha256: str
    fingerprint: str
    package_count: int
    hashes_missing: tuple[str, ...]
    warnings: tuple[str, ...]


class ManifestStore:
    """Keeps manifests in a folder, and captures those that are not there yet."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._states = folder / "states"

    def ensure(
        self, environment: KernelEnvironment, *, ask_index: bool, timeout: float
    ) -> ManifestRef:
        """Give the manifest of an environment as it is now, capturing it if it is not stored.

        Parameters
        ----------
        environment : Which one.
        ask_index : Whether a capture may ask the package index for hashes.
        timeout : Seconds that a capture, or waiting for another process's, may take.

        Raises
        ------
        CaptureFailed
            The environment cannot be read, or keeps changing.
        StoreUnwritable
            The folder cannot be written.
        """
        state = fingerprint(environment.interpreter, environment.settings)
        known, damage = self._known(state)
        if known is not None:
            return known
        deadline = time.monotonic() + timeout
        with self._alone(state, timeout) as alone:
            known, damage = self._known(state)
            if known is not None:
                return known
            warnings = [damage] if damage else []
            if not alone:
                ask_index = False
                warnings.append(
                    f"another process did not finish this manifest within {timeout:.0f} s, so it "
                    f"was captured without asking the index for hashes"
                )
            left = max(deadline - time.monotonic(), 0.0)
            return self._capture(environment, state, left if ask_index else None, warnings)

    def stored(self, environment: KernelEnvironment) -> ManifestRef | None:
        """Give the stored manifest of an environment as it is now, or None; nothing is captured."""
        return self._known(fingerprint(environment.interpreter, environment.settings))[0]

    def complete(self, ref: ManifestRef, *, timeout: float = 300.0) -> ManifestRef:
        """Ask the index for the hashes that a manifest misses, and store the result beside it.

        The environment may have changed since: its interpreter only decides which artefacts fit.

        Raises
        ------
        EnvironmentUnusable
            The store does not know the environment of `ref` any more, or its interpreter is gone.
        ManifestUnreadable
            The manifest of `ref` is missing or damaged.
        """
        from nbreduce.environments.hashes import with_hashes
        from nbreduce.environments.manifest import read, render

        environment = self._environment(ref)
        snapshot, warnings = with_hashes(read(ref.path), environment, timeout)
        content = render(snapshot)
        return self._keep(
            environment, ref.fingerprint, content, len(snapshot.packages),
            snapshot.hashes_missing, warnings,
        )  # fmt: skip

    def _capture(
        self,
        environment: KernelEnvironment,
        state: str,
        index_seconds: float | None,
        warnings: list[str],
    ) -> ManifestRef:
        from nbreduce.environments.capture import capture
        from nbreduce.environments.hashes import with_hashes
        from nbreduce.environments.manifest import render

        deadline = time.monotonic() + (index_seconds or 0.0)
        for _ in range(_ATTEMPTS):
            snapshot = capture(environment, _UNCHANGED_PROBE_SECONDS)
            told = (*warnings, *snapshot.notes)
            if index_seconds is not None:
                left = max(deadline - time.monotonic(), 0.0)
                snapshot, about_index = with_hashes(snapshot, environment, left)
                told = (*told, *about_index)
            now = fingerprint(environment.interpreter, environment.settings)
            if now == state:
                return self._keep(
                    environment, state, render(snapshot), len(snapshot.packages),
                    snapshot.hashes_missing, told,
                )  # fmt: skip
            state = now
        raise CaptureFailed(
            f"the packages of environment {environment.name!r} changed {_ATTEMPTS} times while "
            f"they were listed",
            "Wait until the installation into it has ended, then run the reduction again",
        )

    def _keep(
        self,
        environment: KernelEnvironment,
        state: str,
        content: bytes,
        count: int,
        missing: tuple[str, ...],
        warnings: tuple[str, ...],
    ) -> ManifestRef:
        digest = hashlib.sha256(content).hexdigest()
        ref = ManifestRef(self._path(digest), digest, state, count, missing, warnings)
        entry = {
            "format": _ENTRY_FORMAT,
            "sha256": digest,
            "package_count": count,
            "hashes_missing": missing,
            "warnings": warnings,
            "environment": {**asdict(environment), "interpreter": str(environment.interpreter)},
        }
        with self._writing():
            if _digest(ref.path) != digest:
                write_atomically(ref.path, content, 0o444)
            write_atomically(self._entry(state), json.dumps(entry, indent=1).encode(), 0o644)
        return ref

    def _known(self, state: str) -> tuple[ManifestRef | None, str]:
        """The stored manifest of a state, or none, with a sentence if there was a damaged one."""
        try:
            text = self._entry(state).read_bytes()
        except FileNotFoundError:
            return None, ""
        try:
            entry = json.loads(text)
            digest = str(entry["sha256"])
            ref = ManifestRef(
                self._path(digest),
                digest,
                state,
                int(entry["package_count"]),
                tuple(map(str, entry["hashes_missing"])),
                tuple(map(str, entry["warnings"])),
            )
        except (ValueError, KeyError, TypeError):
            return None, f"the stored entry of state {state[:12]} was damaged; captured anew"
        if _digest(ref.path) != digest:
            return None, f"the stored manifest {digest[:12]} was changed or lost; captured anew"
        return ref, ""

    def _environment(self, ref: ManifestRef) -> KernelEnvironment:
        try:
            told = json.loads(self._entry(ref.fingerprint).read_bytes())["environment"]
            environment = KernelEnvironment(
                told["name"],
                told["display_name"],
                Path(told["interpreter"]),
                tuple(told["argv"]),
                dict(told["variables"]),
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise EnvironmentUnusable(
                f"the store does not tell which environment the manifest {ref.sha256[:12]} was "
                f"captured from ({error!r})",
                "Capture the environment anew with: nbreduce environment lock NAME",
            ) from error
        if not environment.interpreter.exists():
            raise EnvironmentUnusable(
                f"{environment.interpreter}, from which the manifest {ref.sha256[:12]} was "
                f"captured, is gone, so the index cannot be asked in its terms"
            )
        return environment

    @contextmanager
    def _alone(self, state: str, wait: float) -> Iterator[bool]:
        with self._writing():
            self._states.mkdir(parents=True, exist_ok=True)
            lock = held(self._states / f"{state}.lock", wait)
            alone = lock.__enter__()
        try:
            yield alone
        finally:
            lock.__exit__(None, None, None)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StoreUnwritable(
                f"manifests cannot be written to {self._folder}: {error.strerror}",
                "Make room, or let the account that runs reductions write there",
            ) from error

    def _path(self, digest: str) -> Path:
        return self._folder / f"{digest}.conda-lock.yml"

    def _entry(self, state: str) -> Path:
        return self._states / f"{state}.json"


def _digest(path: Path) -> str:
    """sha256 of a file; empty if it is not there."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return ""
