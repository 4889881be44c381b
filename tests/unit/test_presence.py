"""Whether the service runs, and when it ended."""

from datetime import timedelta
from pathlib import Path

import pytest

from nbreduce.config import Config
from nbreduce.domain.model import now
from nbreduce.presence import ServiceLock, end_of, holder_of


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(workspace=tmp_path)


def test_the_end_of_a_service_is_known(config: Config) -> None:
    assert end_of(config.lock_path) is None
    with ServiceLock(config):
        assert holder_of(config.lock_path) is not None
    ended = end_of(config.lock_path)
    assert ended is not None
    assert abs(now() - ended) < timedelta(seconds=10)


def test_the_end_of_what_is_killed_or_no_service_is_not(config: Config) -> None:
    with ServiceLock(config, serves=False):
        pass
    assert end_of(config.lock_path) is None
    lock = ServiceLock(config)
    lock.__enter__()
    assert lock._stream is not None
    lock._stream.close()
    assert holder_of(config.lock_path) is None
    assert end_of(config.lock_path) is None
