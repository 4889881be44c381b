"""How pip is called to ask the index on behalf of an environment."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence

from nbreduce.environments.interpreter import clean_variables, run
from nbreduce.environments.kernelspecs import KernelEnvironment

_OLDEST_OWN = (22, 2)  # the first with --report
_OLDEST_OURS = (22, 3)  # the first with --python
_INDEX_SETTINGS = frozenset(
    {
        *("INDEX_URL", "EXTRA_INDEX_URL", "NO_INDEX", "FIND_LINKS", "CONFIG_FILE", "PRE"),
        *("CERT", "CLIENT_CERT", "TRUSTED_HOST", "PROXY", "KEYRING_PROVIDER", "USE_FEATURE"),
        *("CACHE_DIR", "NO_CACHE_DIR"),
    }
)


def pip_command(environment: KernelEnvironment, timeout: float) -> list[str] | None:
    """pip of the environment itself, or ours looking at its interpreter; None without either."""
    interpreter = str(environment.interpreter)
    variables = clean_variables(environment.settings)
    own = [interpreter, "-I", "-m", "pip"]
    if _pip_version(own, variables, timeout) >= _OLDEST_OWN:
        return own
    ours = [sys.executable, "-I", "-m", "pip", "--python", interpreter]
    if _pip_version(ours, variables, timeout) >= _OLDEST_OURS:
        return ours
    return None


def _pip_version(
    pip: Sequence[str], variables: Mapping[str, str], timeout: float
) -> tuple[int, ...]:
    done = run([*pip, "--version"], variables, timeout=min(timeout, 30.0))
    match = re.search(r"^pip (\d+)\.(\d+)", done.output, re.MULTILINE)
    if done.returncode != 0 or match is None:
        return (0, 0)
    return (int(match.group(1)), int(match.group(2)))


def pip_variables(environment: KernelEnvironment) -> dict[str, str]:
    """The caller's variables, of pip's settings only those that say which index to ask."""
    variables = clean_variables(environment.settings)
    kept = {
        key: value
        for key, value in variables.items()
        if not key.startswith("PIP_") or key.removeprefix("PIP_") in _INDEX_SETTINGS
    }
    switched_off = ("REQUIRE_VIRTUALENV", "USER", "REQUIRE_HASHES")
    return {**kept, **{f"PIP_{name}": "0" for name in switched_off}, "LC_ALL": "C.UTF-8"}
