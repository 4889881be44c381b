"""Values with their units, logs in parts."""

from pathlib import Path

import pytest

from nbreduce import lookup
from nbreduce.archive.layout import LOG_FILE
from nbreduce.domain.parameters import Source, Value
from nbreduce.provenance import lists_conda_packages, published_as, template_then, used_values
from nbreduce.templates.publications import Publication, PublicationError, record_publication
from nbreduce.workspace import Workspace, create_workspace
from support.making import START, at, make_reduction, make_run, submitted


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return create_workspace(tmp_path / "site")


def test_values_of_a_template_that_was_not_kept_have_no_units(workspace: Workspace) -> None:
    reduction = make_reduction()
    assert template_then(workspace, reduction) is None
    (used,) = used_values(reduction, None)
    assert (used.name, used.value, used.unit) == ("d_min", 0.7, "")


def test_values_stand_as_in_the_parameters_cell(workspace: Workspace) -> None:
    template = workspace.library.template("ENGINX", "powder")
    workspace.archive.keep_template(template)
    value = Value(value=1, source=Source.REQUEST)
    reduction = make_reduction(
        template="powder",
        template_sha256=template.sha256,
        parameters={"gone": value, "d_max": value, "d_min": value},
    )
    used = used_values(reduction, template_then(workspace, reduction))
    assert [(one.name, one.unit) for one in used] == [
        ("d_min", "angstrom"),
        ("d_max", "angstrom"),
        ("gone", ""),
    ]


def publish(workspace: Workspace, seconds: float, sha256: str) -> None:
    told = {"instrument": "DEMO", "template": "work", "message": "narrower", "person": "ben"}
    published = {**told, "version": 1, "sha256": sha256, "time": at(seconds)}
    record_publication(workspace.archive, Publication.model_validate(published))


def test_the_published_version_is_that_of_when_it_was_queued(workspace: Workspace) -> None:
    run, reduction = make_run(), make_reduction(template_sha256="a" * 64, queued=at(50))
    assert published_as(workspace, run, reduction) is None
    publish(workspace, 0, "b" * 64)
    assert published_as(workspace, run, reduction) is None
    for seconds, sha256 in ((60, "a"), (70, "b"), (80, "a")):
        publish(workspace, seconds, sha256 * 64)
    later = published_as(workspace, run, reduction)
    assert later is not None and later.version == 2
    then = published_as(workspace, run, reduction.model_copy(update={"queued": at(90)}))
    assert then is not None and then.version == 4


def test_a_damaged_record_of_a_version_is_no_missing_one(workspace: Workspace) -> None:
    folder = workspace.archive.layout.published("DEMO", "work")
    folder.mkdir(parents=True)
    (folder / "1.json").write_text("{")
    with pytest.raises(PublicationError):
        published_as(workspace, make_run(), make_reduction())


def write_log(workspace: Workspace, content: bytes) -> Path:
    staged = workspace.archive.layout.staging(submitted(make_reduction(), START), 1)
    staged.mkdir(parents=True)
    (staged / LOG_FILE).write_bytes(content)
    return staged / LOG_FILE


def test_a_log_is_followed_by_whole_characters(workspace: Workspace) -> None:
    run, reduction = make_run(), submitted(make_reduction(), START)
    part = lookup.part_of_log(workspace, run, reduction, 1, 0)
    assert (part.text, part.end, part.more) == ("", 0, False)
    content = "größer\n".encode()
    path = write_log(workspace, content[:3])
    part = lookup.part_of_log(workspace, run, reduction, 1, part.end)
    assert (part.text, part.end) == ("gr", 2)
    path.write_bytes(content)
    part = lookup.part_of_log(workspace, run, reduction, 1, part.end)
    assert (part.text, part.end) == ("ößer\n", len(content))


def test_a_long_log_is_given_from_a_late_line_on(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookup, "MAX_LOG_PART", 10)
    write_log(workspace, b"first line\nsecond\nthird\n")
    run, reduction = make_run(), submitted(make_reduction(), START)
    assert lookup.part_of_log(workspace, run, reduction, 1, None).text == "third\n"
    part = lookup.part_of_log(workspace, run, reduction, 1, 0)
    assert (part.text, part.more) == ("first line", True)
    rest = lookup.part_of_log(workspace, run, reduction, 1, part.end)
    assert (rest.text, rest.more) == ("\nsecond\nth", True)
    assert not lookup.part_of_log(workspace, run, reduction, 1, rest.end).more


def test_a_lock_file_says_whether_conda_could_install_it(tmp_path: Path) -> None:
    path = tmp_path / "lock.yml"
    path.write_text("package:\n- name: numpy\n  manager: pip\n")
    assert not lists_conda_packages(path)
    path.write_text("package:\n- name: python\n  manager: conda\n")
    assert lists_conda_packages(path)
