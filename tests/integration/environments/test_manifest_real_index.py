"""The environment that runs these tests, against the package index that pip is configured for."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

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


def test_a_stored_manifest_costs_less_than_fifty_milliseconds(
    place: KernelEnvironment, tmp_path: Path
) -> None:
    store = ManifestStore(tmp_path)
    ref = store.ensure(place, ask_index=False, timeout=60)
    times = []
    for _ in range(100):
        start = time.perf_counter()
        assert store.ensure(place, ask_index=True, timeout=60) == ref
        times.append(time.perf_counter() - start)
    times.sort()
    print(f"median {times[50] * 1e3:.2f} ms, worst {times[-1] * 1e3:.2f} ms")
    assert times[50] < 0.020
    assert times[95] < 0.050
