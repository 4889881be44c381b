"""Whether the service runs."""

from nbreduce.attendance import ended, holder
from nbreduce.server.wire import ServiceLine
from nbreduce.workspace import Workspace


def service_line(workspace: Workspace) -> ServiceLine:
    """Look whether the service of a workspace runs."""
    found = holder(workspace)
    if found is None:
        return ServiceLine(running=False, since=ended(workspace))
    return ServiceLine(running=True, pid=found.pid, since=found.since)
