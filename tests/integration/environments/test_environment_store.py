import hashlib
import json
import os
import shutil
import stat
import time
from pathlib import Path

import pytest

from nbreduce.environments import (
    CaptureFailed,
    EnvironmentUnusable,
    KernelEnvironment,
    ManifestRef,
    ManifestStore,
    ManifestUnreadable,
    StoreUnusable,
)
from nbreduce.environments import capture as capture_module
from nbreduce.environments.manifest import read
from support.environments import environment, install, make_venv, make_wheel, only_index, site_of


@pytest.fixture
def place(tmp_path: Path) -> KernelEnvironment:
    python = make_venv(tmp_path / "env")
    install(site_of(python), "toy", "1.0")
    return environment(python)


@pytest.fixture
def store(tmp_path: Path) -> ManifestStore:
    return ManifestStore(tmp_path / "manifests")


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "wheels"
    folder.mkdir()
    only_index(monkeypatch, folder)
    return folder


def quick(store: ManifestStore, place: KernelEnvironment) -> ManifestRef:
    return store.ensure(place, ask_index=False, timeout=30)


def test_a_manifest_is_named_by_its_content_and_read_only(
    store: ManifestStore, place: KernelEnvironment
) -> None:
    ref = quick(store, place)
    assert ref.path.name == f"{ref.sha256}.conda-lock.yml"
    assert hashlib.sha256(ref.path.read_bytes()).hexdigest() == ref.sha256
    assert stat.S_IMODE(ref.path.stat().st_mode) == 0o444
    assert (ref.package_count, ref.hashes_missing) == (1, ("toy",))
    assert [package.name for package in read(ref.path).packages] == ["toy"]


def test_an_unchanged_environment_is_captured_once(
    store: ManifestStore, place: KernelEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = quick(store, place)

    def never(*_: object) -> None:
        raise AssertionError("captured again")

    monkeypatch.setattr(capture_module, "capture", never)
    assert quick(store, place) == first
    assert store.stored(place) == first


def test_a_changed_environment_gets_another_manifest(
    store: ManifestStore, place: KernelEnvironment
) -> None:
    first = quick(store, place)
    install(site_of(place.interpreter), "other", "1.0")
    assert store.stored(place) is None
    second = quick(store, place)
    assert second.sha256 != first.sha256
    assert second.package_count == 2
    assert first.path.exists()


def test_two_environments_with_the_same_packages_share_a_manifest(
    store: ManifestStore, place: KernelEnvironment, tmp_path: Path
) -> None:
    python = make_venv(tmp_path / "second")
    install(site_of(python), "toy", "1.0")
    first, second = quick(store, place), quick(store, environment(python))
    assert first.sha256 == second.sha256
    assert first.fingerprint != second.fingerprint


def test_hashes_come_from_the_index(
    store: ManifestStore, place: KernelEnvironment, wheels: Path
) -> None:
    wheel = make_wheel(wheels, "toy", "1.0")
    ref = store.ensure(place, ask_index=True, timeout=60)
    assert (ref.hashes_missing, ref.warnings) == ((), ())
    (package,) = read(ref.path).packages
    assert package.sha256 == hashlib.sha256(wheel.read_bytes()).hexdigest()
    assert package.url == wheel.as_uri()


def test_an_index_that_is_away_leaves_hashes_missing_and_they_come_later(
    store: ManifestStore, place: KernelEnvironment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_index(monkeypatch, None)
    start = time.monotonic()
    ref = store.ensure(place, ask_index=True, timeout=60)
    assert time.monotonic() - start < 15
    assert ref.hashes_missing == ("toy",)
    assert ref.warnings[0].startswith("the index is unreachable (connection error")
    assert read(ref.path).packages[0].missing.startswith("the index is unreachable (")

    make_wheel(tmp_path, "toy", "1.0")
    only_index(monkeypatch, tmp_path)
    completed = store.complete(ref)
    assert (completed.hashes_missing, completed.warnings) == ((), ())
    assert completed.fingerprint == ref.fingerprint
    assert ref.path.exists()
    assert quick(store, place) == completed


def test_a_completed_manifest_is_the_one_a_capture_with_index_gives(
    store: ManifestStore, place: KernelEnvironment, wheels: Path, tmp_path: Path
) -> None:
    make_wheel(wheels, "toy", "1.0")
    completed = store.complete(quick(store, place))
    direct = ManifestStore(tmp_path / "other").ensure(place, ask_index=True, timeout=60)
    assert completed.sha256 == direct.sha256


def test_a_manifest_can_be_completed_after_its_environment_changed(
    store: ManifestStore, place: KernelEnvironment, wheels: Path
) -> None:
    make_wheel(wheels, "toy", "1.0")
    ref = quick(store, place)
    shutil.rmtree(site_of(place.interpreter) / "toy-1.0.dist-info")
    assert store.complete(ref).hashes_missing == ()


def test_completing_needs_the_interpreter(store: ManifestStore, place: KernelEnvironment) -> None:
    ref = quick(store, place)
    shutil.rmtree(place.interpreter.parent)
    with pytest.raises(EnvironmentUnusable, match="is gone"):
        store.complete(ref)


def test_completing_a_manifest_that_the_store_does_not_know(
    store: ManifestStore, place: KernelEnvironment, tmp_path: Path
) -> None:
    ref = quick(store, place)
    with pytest.raises(EnvironmentUnusable, match="environment lock"):
        ManifestStore(tmp_path / "elsewhere").complete(ref)


def test_completing_a_manifest_that_is_lost(store: ManifestStore, place: KernelEnvironment) -> None:
    ref = quick(store, place)
    ref.path.unlink()
    with pytest.raises(ManifestUnreadable):
        store.complete(ref)


@pytest.mark.parametrize("damage", ["tampered", "emptied", "lost"])
def test_a_damaged_manifest_is_noticed_and_captured_anew(
    store: ManifestStore, place: KernelEnvironment, damage: str
) -> None:
    ref = quick(store, place)
    content = ref.path.read_bytes()
    ref.path.chmod(0o644)
    if damage == "lost":
        ref.path.unlink()
    else:
        ref.path.write_bytes(b"" if damage == "emptied" else content.replace(b"1.0", b"9.9"))
    again = quick(store, place)
    assert again.path.read_bytes() == content
    assert "was changed or lost; captured anew" in again.warnings[0]
    assert stat.S_IMODE(again.path.stat().st_mode) == 0o444


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"[]", b"null", b"{}", b"\xff", b'{"sha256": "../../x"}', b'{"sha256": null}'],
)
def test_a_damaged_entry_is_noticed_and_captured_anew(
    store: ManifestStore, place: KernelEnvironment, tmp_path: Path, text: bytes
) -> None:
    ref = quick(store, place)
    (tmp_path / "manifests" / "states" / f"{ref.fingerprint}.json").write_bytes(text)
    again = quick(store, place)
    assert again.sha256 == ref.sha256
    assert "was damaged; captured anew" in again.warnings[0]


