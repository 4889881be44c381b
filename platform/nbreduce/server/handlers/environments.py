"""Environments."""

from nbreduce.environments import EnvironmentProblem, find
from nbreduce.server.base import ResourceHandler
from nbreduce.server.operation import operation
from nbreduce.server.wire import EnvironmentLine, EnvironmentList


class EnvironmentsHandler(ResourceHandler):
    """`/environments`."""

    @operation("List environments by name", EnvironmentList)
    def get(self) -> EnvironmentList:
        """List environments."""
        configured = self.workspace.config.environments
        return EnvironmentList(
            environments=tuple(
                EnvironmentLine(
                    name=name, kernelspec=entry.kernelspec, problem=_problem(entry.kernelspec)
                )
                for name, entry in sorted(configured.items())
            )
        )


def _problem(kernelspec: str) -> str | None:
    try:
        find(kernelspec)
    except EnvironmentProblem as error:
        return str(error)
    return None
