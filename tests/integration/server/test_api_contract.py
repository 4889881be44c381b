"""The API against its own description: whatever is asked, it answers as the document says, and never with a defect."""

import subprocess
import sys
from pathlib import Path

import pytest

from support.api import Api

SETTINGS = Path(__file__).with_name("schemathesis.toml")


@pytest.mark.timeout(600)
def test_made_up_requests_are_answered_as_the_document_says(api: Api, tmp_path: Path) -> None:
    told = subprocess.run(
        [
            str(Path(sys.executable).with_name("schemathesis")),
            *("--no-color", "--config-file", str(SETTINGS)),
            *("run", f"{api.url}/openapi.json"),
            *("--header", f"Authorization: token {api.token}"),
            *("--max-examples", "10", "--generation-deterministic", "--request-timeout", "60"),
            *("--suppress-health-check", "all"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert told.returncode == 0, told.stdout[-10_000:] + told.stderr[-2_000:]
    assert " generated" in told.stdout
