"""The archive: publishing is one step and fenced, `latest` never goes back, what is sealed stays as it is."""

import json
import os
import stat
from pathlib import Path

import pytest

from nbreduce.archive.contents import keep_files
from nbreduce.archive.files import ArchiveUnavailable, remove_tree, seal, sha256_of
from nbreduce.archive.records import RecordError
from nbreduce.archive.store import Archive, AttemptGivenUp, ReductionExists
from nbreduce.domain.record import Record, RunRecord
from nbreduce.domain.reduction import Reduction, ended_by
from nbreduce.domain.states import State
from nbreduce.domain.template import TemplateMetadata
from nbreduce.templates.library import read_template
from support.making import (
    at,
    make_outcome,
    make_reduction,
    make_run,
    notebook,
    started,
    submitted,
    write_template,
)

RUN = make_run()


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    made = Archive(tmp_path / "archive")
    made.prepare()
    return made


def running(version: int = 1, attempts: int = 1) -> Reduction:
    reduction = make_reduction(id=version, version=version)
    for _ in range(attempts):
        reduction = started(submitted(reduction, at(1)), at(2))
    return reduction


def staged(archive: Archive, reduction: Reduction, state: State = State.SUCCEEDED) -> Path:
    """Do what a worker does up to publishing: a staged folder with record and output."""
    folder = archive.stage(reduction, reduction.attempts[-1].number)
    ended = ended_by(reduction, make_outcome(state, None, at(2), at(3)))
    record = Record(nbreduce="0", run=RUN, reduction=ended, template=TemplateMetadata(title="t"))
    content = {"metadata": {"nbreduce": record.model_dump(mode="json")}}
    (folder / f"{reduction.name}.ipynb").write_text(json.dumps(content))
    (folder / "outputs" / "a.dat").write_bytes(b"abc")
    return folder


def test_a_published_reduction_is_whole_read_only_and_alone(archive: Archive) -> None:
    reduction = running()
    folder = staged(archive, reduction)
    target = archive.publish(folder, RUN, reduction)
    assert target == archive.root / "DEMO" / "RB1" / "42" / "work" / "v1"
    assert not folder.exists()
    assert archive.layout.notebook(RUN, reduction).name == "DEMO42-work-v1.ipynb"
    assert (target / "outputs" / "a.dat").read_bytes() == b"abc"
    for path in (target, *target.rglob("*")):
        assert not path.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH), path
    assert [path for path in archive.layout.stagings.iterdir() if path.is_dir()] == []


def test_a_second_publish_is_refused_and_leaves_the_first(archive: Archive) -> None:
    reduction = running()
    target = archive.publish(staged(archive, reduction), RUN, reduction)
    before = {path: sha256_of(path) for path in target.rglob("*") if path.is_file()}
    late = running(attempts=2)
    with pytest.raises(ReductionExists):
        archive.publish(staged(archive, late), RUN, late)
    assert {path: sha256_of(path) for path in target.rglob("*") if path.is_file()} == before


def test_an_attempt_that_was_withdrawn_publishes_nothing(archive: Archive) -> None:
    reduction = running()
    folder = staged(archive, reduction)
    assert archive.withdraw(RUN, reduction) is None
    assert not folder.exists()
    with pytest.raises(OSError):
        archive.publish(folder, RUN, reduction)
    assert not archive.layout.reduction(RUN, reduction).exists()
    assert [path for path in archive.layout.stagings.iterdir() if path.is_dir()] == []


def test_an_attempt_that_was_quicker_is_adopted(archive: Archive) -> None:
    reduction = running()
    archive.publish(staged(archive, reduction), RUN, reduction)
    record = archive.withdraw(RUN, reduction)
    assert record is not None
    assert record.reduction.state is State.SUCCEEDED
    assert record.reduction.attempts[-1].outcome == "succeeded"
    assert archive.layout.reduction(RUN, reduction).is_dir()


def test_withdrawing_one_attempt_leaves_the_next_alone(archive: Archive) -> None:
    first, second = running(), running(attempts=2)
    staged(archive, first)
    assert archive.withdraw(RUN, first) is None
    folder = staged(archive, second)
    assert archive.withdraw(RUN, first) is None
    archive.publish(folder, RUN, second)
    assert archive.withdraw(RUN, second) is not None


def test_withdrawing_before_anything_was_staged(archive: Archive) -> None:
    assert archive.withdraw(RUN, running()) is None


