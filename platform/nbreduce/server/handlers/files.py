"""What a reduction left behind beside its notebook: log, manifest, outputs."""

from pathlib import Path

from pydantic import Field

from nbreduce.archive.layout import MANIFEST_FILE
from nbreduce.domain.errors import NotFound
from nbreduce.domain.model import Model
from nbreduce.lookup import LogPart, known_reduction, part_of_log
from nbreduce.server.base import ResourceHandler
from nbreduce.server.download import download
from nbreduce.server.operation import operation


class LogQuery(Model):
    """Which part of a log: from byte `start` of attempt `attempt`; without it, the end of what there is."""

    attempt: int = Field(default=0, ge=0, lt=2**31)
    start: int | None = Field(default=None, ge=0, lt=2**63)


class LogHandler(ResourceHandler):
    """`/reductions/{name}/log`."""

    @operation("Show part of what a reduction wrote to its log", LogPart, query=LogQuery)
    def get(self, name: str, query: LogQuery) -> LogPart:
        """Show part of a log."""
        run, reduction = known_reduction(self.workspace, name)
        return part_of_log(self.workspace, run, reduction, query.attempt, query.start)


class ManifestHandler(ResourceHandler):
    """`/reductions/{name}/manifest`."""

    @download("Download the conda-lock file of a reduction's environment")
    def get(self, name: str) -> Path:
        """Download the manifest."""
        run, reduction = known_reduction(self.workspace, name)
        folder = self.workspace.archive.layout.reduction(run, reduction)
        found = _file_in(folder, MANIFEST_FILE)
        if found is None:
            raise NotFound(f"{name} has no manifest", "Its warnings may say why")
        return found


class OutputHandler(ResourceHandler):
    """`/reductions/{name}/outputs/{path}`."""

    @download("Download an output, by the path that it was declared with")
    def get(self, name: str, path: str) -> Path:
        """Download an output."""
        run, reduction = known_reduction(self.workspace, name)
        declared = [one.path for one in reduction.outputs]
        if path not in declared:
            listing = ", ".join(declared) or "none"
            raise NotFound(f"{name} has no output {path!r}", f"Its outputs: {listing}")
        folder = self.workspace.archive.layout.reduction(run, reduction)
        found = _file_in(folder, path)
        if found is None:
            raise NotFound(
                f"the output {path} of {name} is not in the archive any more",
                "Rerun the reduction to make it again",
            )
        return found


def _file_in(folder: Path, name: str) -> Path | None:
    """Return a regular file of a reduction's folder, however it was named."""
    path = folder / name
    inside = path.resolve().is_relative_to(folder.resolve())
    return path if inside and path.is_file() and not path.is_symlink() else None
