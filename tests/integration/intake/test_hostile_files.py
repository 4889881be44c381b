"""The metadata reader on files that are bad on purpose: each gives a run with notes, or a clear reason."""

import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.hostile import CORPUS, Hostile, write_run
from data.powers import bound_command
from nbreduce.domain.run import RunMetadata
from nbreduce.intake.nexus import MetadataReader, UnreadableRun, shown


@pytest.fixture(scope="module")
def reader() -> Iterator[MetadataReader]:
    with MetadataReader() as reader:
        yield reader


@pytest.mark.parametrize("hostile", CORPUS, ids=lambda hostile: hostile.name)
def test_every_hostile_file_gives_a_run_or_a_reason(
    reader: MetadataReader, tmp_path: Path, hostile: Hostile
) -> None:
    path = hostile.make(tmp_path)
    before = reader.pid
    if hostile.kind:
        with pytest.raises(UnreadableRun) as caught:
            reader.read(path)
        assert caught.value.kind == hostile.kind, str(caught.value)
        assert shown(Path(path.name)) in str(caught.value)
        assert caught.value.hint
    else:
        found = reader.read(path)
        assert found.run_number == 4217
        assert hostile.note in "; ".join(found.notes)
        assert bool(hostile.note) == bool(found.notes)
        assert "secret" not in found.model_dump_json()
    assert before in (None, reader.pid), "the child was lost on this file"


@pytest.mark.parametrize("seed", range(4))
def test_flipped_bytes_never_hang_or_crash_the_caller(tmp_path: Path, seed: int) -> None:
    """Some of these files make the HDF5 library run for ever, one makes it crash."""
    source = write_run(tmp_path / "FLIP00004217.nxs").read_bytes()
    dice, path = random.Random(seed), tmp_path / "FLIPPED00004217.nxs"
    outcomes = set()
    with MetadataReader(timeout=1) as reader:
        for _ in range(100):
            path.write_bytes(_flipped(source, dice))
            begun = time.monotonic()
            try:
                outcomes.add(type(reader.read(path)))
            except UnreadableRun as why:
                outcomes.add(type(why))
            assert time.monotonic() - begun < 5
    assert outcomes == {RunMetadata, UnreadableRun}


def _flipped(source: bytes, dice: random.Random) -> bytes:
    data = bytearray(source)
    for _ in range(dice.choice((1, 4, 64))):
        data[dice.randrange(len(data))] = dice.randrange(256)
    return bytes(data)


def test_a_file_that_is_cut_anywhere_is_unreadable(reader: MetadataReader, tmp_path: Path) -> None:
    whole = write_run(tmp_path / "CUT00004217.nxs").read_bytes()
    path = tmp_path / "CUT.nxs"
    for size in range(0, len(whole), 97):
        path.write_bytes(whole[:size])
        with pytest.raises(UnreadableRun) as caught:
            reader.read(path)
        assert caught.value.kind in ("empty", "damaged", "truncated"), size


class _BoundReader(MetadataReader):
    def _command(self) -> list[str]:
        return bound_command(super()._command())


def test_a_file_without_permission(tmp_path: Path) -> None:
    path = write_run(tmp_path / "CLOSED00004217.nxs")
    path.chmod(0)
    with _BoundReader() as reader, pytest.raises(UnreadableRun, match="may not be read") as caught:
        reader.read(path)
    assert caught.value.kind == "denied"


def test_a_name_that_is_not_utf8(reader: MetadataReader, tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9 00004217.nxs")
    write_run(tmp_path / "plain.nxs").rename(path)
    assert reader.read(path).run_number == 4217
    path.write_bytes(b"")
    with pytest.raises(UnreadableRun) as caught:
        reader.read(path)
    assert str(caught.value).encode()
