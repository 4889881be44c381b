"""The service: triggers, intake, dispatcher, built here and nowhere else."""

import logging
import queue
from collections.abc import Callable
from contextlib import ExitStack
from threading import Event, Thread
from time import monotonic
from typing import Any

from nbreduce.archive.records import any_run
from nbreduce.archive.store import Archive
from nbreduce.catalogue.core import Catalogue
from nbreduce.catalogue.restore import is_empty
from nbreduce.config import Config
from nbreduce.domain.errors import Unavailable
from nbreduce.environments import EnvironmentProblem, ManifestStore, find
from nbreduce.execution.desk import Desk
from nbreduce.execution.dispatcher import Dispatcher
from nbreduce.execution.executor import DaskExecutor, Message
from nbreduce.execution.orders import Orders
from nbreduce.intake.clerk import Clerk
from nbreduce.intake.examiner import Examiner
from nbreduce.intake.intake import Intake
from nbreduce.intake.nexus import MetadataReader
from nbreduce.presence import ServiceError, ServiceLock
from nbreduce.publishing import library_for_new_runs
from nbreduce.templates.library import TemplateLibrary
from nbreduce.triggers.configured import build_triggers, data_folders

log = logging.getLogger(__name__)

_TRY_AGAIN = 2.0
_JOIN_SECONDS = 30.0


class ServiceFailed(ServiceError):
    """The service ended by a defect."""

    exit_code = 1


class Service:
    """Everything that `nbreduce up` runs.

    Use as a context manager: entering starts it, leaving stops it, running reductions getting their grace time.

    Attributes
    ----------
    stop:
        Set to end the service.
    recorded:
        Set once the environments are recorded, or could not be.
    """

    def __init__(self, config: Config) -> None:
        self.config = config
        self.stop = Event()
        self.recorded = Event()
        self.failure: BaseException | None = None
        self._threads: list[Thread] = []
        self._stack = ExitStack()

    def __enter__(self) -> "Service":
        with ExitStack() as stack:
            self._start(stack)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self._stack.close()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until `stop` is set; say whether it is.

        Raises
        ------
        ServiceFailed
            A part of the service failed.
        """
        stopped = self.stop.wait(timeout)
        if self.failure is not None:
            raise ServiceFailed(f"the service stopped: {self.failure}") from self.failure
        return stopped

    def _start(self, stack: ExitStack) -> None:
        config = self.config
        stack.enter_context(ServiceLock(config))
        # While no other thread parses; see `templates.syntax`.
        import jsonschema  # noqa: F401

        library = TemplateLibrary(config.templates_path)
        triggers = build_triggers(config.triggers, config.workspace, library)
        archive = Archive(config.archive_path)
        archive.prepare()
        catalogue = Catalogue(config.catalogue_url)
        stack.callback(catalogue.close)
        catalogue.upgrade()
        _refuse_stranger(catalogue, archive)

        inbox: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        executor = DaskExecutor(config.execution.workers, inbox.put)
        stack.callback(executor.close)
        orders = Orders(catalogue, archive, config)
        dispatcher = Dispatcher(catalogue, archive, config, orders, executor, inbox)
        desk = Desk(catalogue, archive, library, dispatcher)
        dispatcher.recover()
        executor.start()

        reader = stack.enter_context(MetadataReader(timeout=config.intake.read_timeout))
        reader.start()
        folders = data_folders(triggers)
        for_new_runs = library_for_new_runs(config, archive)
        examiner = Examiner(archive, for_new_runs, reader, config.intake, folders)
        intake = Intake(catalogue, examiner, Clerk(catalogue, archive), dispatcher.wake)

        intake.recover()

        stack.callback(self._drain, dispatcher)
        Thread(
            target=self._record_environments, args=(archive,), name="manifests", daemon=True
        ).start()
        self._spawn("dispatcher", _dispatch, dispatcher, desk, self.stop)
        self._spawn("intake", intake.run, self.stop)
        for settings, trigger in triggers:
            self._spawn(
                f"trigger {settings.kind} {settings.instrument}", trigger.run, intake, self.stop
            )

    def _spawn(self, name: str, work: Callable[..., None], *arguments: Any) -> None:
        def guarded() -> None:
            try:
                while not self._ended(name, work, *arguments):
                    self.stop.wait(_TRY_AGAIN)
            except BaseException as error:
                log.critical("%s failed", name, exc_info=True)
                self.failure = error
                self.stop.set()

        thread = Thread(target=guarded, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _ended(self, name: str, work: Callable[..., None], *arguments: Any) -> bool:
        """Do a part's work; say whether it ended, or something that will be back kept it from going on."""
        try:
            work(*arguments)
        except Unavailable as error:
            log.warning("%s waits: %s", name, error)
            return self.stop.is_set()
        return True

    def _drain(self, dispatcher: Dispatcher) -> None:
        """Let running reductions end, once no other thread dispatches."""
        deadline = monotonic() + _JOIN_SECONDS
        for thread in self._threads:
            thread.join(timeout=max(deadline - monotonic(), 0.1))
        alive = [thread.name for thread in self._threads if thread.is_alive()]
        if "dispatcher" in alive:
            log.error("the dispatcher does not end; what runs is left for the next start")
        else:
            dispatcher.drain(self.config.execution.grace)

    def _record_environments(self, archive: Archive) -> None:
        """Record the environments before the first reduction needs them."""
        store = ManifestStore(archive.layout.manifests)
        try:
            for name, environment in self.config.environments.items():
                self._record_environment(store, name, environment.kernelspec)
        finally:
            self.recorded.set()

    def _record_environment(self, store: ManifestStore, name: str, kernelspec: str) -> None:
        manifests = self.config.manifests
        try:
            found = find(kernelspec)
            if store.stored(found) is None:
                log.info(
                    "recording environment %s (once; reductions in it end when that is done)", name
                )
                ref = store.ensure(found, ask_index=manifests.ask_index, timeout=manifests.timeout)
                log.info("environment %s: %d packages recorded", name, ref.package_count)
        except (EnvironmentProblem, OSError) as error:
            log.warning("environment %s: %s", name, error)


def _refuse_stranger(catalogue: Catalogue, archive: Archive) -> None:
    """Raise `ServiceError` for a catalogue that knows nothing of an archive that holds runs: it would begin anew."""
    with catalogue.read() as session:
        found = any_run(archive.root) if is_empty(session) else None
    if found is not None:
        raise ServiceError(
            f"the catalogue {catalogue.shown_url} is empty, but the archive holds runs ({found})",
            "Make it again from the archive with 'nbreduce catalogue rebuild'",
        )


def _dispatch(dispatcher: Dispatcher, desk: Desk, stop: Event) -> None:
    while not stop.is_set():
        dispatcher.step()
        desk.serve()
