"""The papermill engine: an execution that is told as it happened.

Registered as the `papermill.engine` entry point `nbreduce`, so that `papermill --engine nbreduce` has it too. Against
papermill's own engine (see the tests): a kernel that was killed or a cell that ran out of time fails the execution,
cells that never ran stay ``pending``, and the notebook is not written at each cell. (Papermill itself writes its output
path once more, in place, when it returns; the platform gives it no output path and writes the notebook itself.)
"""

from pathlib import Path
from typing import Any

import nbformat
from papermill.engines import Engine, NotebookExecutionManager

from nbreduce.archive.files import write_atomic
from nbreduce.execution.session import Session
from nbreduce.kernels.launch import whole_environment


class HonestManager(NotebookExecutionManager):  # type: ignore[misc]
    """Keeps the notebook's execution metadata without guessing."""

    def save(self, **_kwargs: Any) -> None:
        """Do nothing while cells run; see `write`."""
        self.last_save_time = self.now()

    def notebook_complete(self, **_kwargs: Any) -> None:
        """Note when the execution ended; what did not run stays pending."""
        self.end_time = self.now()
        metadata = self.nb.metadata.papermill
        metadata["end_time"] = self.end_time.isoformat()
        metadata["duration"] = (self.end_time - self.start_time).total_seconds()
        self.cleanup_pbar()
        self.write()

    def write(self) -> None:
        """Write the notebook to its output path, where it has one on this machine, in one step."""
        if self.output_path and "://" not in str(self.output_path) and str(self.output_path) != "-":
            write_atomic(Path(self.output_path), nbformat.writes(self.nb).encode())


class ReductionEngine(Engine):  # type: ignore[misc]
    """Executes a notebook in the kernel of its environment."""

    @classmethod
    def execute_notebook(
        cls,
        nb: Any,
        kernel_name: str,
        output_path: str | None = None,
        progress_bar: bool = True,
        log_output: bool = False,
        autosave_cell_every: int = 30,
        session: Session | None = None,
        start_timeout: float = 60,
        execution_timeout: float | None = None,
        **_options: Any,
    ) -> Any:
        """Execute a notebook.

        Parameters
        ----------
        nb:
            The notebook, parameters injected; executed in place.
        session:
            Limits, working directory, log and listeners; without one, papermill's own options hold.

        Raises
        ------
        nbclient.exceptions.DeadKernelError
            The kernel died.
        nbclient.exceptions.CellTimeoutError
            A cell ran out of time.
        Cancelled
            The session was cancelled between two cells.
        """
        # Here, not above: papermill loads this module while `client` is importing papermill.
        from nbreduce.execution.client import ReductionClient

        session = session or Session(cell_timeout=execution_timeout)
        session.notebook = nb
        manager = HonestManager(nb, output_path, log_output, progress_bar, autosave_cell_every)
        manager.notebook_start()
        session.transcript.begin(nb)
        client = ReductionClient(
            manager, session, kernel_name=kernel_name, startup_timeout=int(start_timeout)
        )
        options: dict[str, Any] = {"env": whole_environment(session.variables)}
        if session.directory is not None:
            options["cwd"] = str(session.directory)
        if session.log is not None:
            # What the kernel's process itself says belongs to the reduction, not to the service's terminal.
            options |= {"stdout": session.log, "stderr": session.log}
        try:
            client.execute(**options)
        finally:
            manager.notebook_complete()
        return nb
