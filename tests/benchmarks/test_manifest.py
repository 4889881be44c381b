"""What the record of an environment costs each reduction, against capturing it."""

import sys
import time
from pathlib import Path
from statistics import median

from nbreduce.environments import KernelEnvironment, ManifestStore
from support.numbers import Show

CALLS = 100


def test_manifest_of_an_environment_that_did_not_change(tmp_path: Path, show: Show) -> None:
    argv = (sys.executable, "-m", "ipykernel_launcher")
    environment = KernelEnvironment("own", "Own", Path(sys.executable), argv, {})
    store = ManifestStore(tmp_path)
    captured, ref = _ensured(store, environment)
    cached = []
    for _ in range(CALLS):
        took, again = _ensured(store, environment)
        assert again == ref
        cached.append(took)
    show("first capture, index not asked", f"{captured * 1e3:.0f} ms")
    show(
        f"each of the {CALLS} after it",
        f"median {median(cached) * 1e3:.2f} ms",
        f"maximum {max(cached) * 1e3:.2f} ms",
        f"{median(cached) / captured:.4f} x the capture",
    )
    assert median(cached) < captured / 10


def _ensured(store: ManifestStore, environment: KernelEnvironment) -> tuple[float, object]:
    began = time.perf_counter()
    ref = store.ensure(environment, ask_index=False, timeout=60)
    return time.perf_counter() - began, ref
