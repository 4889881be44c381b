"""The transcript for those who watch: what it tells is what the notebook holds, whatever happens to the outputs."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from nbreduce.execution import transcript as module
from nbreduce.execution.transcript import Transcript, read_lines
from support.transcripts import lines_of, outputs_of, replay


def make_notebook(cells: int = 2) -> Any:
    return new_notebook(
        cells=[new_markdown_cell("# Text"), *(new_code_cell("x") for _ in range(cells))]
    )


def text(words: str) -> Any:
    return new_output("stream", name="stdout", text=words)


def display(words: str) -> Any:
    return new_output("display_data", data={"text/plain": words})


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["print", "show", "update", "clear", "tell"]),
        st.integers(0, 5),
        st.text(max_size=3),
    ),
    max_size=30,
)


def do(outputs: list[Any], step: str, place: int, words: str) -> None:
    """Change outputs as nbclient does."""
    shown = [one for one in outputs if "data" in one]
    if step == "print":
        outputs.append(text(words))
    elif step == "show":
        outputs.append(display(words))
    elif step == "update" and shown:
        shown[place % len(shown)]["data"] = {"text/plain": words}
    elif step == "clear":
        outputs[:] = []


@given(first=STEPS, second=STEPS)
def test_a_watcher_has_what_the_notebook_has(
    tmp_path_factory: pytest.TempPathFactory, first: Any, second: Any
) -> None:
    path = tmp_path_factory.getbasetemp() / "watched.jsonl"
    notebook = make_notebook()
    transcript = Transcript(path, interval=0)
    transcript.begin(notebook)
    for index, steps in enumerate((first, second), 1):
        transcript.cell_started(index, index, 2)
        notebook.cells[index].outputs = []
        for step, place, words in steps:
            # The second cell changes what the first has shown, too.
            target = notebook.cells[1 if step == "update" else index].outputs
            do(target, step, place, words)
            if step == "tell":
                transcript.changed()
        notebook.cells[index].execution_count = index
        transcript.cell_ended(index, "completed", 0.1)
    transcript.ended()
    told = replay(lines_of(path))
    transcript.remove()
    assert told["cells"] == notebook.cells
    assert not path.exists()


def begun(path: Path, **options: Any) -> tuple[Transcript, Any]:
    notebook = make_notebook()
    transcript = Transcript(path, interval=0, **options)
    transcript.begin(notebook)
    transcript.cell_started(1, 1, 2)
    return transcript, notebook


def test_nothing_is_written_twice(tmp_path: Path) -> None:
    transcript, notebook = begun(tmp_path / "j")
    for number in range(200):
        notebook.cells[1].outputs.append(display(f"plot {number}" * 100))
        transcript.changed()
    transcript.cell_ended(1, "completed", 1.0)
    written = [line for line in lines_of(tmp_path / "j") if line["kind"] == "outputs"]
    assert [line["from"] for line in written] == list(range(200))
    assert {len(line["outputs"]) for line in written} == {1}
    transcript.remove()


def test_it_is_bounded_and_goes_on_with_the_course(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_CHARACTERS", 10_000)
    transcript, notebook = begun(tmp_path / "j")
    notebook.cells[1].outputs.append(display("small"))
    for number in range(100):
        notebook.cells[1].outputs[0]["data"] = {"text/plain": f"{number}" * 1000}
        transcript.changed()
    transcript.cell_ended(1, "completed", 1.0)
    transcript.cell_started(2, 2, 2)
    transcript.cell_ended(2, "failed", None)
    kinds = [line["kind"] for line in lines_of(tmp_path / "j")]
    assert kinds.count("full") == 1
    assert kinds[-4:] == ["full", "end", "start", "end"]
    assert (tmp_path / "j").stat().st_size < 15_000
    transcript.remove()


def test_one_that_cannot_be_written_harms_nothing_and_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    told: list[str] = []
    transcript, notebook = begun(tmp_path / "file" / "j", tell=told.append)
    notebook.cells[1].outputs.append(text("x"))
    transcript.changed()
    transcript.cell_ended(1, "completed", 1.0)
    transcript.remove()
    assert len(told) == 1
    assert "cannot be watched" in told[0]


def test_one_that_holds_what_json_has_not_ends_there(tmp_path: Path) -> None:
    told: list[str] = []
    transcript, notebook = begun(tmp_path / "j", tell=told.append)
    notebook.cells[1].outputs.append(
        new_output("display_data", data={"application/json": {"x": float("nan")}})
    )
    transcript.cell_ended(1, "completed", 1.0)
    transcript.cell_started(2, 2, 2)
    assert len(told) == 1
    assert [line["kind"] for line in lines_of(tmp_path / "j")] == ["notebook", "start"]


def test_without_a_path_it_does_nothing() -> None:
    transcript, notebook = begun(None)  # type: ignore[arg-type]
    notebook.cells[1].outputs.append(text("x"))
    transcript.changed()
    transcript.cell_ended(1, "completed", 1.0)
    transcript.remove()


def test_outputs_of_a_template_are_not_told_as_new(tmp_path: Path) -> None:
    notebook = make_notebook()
    notebook.cells[1].outputs.append(text("of yesterday"))
    transcript = Transcript(tmp_path / "j")
    transcript.begin(notebook)
    transcript.ended()
    assert outputs_of(replay(lines_of(tmp_path / "j"))) == [[], []]
    assert notebook.cells[1].outputs != []
    transcript.remove()


def test_a_reader_gets_whole_lines_only_and_goes_on_where_it_was(tmp_path: Path) -> None:
    path = tmp_path / "j"
    assert read_lines(path, 0) == ([], 0)
    path.write_bytes(b"one\ntwo\nthr")
    assert read_lines(path, 0) == ([b"one\n", b"two\n"], 8)
    assert read_lines(path, 8) == ([], 8)
    path.write_bytes(b"one\ntwo\nthree\n")
    assert read_lines(path, 8) == ([b"three\n"], 14)
    assert read_lines(path, 1000)[0][0] == b"one\n"


def test_a_reader_takes_much_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BATCH", 100)
    path = tmp_path / "j"
    path.write_bytes(b"".join(b"x" * 60 + b"\n" for _ in range(10)))
    offset, parts = 0, 0
    while found := read_lines(path, offset):
        lines, offset = found
        if not lines:
            break
        assert len(lines) == 2
        parts += 1
    assert parts == 5