def test_a_package_installed_during_the_capture_is_in_the_manifest(
    store: ManifestStore, place: KernelEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = capture_module.capture
    pending = ["late"]

    def slow(environment: KernelEnvironment, timeout: float) -> object:
        snapshot = original(environment, timeout)
        for name in pending:
            install(site_of(place.interpreter), name, "1.0")
        pending.clear()
        return snapshot

    monkeypatch.setattr(capture_module, "capture", slow)
    ref = quick(store, place)
    assert {package.name for package in read(ref.path).packages} == {"toy", "late"}
    assert store.stored(place) == ref


def test_an_environment_that_never_rests(
    store: ManifestStore, place: KernelEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = capture_module.capture
    count = iter(range(100))

    def slow(environment: KernelEnvironment, timeout: float) -> object:
        snapshot = original(environment, timeout)
        install(site_of(place.interpreter), f"late{next(count)}", "1.0")
        return snapshot

    monkeypatch.setattr(capture_module, "capture", slow)
    with pytest.raises(CaptureFailed, match="changed 3 times while they were listed"):
        quick(store, place)


def test_a_folder_that_cannot_be_made(place: KernelEnvironment, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnusable, match="cannot be read or written"):
        quick(ManifestStore(tmp_path / "file" / "manifests"), place)


def test_nothing_half_written_is_left(
    store: ManifestStore,
    place: KernelEnvironment,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreUnusable, match="No space left on device"):
        quick(store, place)
    left = [path.name for path in (tmp_path / "manifests").rglob("*") if path.is_file()]
    assert [name for name in left if not name.endswith(".lock")] == []


def test_the_entry_names_the_environment(
    store: ManifestStore, place: KernelEnvironment, tmp_path: Path
) -> None:
    ref = quick(store, place)
    entry = json.loads((tmp_path / "manifests/states" / f"{ref.fingerprint}.json").read_text())
    assert entry["environment"]["name"] == "toy"
    assert entry["environment"]["interpreter"] == str(place.interpreter)
