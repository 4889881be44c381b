"""What tells one state of a file from another."""

from types import SimpleNamespace

import pytest

from nbreduce.domain.run import FileStamp, stamp_of

LAST = 2**63 - 1


@pytest.mark.parametrize(
    ("mtime_ns", "kept"),
    [
        (0, 0),
        (1_790_000_000_123_456_789, 1_790_000_000_123_456_789),
        (10**20, LAST),
        (-(10**20), -LAST),
    ],
)
def test_a_time_that_no_database_holds_is_taken_as_the_last(mtime_ns: int, kept: int) -> None:
    status = SimpleNamespace(st_size=5, st_mtime_ns=mtime_ns)
    assert stamp_of(status) == FileStamp(size=5, mtime_ns=kept)
