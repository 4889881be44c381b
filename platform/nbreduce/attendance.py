"""Whether the service is there to be waited for."""

from datetime import datetime
from time import monotonic

from nbreduce.domain.errors import NbreduceError
from nbreduce.presence import Holder, end_of, holder_of
from nbreduce.workspace import Workspace


class ServiceGone(NbreduceError):
    """The service that is waited for does not run."""

    exit_code = 1


class Attendance:
    """Notices that the service of a workspace has gone.

    Parameters
    ----------
    workspace:
        Whose service.
    patience:
        Seconds that it may be away, as it is when it is started again.
    """

    def __init__(self, workspace: Workspace, patience: float = 3.0) -> None:
        self._workspace = workspace
        self._patience = patience
        self._seen = monotonic()

    def check(self) -> None:
        """Raise `ServiceGone` once the service has been away for too long."""
        if service_runs(self._workspace):
            self._seen = monotonic()
        elif monotonic() - self._seen > self._patience:
            raise ServiceGone(
                "the service is not running any more, and what is waited for has not ended",
                "It is kept, and goes on when the service runs again. Start it with: nbreduce up",
            )


def service_runs(workspace: Workspace) -> bool:
    """Say whether the service of a workspace runs."""
    return holder(workspace) is not None


def holder(workspace: Workspace) -> Holder | None:
    """Return who runs the service of a workspace, None where nobody does."""
    return holder_of(workspace.config.lock_path)


def ended(workspace: Workspace) -> datetime | None:
    """Return when the service of a workspace, which does not run, ended; None where that is not known."""
    return end_of(workspace.config.lock_path)


def require_service(workspace: Workspace) -> None:
    """Raise `ServiceGone` unless the service runs, for which something was just filed."""
    if not service_runs(workspace):
        raise ServiceGone(
            "the service is not running, so there is nothing to wait for",
            "What was asked for is kept, and is taken up when the service runs. Start it with: nbreduce up",
        )
