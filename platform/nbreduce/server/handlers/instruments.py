"""Instruments, and where their runs come from."""

from nbreduce.domain.errors import NbreduceError
from nbreduce.server.base import ResourceHandler
from nbreduce.server.operation import operation
from nbreduce.server.wire import InstrumentLine, InstrumentList
from nbreduce.triggers.configured import build_triggers, data_folders


class InstrumentsHandler(ResourceHandler):
    """`/instruments`."""

    @operation("List instruments by key", InstrumentList)
    def get(self) -> InstrumentList:
        """List instruments."""
        workspace = self.workspace
        triggers = build_triggers(workspace.config.triggers, workspace.path, workspace.library)
        watched = data_folders(triggers)
        return InstrumentList(
            instruments=tuple(
                self._line(key, tuple(map(str, watched.get(key, []))))
                for key in workspace.library.instruments()
            )
        )

    def _line(self, key: str, watched: tuple[str, ...]) -> InstrumentLine:
        library = self.workspace.library
        name, problem = key, None
        try:
            name = library.instrument(key).name
        except NbreduceError as error:
            problem = str(error)
        return InstrumentLine(
            key=key, name=name, templates=library.names(key), watched=watched, problem=problem
        )
