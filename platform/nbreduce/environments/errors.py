"""What can go wrong with an environment; every message says what to do next."""

from nbreduce.domain.errors import NbreduceError


class EnvironmentProblem(NbreduceError):
    """Base of everything that this package reports about an environment."""


class EnvironmentNotFound(EnvironmentProblem):
    """No kernelspec has the name that was asked for."""


class EnvironmentUnusable(EnvironmentProblem):
    """A kernelspec is there, but no Python interpreter can be started from it."""


class CaptureFailed(EnvironmentProblem):
    """The packages of an environment could not be read."""

    exit_code = 1


class ManifestUnreadable(EnvironmentProblem):
    """A manifest file is missing, damaged or not a conda-lock file."""

    exit_code = 1


class StoreUnusable(EnvironmentProblem):
    """The folder of the manifests cannot be read or written."""

    exit_code = 1