def test_a_publish_in_the_middle_of_a_withdrawal_is_adopted(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker renames its folder between the service's look at it and the service's rename."""
    reduction = running()
    folder = staged(archive, reduction)
    rename = Path.rename

    def late(path: Path, target: Path) -> Path:
        if path == folder and str(target).endswith(".withdrawn"):
            monkeypatch.setattr(Path, "rename", rename)
            archive.publish(folder, RUN, reduction)
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", late)
    record = archive.withdraw(RUN, reduction)
    assert record is not None
    assert archive.layout.reduction(RUN, reduction).is_dir()


def test_a_kernel_that_still_writes_does_not_hinder_a_withdrawal(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    reduction = running()
    folder = staged(archive, reduction)
    withdrawn = folder.with_name(f"{folder.name}.withdrawn")
    rmdir = os.rmdir

    def write_once_more(path: str, *arguments: object, **options: object) -> None:
        if withdrawn.is_dir() and not (withdrawn / "late.dat").exists():
            (withdrawn / "late.dat").write_text("x")
        rmdir(path, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "rmdir", write_once_more)
    assert archive.withdraw(RUN, reduction) is None
    monkeypatch.undo()
    assert not folder.exists()
    archive.clear_stagings()
    assert [path for path in archive.layout.stagings.iterdir() if path.is_dir()] == []


def test_staging_anew_leaves_nothing_of_an_earlier_try(archive: Archive) -> None:
    reduction = running()
    folder = staged(archive, reduction)
    seal(folder)
    again = archive.stage(reduction, 1)
    assert again == folder
    assert [path.name for path in folder.iterdir()] == ["outputs"]
    assert list((folder / "outputs").iterdir()) == []


def test_long_names_work_and_stay_apart(archive: Archive) -> None:
    run = make_run(name="x" * 70, instrument="I" * 70, experiment="e" * 300)
    both = [
        submitted(make_reduction(run, id=n, template="t" * 70, version=n), at(1)) for n in (1, 2)
    ]
    folders = [archive.stage(one, 1) for one in both]
    assert folders[0] != folders[1]
    for one, folder in zip(both, folders, strict=True):
        (folder / f"{one.name}.ipynb").write_text("{}")
        assert archive.publish(folder, run, one).is_dir()
        assert archive.layout.notebook(run, one).is_file()


def test_latest_follows_versions_and_never_goes_back(archive: Archive) -> None:
    latest = archive.layout.template(RUN, "work") / "latest"
    for version, newest in ((2, "v2"), (1, "v2"), (10, "v10"), (9, "v10"), (10, "v10")):
        (latest.parent / f"v{version}").mkdir(parents=True, exist_ok=True)
        archive.point_latest(RUN, running(version))
        assert str(latest.readlink()) == newest
        assert latest.is_dir()
    assert [path.name for path in latest.parent.iterdir() if path.name.startswith(".")] == []


def test_latest_is_pointed_after_a_crash_in_the_middle(archive: Archive) -> None:
    folder = archive.layout.template(RUN, "work")
    (folder / "v1").mkdir(parents=True)
    (folder / ".latest.tmp").symlink_to("v7")
    archive.point_latest(RUN, running())
    assert str((folder / "latest").readlink()) == "v1"


def test_sealing_changes_no_content_and_follows_no_link(tmp_path: Path) -> None:
    outside = tmp_path / "outside.dat"
    outside.write_text("mine")
    folder = tmp_path / "folder"
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / "deep" / "er" / "a").write_bytes(os.urandom(5000))
    (folder / "link").symlink_to(outside)
    (folder / "broken").symlink_to("nowhere")
    digest = sha256_of(folder / "deep" / "er" / "a")
    seal(folder)
    assert sha256_of(folder / "deep" / "er" / "a") == digest
    assert stat.S_IMODE((folder / "deep" / "er" / "a").stat().st_mode) == 0o444
    assert stat.S_IMODE((folder / "deep").stat().st_mode) == 0o555
    assert outside.stat().st_mode & stat.S_IWUSR
    remove_tree(folder)
    assert not folder.exists()
    assert outside.read_text() == "mine"


def test_removing_what_is_not_there_or_a_link(tmp_path: Path) -> None:
    remove_tree(tmp_path / "none")
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    remove_tree(tmp_path / "link")
    assert (tmp_path / "real").is_dir()


def test_templates_and_modules_are_kept_by_content(archive: Archive, tmp_path: Path) -> None:
    path = write_template(tmp_path / "DEMO", notebook())
    (path.parent / "steps.py").write_text("x = 1\n")
    template = read_template(path)
    folder = archive.keep_template(template)
    assert folder.name == template.sha256
    assert sorted(one.name for one in folder.iterdir()) == ["steps.py", "work.ipynb"]
    path.write_text("changed")
    assert archive.keep_template(template) == folder
    assert (folder / "work.ipynb").read_text() != "changed"
    modules = archive.keep_kernel_modules()
    assert (modules / "nbreduce_kernel" / "__init__.py").is_file()
    assert archive.keep_kernel_modules() == modules


def test_a_template_that_changes_while_it_is_kept_is_not_kept_under_a_wrong_name(
    archive: Archive, tmp_path: Path
) -> None:
    path = write_template(tmp_path / "DEMO", notebook())
    template = read_template(path)
    path.write_text(path.read_text() + " ")
    with pytest.raises(Exception, match="changed"):
        archive.keep_template(template)
    assert not (archive.layout.templates / template.sha256).exists()


def test_an_archive_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    archive = Archive(tmp_path / "file" / "archive")
    for use in (
        archive.prepare,
        archive.probe,
        archive.keep_kernel_modules,
        lambda: archive.write_run(RunRecord(run=RUN)),
        lambda: archive.point_latest(RUN, running()),
    ):
        with pytest.raises(ArchiveUnavailable, match="the archive cannot be written at"):
            use()


def test_an_attempt_that_was_given_up_before_it_began_does_not_begin(archive: Archive) -> None:
    reduction = running()
    assert archive.withdraw(RUN, reduction) is None
    with pytest.raises(AttemptGivenUp):
        archive.stage(reduction, reduction.attempts[-1].number)
    assert not archive.layout.staging(reduction, reduction.attempts[-1].number).exists()


def test_the_record_of_another_attempt_is_not_adopted(archive: Archive) -> None:
    first = running()
    archive.publish(staged(archive, first), RUN, first)
    with pytest.raises(RecordError, match="another attempt"):
        archive.withdraw(RUN, running(attempts=2))


def test_a_copy_that_cannot_be_finished_leaves_nothing(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "there").write_text("1")
    files = {"a/there": tmp_path / "there", "missing": tmp_path / "missing"}
    with pytest.raises((ArchiveUnavailable, FileNotFoundError)):
        keep_files(archive.layout.templates / "0123", files)
    assert list(archive.layout.templates.iterdir()) == []
