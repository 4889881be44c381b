"""The environment that runs these tests, against the package index that pip is configured for."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import quantiles
from typing import NoReturn

import pytest
from conda_lock.lockfile import parse_conda_lock_file

from nbreduce.environments import KernelEnvironment, ManifestStore
from nbreduce.environments.services import verify

Need = Callable[[str, bool, str], None]


@pytest.fixture
def need(request: pytest.FixtureRequest) -> Need:
    """`need` of the shared conftest, whichever other conftest files are loaded."""
    shared = Path(__file__).resolve().parents[2] / "conftest.py"
    plugin = request.config.pluginmanager.get_plugin(str(shared))
    assert plugin is not None
    found: Need = plugin.need
    return found


@pytest.fixture
def place() -> KernelEnvironment:
    argv = (sys.executable, "-m", "ipykernel_launcher")
    return KernelEnvironment("own", "Own", Path(sys.executable), argv, {})


@pytest.fixture
def index(need: Need) -> None:
    asked = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--no-deps",
         "--retries", "1", "--timeout", "10", "packaging"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    need("index", asked.returncode == 0, f"no package index answers: {asked.stderr.strip()[-200:]}")


def test_nearly_every_hash_of_our_own_environment(
    index: None, place: KernelEnvironment, tmp_path: Path
) -> None:
    store = ManifestStore(tmp_path)
    start = time.monotonic()
    ref = store.ensure(place, ask_index=True, timeout=240)
    seconds = time.monotonic() - start
    told = {
        "first_capture_seconds": round(seconds, 1),
        "packages": ref.package_count,
        "bytes": ref.path.stat().st_size,
        "hashes_missing": ref.hashes_missing,
    }
    print(json.dumps(told))
    assert ref.package_count > 100
    assert len(ref.hashes_missing) <= 0.1 * ref.package_count
    assert len(parse_conda_lock_file(ref.path).package) == ref.package_count
    assert verify(place, ref.path) == ()


def test_a_stored_manifest_starts_no_process_and_writes_no_file(
    place: KernelEnvironment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = ManifestStore(tmp_path)
    ref = store.ensure(place, ask_index=False, timeout=60)
    files = sorted(path.name for path in tmp_path.rglob("*"))

    def started(*_: object, **__: object) -> NoReturn:
        raise AssertionError("a process is started")

    monkeypatch.setattr(subprocess, "Popen", started)
    with pytest.raises(AssertionError, match="a process is started"):
        ManifestStore(tmp_path / "another").ensure(place, ask_index=False, timeout=60)
    shutil.rmtree(tmp_path / "another")
    for _ in range(100):
        assert store.ensure(place, ask_index=True, timeout=60) == ref
    assert sorted(path.name for path in tmp_path.rglob("*")) == files


def test_of_hundred_calls_for_a_stored_manifest_the_median_is_under_20_ms_and_p95_under_50_ms(
    place: KernelEnvironment, tmp_path: Path
) -> None:
    store = ManifestStore(tmp_path)
    ref = store.ensure(place, ask_index=False, timeout=60)
    times = []
    for _ in range(100):
        start = time.perf_counter()
        assert store.ensure(place, ask_index=True, timeout=60) == ref
        times.append(time.perf_counter() - start)
    percentiles = quantiles(times, n=100)
    median, p95 = percentiles[49], percentiles[94]
    print(f"median {median * 1e3:.2f} ms, p95 {p95 * 1e3:.2f} ms, worst {max(times) * 1e3:.2f} ms")
    assert median < 0.020
    assert p95 < 0.050
