"""The nbclient that executes cells for the engine."""

import signal
from pathlib import Path
from typing import Any

from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import run_sync
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat.v4 import new_output
from papermill.clientwrap import PapermillNotebookClient

from nbreduce.execution.session import Progress, Session
from nbreduce.kernels.launch import can_be_held, held_arguments, held_variables, join_paths
from nbreduce.kernels.lease import Lease
from nbreduce.kernels.running import RunningKernel
from nbreduce.kernels.sparing import is_at_rest, leave_log

MAX_OUTPUT_CHARACTERS = 20_000_000
OUTPUT_TYPE = "application/vnd.nbreduce.output+json"
_IOPUB_PATIENCE = 60


class QuietKernelManager(AsyncKernelManager):
    """A kernel manager that shuts kernels down without interrupting them first.

    The interrupt would only be met between cells, where it makes ipykernel print tracebacks.
    """

    async def _async_interrupt_kernel(self) -> None:
        """Do nothing: only the shutdown asks for it."""


class ReductionClient(PapermillNotebookClient):  # type: ignore[misc]
    """Executes the cells of a notebook and never says more than what happened.

    Against papermill's own client: a kernel that dies and a cell that runs out of time are failures of their cell, and
    leave their words in it; the kernel speaks over sockets in a private folder, not over TCP ports.
    """

    def __init__(self, manager: Any, session: Session, **settings: Any) -> None:
        self._lease = Lease.make("keeper")
        self._held = False
        super().__init__(
            manager,
            iopub_timeout=_IOPUB_PATIENCE,
            record_timing=False,
            kernel_manager_class=QuietKernelManager,
            timeout_func=lambda _cell: session.time_for_cell(),
            **settings,
        )
        self.session = session
        self._room = MAX_OUTPUT_CHARACTERS

    def create_kernel_manager(self) -> AsyncKernelManager:
        """Make a manager whose kernel is reached over Unix sockets in a folder of its own."""
        manager: AsyncKernelManager = super().create_kernel_manager()
        manager.transport = "ipc"
        manager.connection_file = f"{self._lease.sockets}.json"
        manager.ip = str(self._lease.sockets)
        join_paths(manager.kernel_spec, self.session.variables)
        return manager

    def execute(self, **kwargs: Any) -> Any:
        """Start the kernel, execute all cells, and leave nothing behind but a kernel that the session may keep."""
        try:
            executed = super().execute(cleanup_kc=False, **kwargs)
            self._spare_kernel()
            return executed
        finally:
            self._part_from_kernel()

    def start_new_kernel(self, **kwargs: Any) -> None:
        """Start the kernel and tell the session which process it is."""
        self.session.raise_if_cancelled()
        self._held = self.session.may_keep_kernel and can_be_held(self.km.kernel_spec.argv)
        if self._held:
            # It then hangs on its lease, which others may hold later, and not on being this process's child.
            self.extra_arguments += held_arguments()
            kwargs["env"] = {**kwargs["env"], **held_variables(self._lease.folder)}
            kwargs["independent"] = True
        super().start_new_kernel(**kwargs)
        self.session.kernel_started(getattr(self.km.provisioner, "pid", None))

    def _spare_kernel(self) -> None:
        """Give the kernel to the session, unless something of the reduction still hangs on it.

        Whatever keeps it from that is no fault of the reduction, which has been executed.
        """
        log = self.session.log
        if not self._held or self.session.cancelled:
            return
        if log is not None and not run_sync(leave_log)(self.kc, Path(log.name)):
            return
        kernel = RunningKernel(self.km.provisioner.process, self._lease, self.kernel_name)
        try:
            if is_at_rest(kernel.process.pid, self.session.directory):
                kernel.write_connection(self.km.get_connection_info())
                self.session.kernel = kernel
        except OSError as error:
            self.session.note(f"the kernel cannot be kept: {error}")

    def _part_from_kernel(self) -> None:
        """Shut the kernel down, or only hang up where the session has it."""
        try:
            if self.session.kernel is not None:
                self._hang_up()
            elif self.km is not None:
                self._cleanup_kernel()
        finally:
            self.session.kernel_ended()
            if self.session.kernel is None:
                self._lease.remove()

    async def _async_hang_up(self) -> None:
        self.kc.stop_channels()
        self.km.context.destroy(linger=0)

    _hang_up = run_sync(_async_hang_up)

    def papermill_execute_cells(self) -> None:
        """Execute the code cells one by one."""
        indices = [index for index, cell in enumerate(self.nb.cells) if _runs(cell)]
        self.session.start_clock()
        for number, index in enumerate(indices, 1):
            self.session.raise_if_cancelled()
            if not self._execute_one(
                index, Progress(number, len(indices), "running", _heading(self.nb, index))
            ):
                break
        else:
            self._complete_texts()

    def _execute_one(self, index: int, progress: Progress) -> bool:
        """Execute one cell; say whether the next may follow."""
        cell = self.nb.cells[index]
        self._tell(progress)
        self.session.transcript.cell_started(index, progress.cell, progress.cells)
        self.nb_man.cell_start(cell, index)
        try:
            self.execute_cell(cell, index)
        except CellExecutionError as error:
            self.nb_man.cell_exception(cell, cell_index=index, exception=error)
            return False
        except (CellTimeoutError, DeadKernelError) as error:
            self._add_error(cell, error)
            self.nb_man.cell_exception(cell, cell_index=index, exception=error)
            self.session.kill_kernel()
            raise
        finally:
            self.nb_man.cell_complete(cell, cell_index=index)
            marks = cell.metadata.papermill
            self.session.transcript.cell_ended(index, marks["status"], marks["duration"])
            self._tell(
                Progress(
                    progress.cell,
                    progress.cells,
                    marks["status"],
                    progress.heading,
                    marks["duration"],
                )
            )
        return True

    def _complete_texts(self) -> None:
        for cell in self.nb.cells:
            if not _runs(cell):
                cell.metadata.papermill["status"] = self.nb_man.COMPLETED

    def _add_error(self, cell: Any, error: Exception) -> None:
        """Let the notebook show where and why it stopped."""
        name, words = type(error).__name__, self._words(error)
        cell.outputs = [
            *cell.get("outputs", []),
            new_output("error", ename=name, evalue=words, traceback=[words]),
        ]

    def _words(self, error: Exception) -> str:
        if self.session.cancelled:
            return "The reduction was cancelled while this cell ran."
        if isinstance(error, DeadKernelError):
            self.session.kernel_exit = exit_status(self.km)
            return (
                f"The kernel died while this cell ran ({describe_exit(self.session.kernel_exit)})."
            )
        return f"This cell met {self.session.limit_words()}."

    def _tell(self, progress: Progress) -> None:
        seconds = "" if progress.seconds is None else f" in {progress.seconds:.3f} s"
        self.session.note(f"cell {progress.cell}/{progress.cells} {progress.status}{seconds}")
        self.session.on_progress(progress)

    def log_output_message(self, output: Any) -> None:
        """Write what the notebook prints to the session's log."""
        if output.output_type == "stream":
            self.session.write("".join(output.text))
        elif output.output_type == "error":
            self.session.write(f"{output.ename}: {output.evalue}\n")

    def process_message(self, msg: Any, cell: Any, cell_index: int) -> Any:
        """Take one message of the kernel, as long as there is room for its output."""
        if _counts(msg):
            before = self._room
            self._room -= _size(msg["content"])
            if self._room < 0:
                if before >= 0:
                    self._say_full(cell)
                return None
        output = super().process_message(msg, cell, cell_index)
        self.session.transcript.changed()
        if output is not None:
            self.log_output_message(output)
        return output

    def _say_full(self, cell: Any) -> None:
        text = f"The notebook's outputs passed {MAX_OUTPUT_CHARACTERS:,} characters; the rest is left out.\n"
        cell.outputs.append(new_output("stream", name="stderr", text=text))
        self.session.note(text.strip())


