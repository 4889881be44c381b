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
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from nbreduce.environments.errors import CaptureFailed, EnvironmentUnusable, StoreUnusable
from nbreduce.environments.files import write_atomically
from nbreduce.environments.kernelspecs import KernelEnvironment
from nbreduce.environments.locking import held
from nbreduce.environments.references import ManifestRef, from_entry, manifest_path, to_entry
from nbreduce.environments.state import fingerprint

if TYPE_CHECKING:
    from nbreduce.environments.snapshot import Snapshot

_ATTEMPTS = 3
_PROBE_SECONDS = 60.0


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
        timeout : Seconds that the index, or another process that captures, may take.

        Raises
        ------
        CaptureFailed
            The environment cannot be read, or keeps changing.
        StoreUnusable
            The folder cannot be read or written.
        """
        state = _state(environment)
        known, _ = self._known(state)
        if known is not None:
            return known
        deadline = time.monotonic() + timeout
        with ExitStack() as stack:
            alone = self._enter_lock(stack, state, timeout)
            known, damage = self._known(state)
            if known is not None:
                return known
            warnings = (damage,) if damage else ()
            if not alone:
                warnings = (*warnings, _not_alone(timeout))
            seconds = max(deadline - time.monotonic(), 0.0) if ask_index and alone else None
            return self._capture(environment, state, seconds, warnings)

    def stored(self, environment: KernelEnvironment) -> ManifestRef | None:
        """Give the stored manifest of an environment as it is now, or None; nothing is captured."""
        return self._known(_state(environment))[0]

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
        from nbreduce.environments.manifest import read

        environment = self._environment(ref)
        snapshot, about_index = with_hashes(read(ref.path), environment, timeout)
        return self._keep(environment, ref.fingerprint, snapshot, (*snapshot.notes, *about_index))

    def _capture(
        self,
        environment: KernelEnvironment,
        state: str,
        index_seconds: float | None,
        warnings: tuple[str, ...],
    ) -> ManifestRef:
        from nbreduce.environments.capture import capture
        from nbreduce.environments.hashes import with_hashes

        deadline = time.monotonic() + (index_seconds or 0.0)
        for _ in range(_ATTEMPTS):
            snapshot = capture(environment, _PROBE_SECONDS)
            told = (*warnings, *snapshot.notes)
            if index_seconds is not None:
                left = max(deadline - time.monotonic(), 0.0)
                snapshot, about_index = with_hashes(snapshot, environment, left)
                told = (*told, *about_index)
            before, state = state, _state(environment)
            if state == before:
                return self._keep(environment, state, snapshot, told)
        raise CaptureFailed(
            f"the packages of environment {environment.name!r} changed {_ATTEMPTS} times while "
            f"they were listed",
            "Wait until the installation into it has ended, then run the reduction again",
        )

    def _keep(
        self,
        environment: KernelEnvironment,
        state: str,
        snapshot: Snapshot,
        warnings: tuple[str, ...],
    ) -> ManifestRef:
        from nbreduce.environments.manifest import render

        content = render(snapshot)
        digest = hashlib.sha256(content).hexdigest()
        path = manifest_path(self._folder, digest)
        count, missing = len(snapshot.packages), snapshot.hashes_missing
        ref = ManifestRef(path, digest, state, count, missing, warnings)
        with self._folder_in_use():
            if _digest(path) != digest:
                write_atomically(path, content, 0o444)
            write_atomically(self._entry(state), to_entry(ref, environment), 0o644)
        return ref

    def _known(self, state: str) -> tuple[ManifestRef | None, str]:
        """The stored manifest of a state, or none, with a sentence if there was a damaged one."""
        with self._folder_in_use():
            text = _content(self._entry(state))
            if text is None:
                return None, ""
            try:
                ref, _ = from_entry(text, self._folder, state)
            except ValueError:
                return None, f"the stored entry of state {state[:12]} was damaged; captured anew"
            if _digest(ref.path) == ref.sha256:
                return ref, ""
        return None, f"the stored manifest {ref.sha256[:12]} was changed or lost; captured anew"

    def _environment(self, ref: ManifestRef) -> KernelEnvironment:
        try:
            text = self._entry(ref.fingerprint).read_bytes()
            _, environment = from_entry(text, self._folder, ref.fingerprint)
        except (OSError, ValueError) as error:
            raise EnvironmentUnusable(
                f"the store does not tell from which environment the manifest {ref.sha256[:12]} "
                f"was captured ({error})",
                "Capture the environment anew with: nbreduce environment lock NAME",
            ) from error
        if not environment.interpreter.exists():
            raise EnvironmentUnusable(
                f"{environment.interpreter}, from which the manifest {ref.sha256[:12]} was "
                f"captured, is gone, so the index cannot be asked in its terms",
                "Create that environment again, or leave the manifest as it is",
            )
        return environment

    def _enter_lock(self, stack: ExitStack, state: str, wait: float) -> bool:
        with self._folder_in_use():
            self._states.mkdir(parents=True, exist_ok=True)
            return stack.enter_context(held(self._states / f"{state}.lock", wait))

    @contextmanager
    def _folder_in_use(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StoreUnusable(
                f"the manifests in {self._folder} cannot be read or written: {error.strerror}",
                "Make room, or let the account that runs reductions read and write there",
            ) from error

    def _entry(self, state: str) -> Path:
        return self._states / f"{state}.json"


def _state(environment: KernelEnvironment) -> str:
    return fingerprint(environment.interpreter, environment.settings)


def _not_alone(timeout: float) -> str:
    return (
        f"another process did not finish this manifest within {timeout:.0f} s, so it was captured "
        f"without asking the index for hashes"
    )


def _digest(path: Path) -> str:
    """sha256 of a file; empty if it is not there."""
    content = _content(path)
    return "" if content is None else hashlib.sha256(content).hexdigest()


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
