"""`nbreduce demo` as a program sees it."""

from pathlib import Path

from support.commands import nbreduce
from support.services import processes_in

TIMEOUT = 200


def test_the_demonstration_ends_as_it_should(tmp_path: Path) -> None:
    words = ("demo", tmp_path / "demo", "--no-lab", "--runs", "6", "--interval", "0.2", "--json")
    told = nbreduce(*words, variables={"NBREDUCE_MANIFESTS__ASK_INDEX": "false"}, timeout=TIMEOUT)
    assert told.code == 0, told.words
    lines = told.json
    assert len(lines) == 6
    assert all(line["as_expected"] for line in lines)
    assert {line["instrument"] for line in lines} == {"ENGINX", "HIFI"}
    states = [line["state"] for line in lines]
    assert states.count("succeeded") >= 4
    assert all(line["reason"] for line in lines if line["state"] != "succeeded")
    assert processes_in(tmp_path) == []
    again = nbreduce(*words)
    assert again.code == 2
    assert "is there already" in again.err
    listed = nbreduce("runs", "--json", "-w", tmp_path / "demo")
    assert len(listed.json) == 6


def test_a_demonstration_that_goes_wrong_says_so_by_its_exit_code(tmp_path: Path) -> None:
    """Its environment names a kernel that is not there, as it may on a damaged installation."""
    told = nbreduce(
        *("demo", tmp_path / "demo", "--no-lab", "--runs", "2", "--interval", "0", "--json"),
        variables={
            "NBREDUCE_MANIFESTS__ASK_INDEX": "false",
            "NBREDUCE_ENVIRONMENTS__DEFAULT__KERNELSPEC": "no-such-kernel",
        },
        timeout=TIMEOUT,
    )
    assert told.code == 1, told.words
    assert [line["state"] for line in told.json] == ["failed", "failed"]
    assert [line["as_expected"] for line in told.json] == [False, False]
    assert "no-such-kernel" in told.json[0]["reason"]
