"""Whether the workspace is in order."""

import nbreduce
from nbreduce.catalogue.reductions import count_states
from nbreduce.domain.errors import NbreduceError
from nbreduce.domain.states import State
from nbreduce.inspection import free_space, inspect
from nbreduce.server.base import ResourceHandler
from nbreduce.server.operation import operation
from nbreduce.server.service_state import service_line
from nbreduce.server.wire import Health
from nbreduce.triggers.configured import build_triggers, data_folders
from nbreduce.workspace import Workspace


class HealthHandler(ResourceHandler):
    """`/health`."""

    @operation("Say whether the workspace is in order, and what is not", Health)
    def get(self) -> Health:
        """Say how things stand, as `nbreduce doctor` does; nothing is written."""
        workspace = self.workspace
        findings = tuple(inspect(workspace, write=False))
        return Health(
            version=nbreduce.__version__,
            workspace=str(workspace.path),
            service=service_line(workspace),
            watched=_watched(workspace),
            reductions=_counts(workspace),
            free_bytes=free_space(workspace.archive.root),
            findings=findings,
            problems=tuple(one.sentence for one in findings if not one.good),
        )


# What keeps either from being told is among the findings.


def _watched(workspace: Workspace) -> tuple[str, ...]:
    try:
        triggers = build_triggers(workspace.config.triggers, workspace.path, workspace.library)
    except NbreduceError:
        return ()
    folders = data_folders(triggers).values()
    return tuple(dict.fromkeys(str(path) for paths in folders for path in paths))


def _counts(workspace: Workspace) -> dict[State, int]:
    try:
        with workspace.catalogue.read() as session:
            return count_states(session)
    except NbreduceError:
        return {}
