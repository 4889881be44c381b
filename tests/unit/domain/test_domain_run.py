"""Names of runs and folders, and the rules by which templates choose their runs."""

from pathlib import Path, PurePosixPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nbreduce.domain.run import RunMetadata, run_name, safe_name
from nbreduce.domain.template import RunRule


@given(st.text())
def test_a_safe_name_is_one_component_that_stays(text: str) -> None:
    name = safe_name(text)
    assert name
    assert PurePosixPath(name).parts == (name,)
    assert name not in {".", ".."}
    assert not name.startswith(".")
    assert "\0" not in name
    assert safe_name(name) == name


@example("\N{HENTAIGANA LETTER A-1}" * 300)
@example("ﬀ" * 300)
@given(st.text(alphabet=st.characters(categories=["L", "N"]), min_size=1, max_size=300))
def test_a_safe_name_fits_any_file_system(text: str) -> None:
    assert len(safe_name(text).encode()) <= 70


def test_long_names_that_differ_only_at_their_ends_stay_apart() -> None:
    names = {safe_name("x" * 200 + end) for end in ("", "1", "2", "12")}
    assert len(names) == 4


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("../../etc/passwd", "etc_passwd"),
        ("RB 2510042/1", "RB_2510042_1"),
        ("Größe 3", "Größe_3"),
        ("", "unnamed"),
        ("...", "unnamed"),
        ("///", "unnamed"),
        ("a\nb\0c", "a_b_c"),
        ("C:\\x", "C_x"),
    ],
)
def test_safe_names(text: str, name: str) -> None:
    assert safe_name(text) == name


@pytest.mark.parametrize(
    ("number", "path", "name"),
    [
        (42, Path("/d/X00000042.nxs"), "42"),
        (0, Path("/d/a run.nxs"), "a_run"),
        (None, Path("/d/a run.nxs"), "a_run"),
        (None, None, "unnamed"),
    ],
)
def test_run_names(number: int | None, path: Path | None, name: str) -> None:
    assert run_name(number, path) == name


RUN = RunMetadata(run_number=42, title="CeO2 Calibration", counts=100)


@pytest.mark.parametrize(
    ("rule", "objection"),
    [
        (RunRule(), None),
        (RunRule(title="ceo2*"), None),
        (RunRule(title="*vanadium*"), "title 'CeO2 Calibration' does not match '*vanadium*'"),
        (RunRule(not_title="*CALIB*"), "title 'CeO2 Calibration' matches '*CALIB*'"),
        (RunRule(not_title="*vanadium*"), None),
        (RunRule(min_counts=100), None),
        (RunRule(min_counts=101), "only 100 counts, fewer than 101"),
        (RunRule(first_run=42, last_run=42), None),
        (RunRule(first_run=43), "run is before 43"),
        (RunRule(last_run=41), "run is after 41"),
    ],
)
def test_rules(rule: RunRule, objection: str | None) -> None:
    assert rule.objection(RUN) == objection


def test_rules_on_runs_of_which_little_is_known() -> None:
    empty = RunMetadata(counts=0)
    assert RunRule(min_counts=1).objection(empty) == "file has no counts"
    assert RunRule(min_counts=1).objection(RunMetadata()) is None
    assert RunRule(first_run=1).objection(empty) == "run is before 1"
    assert RunRule(last_run=1).objection(empty) == "run is after 1"


def test_every_condition_must_hold() -> None:
    rule = RunRule(title="ceo2*", min_counts=1, first_run=100)
    assert rule.objection(RUN) == "run is before 100"
