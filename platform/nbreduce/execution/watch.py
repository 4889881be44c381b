"""Whether results can be stored, without asking that all the time."""

from collections.abc import Callable, Iterable
from time import monotonic

from nbreduce.domain.errors import Unavailable

_LOOK_AGAIN = 5.0


class StorageWatch:
    """Knows whether archive and catalogue can be written.

    Parameters
    ----------
    probes:
        Each raises `Unavailable` where its store cannot be written.
    tell:
        Called with words whenever that changes.
    """

    def __init__(self, probes: Iterable[Callable[[], None]], tell: Callable[[str], None]) -> None:
        self._probes = tuple(probes)
        self._tell = tell
        self._fault = ""
        self._looked = -_LOOK_AGAIN

    def ready(self) -> bool:
        """Say whether all can be written, as it was at the last look, some seconds ago at most."""
        if monotonic() - self._looked >= _LOOK_AGAIN:
            self.met(self._look())
        return not self._fault

    def met(self, fault: str) -> None:
        """Take note of a fault that someone met; an empty one is the end of it."""
        self._looked = monotonic()
        before, self._fault = self._fault, fault
        if bool(fault) != bool(before):
            self._tell(fault or "archive and catalogue can be written again")

    def _look(self) -> str:
        try:
            for probe in self._probes:
                probe()
        except Unavailable as error:
            return str(error)
        return ""
