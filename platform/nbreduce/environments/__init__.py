"""Environments of kernels, and the manifests that say what was in them.

Importing this package, and asking for a manifest that is already stored, loads nothing heavy.
"""

from nbreduce.environments.errors import (
    CaptureFailed,
    EnvironmentNotFound,
    EnvironmentProblem,
    EnvironmentUnusable,
    ManifestUnreadable,
    StoreUnusable,
)
from nbreduce.environments.kernelspecs import KernelEnvironment, available, find, survey
from nbreduce.environments.references import ManifestRef
from nbreduce.environments.store import ManifestStore

__all__ = [
    "CaptureFailed",
    "EnvironmentNotFound",
    "EnvironmentProblem",
    "EnvironmentUnusable",
    "KernelEnvironment",
    "ManifestRef",
    "ManifestStore",
    "ManifestUnreadable",
    "StoreUnusable",
    "available",
    "find",
    "survey",
]
