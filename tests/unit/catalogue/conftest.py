"""A new catalogue for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from nbreduce.catalogue.core import Catalogue


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    opened = Catalogue(f"sqlite:///{tmp_path / 'catalogue.db'}")
    opened.upgrade()
    yield opened
    opened.close()