def exit_status(manager: Any) -> int | None:
    """Return the exit status of a kernel's process, negative for a signal, None where it is not known."""
    process = getattr(getattr(manager, "provisioner", None), "process", None)
    return None if process is None else process.poll()


def describe_exit(status: int | None) -> str:
    """Say an exit status in words."""
    if status is None:
        return "how is not known"
    if status >= 0:
        return f"exit status {status}"
    try:
        return f"killed by {signal.Signals(-status).name}"
    except ValueError:
        return f"killed by signal {-status}"


def _runs(cell: Any) -> bool:
    return cell.cell_type == "code" and bool(cell.source.strip())


def _heading(notebook: Any, index: int) -> str:
    """Return the last markdown heading above a cell."""
    for cell in reversed(notebook.cells[:index]):
        if cell.cell_type == "markdown":
            lines = [
                line.strip("# ").strip()
                for line in cell.source.splitlines()
                if line.startswith("#")
            ]
            if lines:
                return str(lines[-1])[:80]
    return ""


def _counts(msg: Any) -> bool:
    """Say whether a message adds to the notebook's outputs; declared outputs always have room."""
    if msg["msg_type"] not in {"stream", "display_data", "execute_result"}:
        return False
    return OUTPUT_TYPE not in msg["content"].get("data", {})


def _size(content: Any) -> int:
    if isinstance(content, str):
        return len(content)
    if isinstance(content, dict):
        return sum(map(_size, content.values()))
    if isinstance(content, list):
        return sum(map(_size, content))
    return 8
