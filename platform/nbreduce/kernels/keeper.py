"""Keeps the kernels of ended reductions for a while. Lives in a worker, whose children they are."""

import logging
import socket
from dataclasses import dataclass
from datetime import timedelta
from threading import Event, Lock, Thread

from nbreduce.domain.model import now
from nbreduce.kernels.processes import available_memory, start_of
from nbreduce.kernels.registry import KeptKernel, Registry
from nbreduce.kernels.rules import KeepRules, overdue
from nbreduce.kernels.running import RunningKernel, end

log = logging.getLogger(__name__)

_PERIOD = 1.0


@dataclass(frozen=True)
class _Kept:
    """A kernel in the keeper's hands, and what others are told of it."""

    told: KeptKernel
    kernel: RunningKernel
    rules: KeepRules


class Keeper:
    """Holds the leases of kept kernels, until someone adopts them or the rules let them go.

    Should its process die, the kernels notice and end by themselves.
    """

    def __init__(self) -> None:
        self._kept: dict[str, _Kept] = {}
        self._given_away: list[RunningKernel] = []
        self._lock = Lock()
        self._wake = Event()
        self._closed = False
        self._thread: Thread | None = None
        self._trouble = ""

    def take(self, reduction: str, kernel: RunningKernel, rules: KeepRules) -> bool:
        """Keep a reduction's kernel; say whether it is kept.

        Nothing is raised where it cannot be: the reduction has ended well without it.
        """
        started = start_of(kernel.process.pid)
        if started is None or available_memory() < rules.memory:
            return False
        time = now()
        told = KeptKernel(
            reduction=reduction,
            host=socket.gethostname(),
            pid=kernel.process.pid,
            started=started,
            lease=kernel.lease.folder,
            kernelspec=kernel.kernelspec,
            since=time,
            until=time + timedelta(seconds=rules.seconds),
        )
        with self._lock:
            if self._closed:
                return False
            try:
                Registry(rules.folder).add(told)
            except OSError as error:
                log.warning("the kernel of %s is not kept: %s", reduction, error)
                return False
            self._kept[reduction] = _Kept(told, kernel, rules)
            if self._thread is None or not self._thread.is_alive():
                self._thread = Thread(target=self._run, name="keeper", daemon=True)
                self._thread.start()
        self._wake.set()
        return True

    def look(self) -> None:
        """Let those go that are overdue, and forget those that ended or were adopted."""
        with self._lock:
            self._given_away = [one for one in self._given_away if one.process.poll() is None]
            self._end([name for name in list(self._kept) if self._must_go(name)])

    def close(self) -> None:
        """Let all go."""
        with self._lock:
            self._closed = True
            self._end(list(self._kept))
        self._wake.set()

    def _run(self) -> None:
        while not self._closed:
            self._wake.clear()
            try:
                self.look()
                self._trouble = ""
            except Exception as error:
                # Whatever it is, kernels are let go once it is over.
                if self._trouble != repr(error):
                    log.exception("kept kernels cannot be looked after")
                self._trouble = repr(error)
            self._wake.wait(_PERIOD)

    def _must_go(self, name: str) -> bool:
        kept = self._kept[name]
        if kept.kernel.process.poll() is not None:
            return True
        try:
            everywhere = Registry(kept.rules.folder).all()
        except OSError:
            # How many others there are is not known then, but its own time is.
            everywhere = [kept.told]
        if name not in {one.reduction for one in everywhere}:
            self._forget(name)
            return False
        return name in overdue(everywhere, kept.rules, now(), available_memory())

    def _end(self, names: list[str]) -> None:
        ending = []
        for name in names:
            kept = self._kept[name]
            # Whoever adopts a kernel has this lock, and takes its file out of the registry a moment later.
            if not kept.kernel.lease.hold("adopter", patience=0.0):
                self._forget(name)
                continue
            try:
                Registry(kept.rules.folder).remove(name)
            except OSError as error:
                # It tells of a process that will have ended, and so of no kernel.
                log.warning("the kernel of %s stays in the registry: %s", name, error)
            del self._kept[name]
            ending.append(kept.kernel)
        end(ending)

    def _forget(self, name: str) -> None:
        """Leave a kernel to who adopted it; it stays this process's child."""
        kernel = self._kept.pop(name).kernel
        kernel.lease.release()
        self._given_away.append(kernel)
