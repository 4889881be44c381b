"""The API against its own description: whatever is asked, it answers as the document says, and never with a defect."""

import subprocess
import sys
from pathlib import Path

import pytest

from support.api import Api, running_api
from support.filled import filled_site

SETTINGS = Path(__file__).with_name("schemathesis.toml")


@pytest.mark.timeout(600)
def test_made_up_requests_are_answered_as_the_document_says(tmp_path: Path) -> None:
    """In a workspace of its own: some of the requests make templates, or try them."""
    site = filled_site(tmp_path / "ws")
    with running_api(tmp_path, site.path) as api:
        told = asked(api, tmp_path)
    said = api.log.read_text()
    assert told.returncode == 0, failures(told.stdout) + told.stderr
    assert " generated" in told.stdout
    assert "Traceback" not in said, said[-10_000:]


def failures(said: str) -> str:
    """Return what is told of failures, each line as far as a person reads."""
    told = said.partition("= FAILURES =")[2].partition("= WARNINGS =")[0]
    return "\n".join(line[:500] for line in told.splitlines())


def asked(api: Api, folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [
            str(Path(sys.executable).with_name("schemathesis")),
            *("--no-color", "--config-file", str(SETTINGS)),
            *("run", f"{api.url}/openapi.json"),
            *("--header", f"Authorization: token {api.token}"),
            *("--max-examples", "10", "--generation-deterministic", "--request-timeout", "60"),
            *("--suppress-health-check", "all"),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
