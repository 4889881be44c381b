"""A file that is written in one step is whole for every reader, however its writer dies."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nbreduce.archive.files import write_atomic

WRITER = """
import itertools, json, sys
from pathlib import Path
from nbreduce.archive.files import write_atomic
print("ready", flush=True)
for number in itertools.count():
    content = {"number": number, "padding": "x" * 300_000, "end": number}
    write_atomic(Path(sys.argv[1]), json.dumps(content).encode())
"""
KILLS = 15


def test_killed_writers_leave_whole_files(tmp_path: Path) -> None:
    path = tmp_path / "notebook.ipynb"
    write_atomic(path, b'{"number": -1, "end": -1}')
    chance, read = random.Random(5), 0
    for _ in range(KILLS):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True
        ) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "ready\n"
            end = time.monotonic() + chance.uniform(0.0, 0.15)
            while time.monotonic() < end:
                content = json.loads(path.read_bytes())
                assert content["number"] == content["end"]
                read += 1
            writer.send_signal(signal.SIGKILL)
        content = json.loads(path.read_bytes())
        assert content["number"] == content["end"]
    assert read > KILLS


def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.json"
    write_atomic(path, b"old")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_atomic(path, b"new")
    assert path.read_bytes() == b"old"
    assert [one.name for one in tmp_path.iterdir()] == ["a.json"]
