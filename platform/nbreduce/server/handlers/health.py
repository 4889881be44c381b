"""Whether the workspace is in order."""

import nbreduce
from nbreduce.catalogue.reductions import count_states
from nbreduce.domain.errors import NbreduceError
from nbreduce.domain.states import State
from nbreduce.server.base import ResourceHandler
from nbreduce.server.operation import operation
from nbreduce.server.service_state import service_line
from nbreduce.server.wire import Health
from nbreduce.triggers.configured import build_triggers, data_folders


class HealthHandler(ResourceHandler):
    """`/health`."""

    @operation("Say whether the workspace is in order, and what is not", Health)
    def get(self) -> Health:
        """Say how things stand."""
        workspace = self.workspace
        problems: list[str] = []
        counts: dict[State, int] = {}
        watched: tuple[str, ...] = ()
        try:
            with workspace.catalogue.read() as session:
                counts = count_states(session)
        except NbreduceError as error:
            problems.append(str(error))
        try:
            triggers = build_triggers(workspace.config.triggers, workspace.path, workspace.library)
            folders = data_folders(triggers).values()
            watched = tuple(dict.fromkeys(str(path) for paths in folders for path in paths))
        except NbreduceError as error:
            problems.append(str(error))
        return Health(
            version=nbreduce.__version__,
            workspace=str(workspace.path),
            service=service_line(workspace),
            watched=watched,
            reductions=counts,
            problems=tuple(problems),
        )
