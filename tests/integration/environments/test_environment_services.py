import json
import shutil
from pathlib import Path

import pytest

from nbreduce.environments import ManifestStore
from nbreduce.environments.services import (
    Difference,
    compare,
    describe,
    list_environments,
    lock,
    verify,
)
from nbreduce.environments.snapshot import Package, Snapshot
from support.environments import environment, install, make_venv, make_wheel, only_index, site_of


@pytest.fixture
def store(tmp_path: Path) -> ManifestStore:
    return ManifestStore(tmp_path / "manifests")


def test_an_environment_that_still_matches(store: ManifestStore, tmp_path: Path) -> None:
    place = environment(make_venv(tmp_path / "env"))
    install(site_of(place.interpreter), "toy", "1.0")
    ref = store.ensure(place, ask_index=False, timeout=30)
    assert verify(place, ref.path) == ()


def test_an_environment_that_drifted(store: ManifestStore, tmp_path: Path) -> None:
    place = environment(make_venv(tmp_path / "env"))
    site = site_of(place.interpreter)
    for name in ("stays", "goes", "grows", "moves"):
        install(site, name, "1.0")
    ref = store.ensure(place, ask_index=False, timeout=30)
    for name in ("goes", "grows", "moves"):
        shutil.rmtree(site / f"{name}-1.0.dist-info")
    install(site, "grows", "1.1")
    install(site, "new", "0.1")
    editable = {"url": "file:///src/moves", "dir_info": {"editable": True}}
    install(site, "moves", "1.0", direct_url=editable)
    assert verify(place, ref.path) == (
        Difference("removed", "pip goes", "1.0", ""),
        Difference("changed", "pip grows", "1.0", "1.1"),
        Difference("changed", "pip moves", "1.0", "1.0 editable file:///src/moves"),
        Difference("added", "pip new", "", "0.1"),
    )


def test_hashes_from_the_index_are_no_difference(
    store: ManifestStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_index(monkeypatch, tmp_path)
    make_wheel(tmp_path, "toy", "1.0")
    place = environment(make_venv(tmp_path / "env"))
    install(site_of(place.interpreter), "toy", "1.0")
    store.ensure(place, ask_index=False, timeout=30)
    ref = lock(store, place, timeout=60)
    assert ref.hashes_missing == ()
    assert verify(place, ref.path) == ()


def test_another_build_and_another_python() -> None:
    def snapshot(python: str, build: str) -> Snapshot:
        package = Package("conda", "libz", "1.3", "channel", "u", md5="m", build=build)
        return Snapshot(python, "linux-64", "", (package,))

    assert compare(snapshot("3.11 CPython", "h1"), snapshot("3.12 CPython", "h2")) == (
        Difference("changed", "python", "3.11 CPython", "3.12 CPython"),
        Difference("changed", "conda libz", "1.3 h1 u", "1.3 h2 u"),
    )


def test_describing_before_and_after_a_capture(store: ManifestStore, tmp_path: Path) -> None:
    place = environment(make_venv(tmp_path / "env"))
    install(site_of(place.interpreter), "toy", "1.0")
    before = describe(place, store)
    ref = store.ensure(place, ask_index=False, timeout=30)
    after = describe(place, store)
    assert (before.manifest, before.package_count, before.problem) == ("", None, "")
    assert (after.manifest, after.package_count, after.hashes_missing) == (ref.sha256, 1, 1)


def test_the_list_holds_unusable_environments_with_the_reason(
    store: ManifestStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    folder = tmp_path / "kernels" / "gone"
    folder.mkdir(parents=True)
    spec = {"argv": ["/nowhere/python3"], "display_name": "Gone"}
    (folder / "kernel.json").write_text(json.dumps(spec))
    fake = tmp_path / "python3.99"
    fake.write_text("#!/bin/sh\nexit 1\n")
    fake.chmod(0o755)
    (tmp_path / "kernels" / "fake").mkdir()
    spec = {"argv": [str(fake)], "display_name": "Fake"}
    (tmp_path / "kernels" / "fake" / "kernel.json").write_text(json.dumps(spec))
    found = {item.name: item for item in list_environments(store)}
    assert "does not exist" in found["gone"].problem
    assert "could not describe its packages" in found["fake"].problem
    assert found["fake"].display_name == "Fake"
