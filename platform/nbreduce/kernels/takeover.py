"""Taking over: the kernel of an ended reduction, as it was kept, or a fresh one in the same environment."""

import shutil
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbreduce_kernel
from nbreduce.archive.layout import LOG_FILE, MANIFEST_FILE, OUTPUTS
from nbreduce.archive.records import read_record
from nbreduce.copies import MAX_BYTES, copy_files, files_in
from nbreduce.domain.errors import Conflict, NotFound, Unavailable
from nbreduce.domain.reduction import Reduction, Run
from nbreduce.domain.states import ENDED
from nbreduce.environments import find
from nbreduce.kernels.launch import reduction_variables, whole_environment
from nbreduce.kernels.lease import Lease
from nbreduce.kernels.processes import StrangerProcess
from nbreduce.kernels.registry import KeptKernel, Registry
from nbreduce.kernels.running import read_connection
from nbreduce.workspace import Workspace

_SCRATCH = "work"
_MODULES = "modules"


@dataclass
class Takeover:
    """A reduction's kernel in the hands of this process.

    Attributes
    ----------
    lease:
        Held by this process; the kernel ends with it.
    kernelspec, variables, directory:
        What a kernel is started with, where none was kept, and whenever it is restarted.
    process, connection, registry:
        The kept kernel, and where it is told of; None where there was none.
    left_out:
        Files that were too large to come along into the scratch folder.
    """

    reduction: str
    lease: Lease
    kernelspec: str
    variables: dict[str, str] = field(repr=False)
    directory: Path
    process: StrangerProcess | None = None
    connection: dict[str, Any] | None = field(default=None, repr=False)
    registry: Registry | None = None
    left_out: tuple[str, ...] = ()

    @property
    def modules(self) -> Path:
        """Folder of the modules that notebooks use of nbreduce."""
        return self.lease.folder / _MODULES

    def settle(self) -> None:
        """Let nobody find the kept kernel any more: it is another's now."""
        if self.registry is not None:
            # Where its file cannot be taken away, the lock keeps others from it.
            with suppress(OSError):
                self.registry.remove(self.reduction)

    def abandon(self) -> None:
        """Give up. A kept kernel is kept on, as it was; of a fresh one nothing stays."""
        if self.process is None:
            self.lease.remove()
            return
        self.process.let_go()
        for folder in (self.directory, self.modules):
            shutil.rmtree(folder, ignore_errors=True)
        self.lease.release()


def kept_kernel(workspace: Workspace, name: str) -> KeptKernel | None:
    """Return the kernel that is kept of a reduction, None where there is none that can be adopted from here."""
    return Registry(workspace.config.kept_kernels_path).find(name)


def take_over(workspace: Workspace, run: Run, reduction: Reduction) -> Takeover:
    """Adopt the kernel that was kept of a reduction, or prepare what a fresh one needs.

    Either has a scratch folder: step modules can be imported there and outputs written, while the reduction's own
    folder is sealed. Until the takeover is settled the kept kernel can be found, and it is kept on if that fails.

    Raises
    ------
    Conflict
        The reduction has not ended.
    NotFound
        Its executed notebook is not in the archive.
    EnvironmentProblem
        Its environment is gone.
    Unavailable
        The scratch folder cannot be made.
    """
    if reduction.state not in ENDED:
        raise Conflict(
            f"{reduction.name} has not ended: {reduction.state}", "Open it with kernel when it has"
        )
    notebook = workspace.archive.layout.notebook(run, reduction)
    if not notebook.is_file():
        raise NotFound(
            f"the executed notebook of {reduction.name} is not in the archive",
            "Reduce the run again with 'nbreduce rerun'",
        )
    taken = _adopt(Registry(workspace.config.kept_kernels_path), reduction.name)
    if taken is None:
        taken = _fresh(workspace, reduction)
    try:
        return _furnish(workspace, taken, reduction, notebook)
    except OSError as error:
        taken.abandon()
        raise Unavailable(
            f"the kernel's scratch folder cannot be made at {taken.directory} ({error.strerror})",
            "Free space there, and try again"
            + ("; the kernel is kept until its time is over" if taken.process else ""),
        ) from error
    except BaseException:
        taken.abandon()
        raise


def _adopt(registry: Registry, name: str) -> Takeover | None:
    kept = registry.find(name)
    if kept is None:
        return None
    lease = Lease(kept.lease)
    if not lease.hold("adopter"):
        return None
    scratch = lease.folder / _SCRATCH
    with suppress(OSError):
        connection = read_connection(lease)
        process = StrangerProcess(kept.pid, kept.started)
        return Takeover(name, lease, kept.kernelspec, {}, scratch, process, connection, registry)
    lease.release()
    return None


def _fresh(workspace: Workspace, reduction: Reduction) -> Takeover:
    environment = workspace.config.environments.get(reduction.environment)
    kernelspec = find(environment.kernelspec if environment else reduction.environment).name
    lease = Lease.make("adopter")
    return Takeover(reduction.name, lease, kernelspec, {}, lease.folder / _SCRATCH)


def _furnish(
    workspace: Workspace, taken: Takeover, reduction: Reduction, notebook: Path
) -> Takeover:
    """Give a kernel its scratch folder and its variables."""
    package = Path(nbreduce_kernel.__file__).parent
    shutil.copytree(
        package,
        taken.modules / package.name,
        ignore=shutil.ignore_patterns("__pycache__"),
        dirs_exist_ok=True,
    )
    if taken.process is None:
        source = workspace.archive.layout.templates / reduction.template_sha256
        about = {f"{reduction.template}.ipynb"}
    else:
        source = notebook.parent
        about = {notebook.name, LOG_FILE, MANIFEST_FILE}
    taken.left_out = _copy_writable(source, taken.directory, {source / name for name in about})
    cores = read_record(notebook).template.resources.cores
    taken.variables = whole_environment(reduction_variables(cores, taken.modules))
    return taken


def _copy_writable(source: Path, target: Path, about: set[Path]) -> tuple[str, ...]:
    """Copy a sealed folder so that all in the copy can be changed; return which files were left out.

    Temporary folders are often in memory: half of what is free there stays free.
    """
    (target / OUTPUTS).mkdir(parents=True, exist_ok=True)
    for path in source.rglob("*"):
        if path.is_dir() and not path.is_symlink():
            (target / path.relative_to(source)).mkdir(parents=True, exist_ok=True)
    room = min(MAX_BYTES, shutil.disk_usage(target).free / 2)
    return copy_files(files_in(source, about), target, room)
