"""Dask as the one way to execute orders."""

import logging
import tempfile
from collections.abc import Callable
from concurrent.futures import CancelledError
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from nbreduce.archive.files import ArchiveUnavailable
from nbreduce.domain.errors import NbreduceError
from nbreduce.domain.reduction import Outcome
from nbreduce.execution.order import CellProgress, Started, WorkOrder

if TYPE_CHECKING:
    from distributed import Client, LocalCluster

log = logging.getLogger(__name__)

TOPIC = "nbreduce"
_SETTINGS = {
    # A worker that died under an order is for the ledger to judge: Dask must not try again by itself.
    "distributed.scheduler.allowed-failures": 0,
    "distributed.admin.low-level-log-length": 1000,
    # A nanny restarts its worker by itself; the cluster would take one that is late at that out for ever.
    "distributed.deploy.lost-worker-timeout": "1000 days",
    "distributed.worker.preload": ["nbreduce.execution.remote"],
    "distributed.worker.memory.terminate": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.target": False,
}


class WorkersError(NbreduceError):
    """The workers do not start."""

    exit_code = 1


@dataclass(frozen=True)
class Finished:
    """An attempt ended, and its result is in the archive."""

    key: str
    outcome: Outcome


@dataclass(frozen=True)
class Blocked:
    """An attempt's result could not be kept."""

    key: str
    reason: str


@dataclass(frozen=True)
class Lost:
    """An attempt's worker is no more."""

    key: str
    reason: str


_WORDS: TypeAdapter[Started | CellProgress] = TypeAdapter(Started | CellProgress)

Message = Started | CellProgress | Finished | Blocked | Lost


class DaskExecutor:
    """Executes orders on Dask workers.

    Parameters
    ----------
    workers:
        Worker processes on this machine; each has one order at a time.
    deliver:
        Takes messages about orders, from threads of the executor's own.
    """

    def __init__(self, workers: int, deliver: Callable[[Message], None]) -> None:
        self.slots = workers
        self._deliver = deliver
        self._futures: dict[str, Any] = {}
        self._scratch = tempfile.TemporaryDirectory(prefix="nbreduce-dask-")
        self._cluster: LocalCluster | None = None
        self._client: Client | None = None

    def start(self) -> None:
        """Start the workers.

        Raises
        ------
        WorkersError
            They do not start.
        """
        import dask
        from distributed import Client

        dask.config.set(_SETTINGS)
        try:
            self._cluster = self._local_cluster()
        except (RuntimeError, OSError, TimeoutError) as error:
            raise WorkersError(
                f"the workers cannot be started: {error}", "See the service's log"
            ) from error
        self._client = Client(self._cluster, set_as_default=False)
        self._client.subscribe_topic(TOPIC, self._take_event)

    def _local_cluster(self) -> "LocalCluster":
        from distributed import LocalCluster

        return LocalCluster(
            n_workers=self.slots,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            # Certificates of its own: else whoever is on this machine could run code through the scheduler.
            security=True,
            dashboard_address="127.0.0.1:0",
            scheduler_kwargs={"dashboard": False},
            memory_limit=0,
            local_directory=self._scratch.name,
            # What happens to a worker is told by the dispatcher, in its own words.
            silence_logs=logging.CRITICAL,
        )

    def submit(self, order: WorkOrder) -> None:
        """Give an order to the next free worker."""
        from nbreduce.execution.remote import run_order

        assert self._client is not None
        future = self._client.submit(run_order, order, key=order.key, pure=False, retries=0)
        self._futures[order.key] = future
        future.add_done_callback(self._take_result)

    def cancel(self, key: str) -> None:
        """Kill an attempt's kernel; it then ends as cancelled. Does not wait for that."""
        from nbreduce.execution.remote import cancel_order

        assert self._client is not None
        # A worker that has just died can't be asked, and needs not be.
        self._client.run(cancel_order, key, wait=False, on_error="ignore")

    def take_back(self, key: str) -> None:
        """Keep an attempt from being started; it then is lost."""
        future = self._futures.get(key)
        if future is not None:
            future.cancel(force=True)

    def close(self) -> None:
        """Stop the workers, with whatever they do."""
        if self._client is not None:
            self._client.close()
        if self._cluster is not None:
            self._cluster.close(timeout=10)
        self._scratch.cleanup()

    def _take_event(self, event: tuple[float, Any]) -> None:
        message = _understand(event[1])
        if message is not None:
            self._deliver(message)

    def _take_result(self, future: Any) -> None:
        key = str(future.key)
        self._futures.pop(key, None)
        self._deliver(_result_of(key, future))


def _understand(event: Any) -> Started | CellProgress | None:
    try:
        return _WORDS.validate_json(event)
    except ValidationError:
        log.warning("a worker sent something that is no word of an order: %.200r", event)
        return None


def _result_of(key: str, future: Any) -> Finished | Blocked | Lost:
    try:
        result = future.result()
    except CancelledError:
        return Lost(key, "the attempt was taken back before a worker had it")
    except Exception as error:
        log.warning("attempt %s: %s: %s", key, type(error).__name__, error)
        return Lost(key, _words(error))
    match result:
        case ArchiveUnavailable():
            return Blocked(key, str(result))
        case NbreduceError():
            return Lost(key, str(result))
    return Finished(key, result)


def _words(error: Exception) -> str:
    from distributed.scheduler import KilledWorker

    if isinstance(error, KilledWorker):
        return "the worker that had it died"
    return f"the worker failed: {type(error).__name__}: {error}"
