"""Reading records back: hostile files are told, one by one, and stop nothing."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from nbreduce.archive.records import (
    MAX_RUN_BYTES,
    Found,
    RecordError,
    read_record,
    read_run_record,
    walk,
)
from nbreduce.domain.record import Record, RunRecord
from nbreduce.domain.template import TemplateMetadata
from support.making import make_reduction, make_run

RUN = make_run()
RECORD = Record(
    nbreduce="0", run=RUN, reduction=make_reduction(), template=TemplateMetadata(title="t")
)


def text_of(record: Record = RECORD) -> str:
    return json.dumps({"metadata": {"nbreduce": record.model_dump(mode="json")}})


def write(root: Path, text: str | bytes, version: str = "v1", name: str = "a.ipynb") -> Path:
    path = root / "DEMO" / "RB1" / "42" / "work" / version / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_record_comes_back(tmp_path: Path) -> None:
    assert read_record(write(tmp_path, text_of())) == RECORD
    run = RunRecord(run=RUN)
    path = tmp_path / "run.json"
    path.write_text(run.model_dump_json())
    assert read_run_record(path) == run


def changed(**changes: Any) -> str:
    content = json.loads(text_of())
    content["metadata"]["nbreduce"] |= changes
    return json.dumps(content)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "a.ipynb: Expecting value"),
        (b"{", "a.ipynb: "),
        (b"\xff\xfe\x00", "a.ipynb: "),
        (b"[" * 200_000, "a.ipynb: "),
        (b"[]", "does not hold an object"),
        (b"{}", "has no record"),
        (b'{"metadata": []}', "has no record"),
        (b'{"metadata": {"nbreduce": null}}', "has no record"),
        (b'{"metadata": {"nbreduce": 5}}', "a.ipynb: "),
        (b'{"metadata": {"nbreduce": {"title": "a template"}}}', "a.ipynb: "),
        (changed(colour="red"), "colour: Extra inputs"),
        (changed(reduction={}), "reduction.id: Field required"),
        (changed(run=None), "run: Input should be"),
        (changed(format=2), "format"),
    ],
)
def test_what_is_no_record(tmp_path: Path, text: str | bytes, words: str) -> None:
    with pytest.raises(RecordError, match=r"a\.ipynb") as caught:
        read_record(write(tmp_path, text))
    assert words in str(caught.value)


def test_a_run_file_that_is_huge_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    path.touch()
    os.truncate(path, MAX_RUN_BYTES + 1)
    with pytest.raises(RecordError, match="larger than"):
        read_run_record(path)


def test_a_walk_goes_on_past_everything(tmp_path: Path) -> None:
    good = write(tmp_path, text_of())
    write(tmp_path, "{", "v2")
    write(tmp_path, text_of(), "v3", "a.txt")
    write(tmp_path, text_of(), "vx")
    (tmp_path / "DEMO" / "run.json").write_text("[]")
    loop = tmp_path / "DEMO" / "loop"
    loop.symlink_to(tmp_path / "DEMO")
    latest = good.parents[1] / "latest"
    latest.symlink_to("v1")
    (good.parents[1] / "v5").mkdir()
    (good.parents[1] / "v5" / "a.ipynb").symlink_to("/nowhere")
    (good.parents[1] / "v6" / "a.ipynb").mkdir(parents=True)
    hidden = tmp_path / ".store" / "staging" / "v1" / "a.ipynb"
    hidden.parent.mkdir(parents=True)
    hidden.write_text(text_of())
    found = list(walk(tmp_path))
    assert [one.path for one in found if isinstance(one, Found)] == [good]
    problems = [str(one) for one in found if isinstance(one, RecordError)]
    assert len(problems) == 3
    for part in ("v2/a.ipynb", "DEMO/run.json", "v5/a.ipynb"):
        assert [words for words in problems if part in words]


def test_a_pipe_in_the_place_of_a_file_does_not_hang(tmp_path: Path) -> None:
    folder = tmp_path / "DEMO" / "RB1" / "42"
    folder.mkdir(parents=True)
    os.mkfifo(folder / "run.json")
    (problem,) = walk(tmp_path)
    assert isinstance(problem, RecordError)


def test_a_run_comes_before_its_reductions(tmp_path: Path) -> None:
    for experiment in ("RB2", "RB1"):
        run = make_run(experiment=experiment)
        folder = tmp_path / "DEMO" / experiment / "42"
        (folder / "work" / "v1").mkdir(parents=True)
        (folder / "work" / "v1" / "a.ipynb").write_text(text_of())
        (folder / "run.json").write_text(RunRecord(run=run).model_dump_json())
    kinds = [type(one.record).__name__ for one in walk(tmp_path) if isinstance(one, Found)]
    assert kinds == ["RunRecord", "Record", "RunRecord", "Record"]
