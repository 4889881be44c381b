"""Numbers of a benchmark: printed in one line each, and compared only as ratios within one run."""

import pytest

from support.numbers import Show


@pytest.fixture
def show(capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest) -> Show:
    """Print a line of numbers, whatever pytest captures."""

    def line(what: str, *words: str) -> None:
        with capsys.disabled():
            print(f"\n{request.node.name}: {what}: {', '.join(words)}", end="")

    return line
