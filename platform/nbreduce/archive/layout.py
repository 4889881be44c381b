"""Where things are in the archive. Every name passes `safe_name`, so no path leaves the archive."""

from pathlib import Path
from typing import Protocol

from nbreduce.domain.reduction import Reduction, Run
from nbreduce.domain.run import safe_name

RUN_FILE = "run.json"
MANIFEST_FILE = "environment.conda-lock.yml"
LOG_FILE = "execution.log"
OUTPUTS = "outputs"
LATEST = "latest"
STORE = ".store"


class Version(Protocol):
    """What of a reduction says where it is."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def template(self) -> str:
        """Its template."""

    @property
    def version(self) -> int:
        """Which of the template's reductions of the run it is."""


class Layout:
    """Paths under one archive.

    Parameters
    ----------
    root:
        The archive's folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def run(self, run: Run) -> Path:
        """Folder of a run."""
        return (
            self.root / safe_name(run.instrument) / safe_name(run.experiment) / safe_name(run.name)
        )

    def template(self, run: Run, template: str) -> Path:
        """Folder of a template's versions for a run."""
        return self.run(run) / safe_name(template)

    def reduction(self, run: Run, reduction: Version) -> Path:
        """Folder of a reduction."""
        return self.template(run, reduction.template) / f"v{reduction.version}"

    def notebook(self, run: Run, reduction: Version) -> Path:
        """The executed notebook."""
        return self.run(run) / notebook_in_run(reduction)

    @property
    def manifests(self) -> Path:
        """Manifests by content; each reduction's folder has a link to its own."""
        return self.root / STORE / "manifests"

    @property
    def templates(self) -> Path:
        """Templates by content, as they were when a run was reduced."""
        return self.root / STORE / "templates"

    def published(self, instrument: str, template: str) -> Path:
        """Folder of a template's published versions, one small file each."""
        return self.root / STORE / "published" / safe_name(instrument) / safe_name(template)

    @property
    def kernel_modules(self) -> Path:
        """The modules that kernels get on their path, by content."""
        return self.root / STORE / "kernel"

    @property
    def watched(self) -> Path:
        """What is told of running attempts to those who watch them."""
        return self.root / STORE / "watch"

    def watch(self, reduction: Reduction, attempt: int) -> Path:
        """The transcript of an attempt while it runs."""
        return self.watched / f"{safe_name(reduction.name)}.{attempt}.jsonl"

    @property
    def stagings(self) -> Path:
        """Where attempts work."""
        return self.root / STORE / "staging"

    def staging(self, reduction: Reduction, attempt: int) -> Path:
        """Folder in which an attempt works; it becomes the reduction's folder in one step."""
        return self.stagings / f"{safe_name(reduction.name)}.{attempt}"


def notebook_in_run(reduction: Version) -> str:
    """Say where a reduction's executed notebook is in the folder of its run."""
    return f"{safe_name(reduction.template)}/v{reduction.version}/{reduction.name}.ipynb"
