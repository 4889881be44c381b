import copy
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from nbreduce.environments import CaptureFailed
from nbreduce.environments.capture import capture, understand
from nbreduce.environments.snapshot import Package, Snapshot
from support.environments import conda_record, environment, install, make_venv, site_of

ANSWER: dict[str, Any] = {
    "python": "3.11.2",
    "implementation": "CPython",
    "system": "linux",
    "machine": "x86_64",
    "bits": 64,
    "libc": "glibc 2.36",
    "distributions": [
        {
            "name": "Toy_Package",
            "version": "1.0",
            "direct_url": None,
            "installer": "pip",
            "tags": ["py3-none-any"],
        }
    ],
    "conda": [],
    "broken": [],
}


@pytest.fixture
def python(tmp_path: Path) -> Path:
    return make_venv(tmp_path / "env")


def by_name(snapshot: Snapshot) -> dict[str, Package]:
    return {package.name: package for package in snapshot.packages}


def changed(**fields: object) -> dict[str, Any]:
    answer = copy.deepcopy(ANSWER)
    answer["distributions"][0].update(fields)
    return answer


def test_the_interpreter_and_its_platform(python: Path) -> None:
    snapshot = capture(environment(python))
    version = ".".join(map(str, sys.version_info[:3]))
    assert snapshot.python == f"{version} CPython"
    assert snapshot.platform.startswith("linux-")
    assert snapshot.packages == ()


def test_a_package_from_an_index(python: Path) -> None:
    install(site_of(python), "Toy-Package", "1.0", tag="cp311-cp311-linux_x86_64")
    package = by_name(capture(environment(python)))["toy-package"]
    assert (package.manager, package.version, package.origin) == ("pip", "1.0", "index")
    assert package.tags == ("cp311-cp311-linux_x86_64",)
    assert package.missing == "the index was not asked"


@pytest.mark.parametrize(
    ("direct_url", "origin", "url", "sha256"),
    [
        ({"url": "file:///src/toy", "dir_info": {"editable": True}}, "editable",
         "file:///src/toy", ""),
        ({"url": "file:///src/toy", "dir_info": {}}, "folder", "file:///src/toy", ""),
        ({"url": "https://me:secret@git.invalid/toy", "subdirectory": "a/b",
          "vcs_info": {"vcs": "git", "commit_id": "c0ffee"}}, "vcs",
         "git+https://git.invalid/toy@c0ffee#subdirectory=a/b", ""),
        ({"url": "file:///toy.whl", "archive_info": {"hashes": {"sha256": "b" * 64}}}, "archive",
         "file:///toy.whl", "b" * 64),
        ({"url": "file:///toy.whl", "archive_info": {"hash": "sha256=" + "c" * 64}}, "archive",
         "file:///toy.whl", "c" * 64),
        ({"url": "file:///toy.whl", "archive_info": {"hash": "md5=abc"}}, "archive",
         "file:///toy.whl", ""),
    ],
)  # fmt: skip
def test_a_package_that_came_from_no_index(
    python: Path, direct_url: object, origin: str, url: str, sha256: str
) -> None:
    install(site_of(python), "toy", "1.0", direct_url=direct_url)
    package = by_name(capture(environment(python)))["toy"]
    assert (package.origin, package.url, package.sha256) == (origin, url, sha256)
    assert bool(package.missing) is not bool(sha256)


def test_a_package_of_the_operating_system_is_not_sought_at_an_index(python: Path) -> None:
    install(site_of(python), "from-debian", "1.0", installer="debian")
    (site_of(python) / "old-1.0.egg-info").write_text("Name: old\nVersion: 1.0\n")
    packages = by_name(capture(environment(python)))
    assert packages["from-debian"].origin == packages["old"].origin == "other"
    assert packages["from-debian"].missing == "installed by debian, not from a package index"
    assert packages["old"].missing == "installed without a wheel, not from a package index"


def test_conda_records_and_the_python_packages_that_they_own(python: Path) -> None:
    prefix = python.parent.parent
    install(site_of(python), "numpy", "2.0")
    install(site_of(python), "scipy", "1.15")
    owned = f"lib/{site_of(python).parent.name}/site-packages/numpy-2.0.dist-info/METADATA"
    conda_record(prefix, "numpy", "2.0", files=[owned, "lib/libnumpy.so"])
    conda_record(prefix, "libz", "1.3", url="https://h.invalid/t/tk-secret/forge/noarch/libz.conda")
    snapshot = capture(environment(python))
    keys = [package.key for package in snapshot.packages]
    assert keys == [("conda", "libz"), ("conda", "numpy"), ("pip", "scipy")]
    numpy = by_name(snapshot)["numpy"]
    assert (numpy.build, numpy.channel) == ("h1_0", "https://conda.invalid/forge")
    assert numpy.depends == (("libz", ""), ("python", ">=3.11"))
    assert by_name(snapshot)["libz"].url == "https://h.invalid/forge/noarch/libz.conda"
    assert snapshot.hashes_missing == ("scipy",)


@pytest.mark.parametrize("field", ["md5", "url"])
def test_a_conda_record_without_md5_or_url_counts_as_unhashed(python: Path, field: str) -> None:
    conda_record(python.parent.parent, "local", "1.0", **{field: None})
    assert capture(environment(python)).hashes_missing == ("local",)


def test_broken_metadata_is_told_and_spoils_nothing(python: Path) -> None:
    install(site_of(python), "good", "1.0")
    (site_of(python) / "leftover-1.0.dist-info").mkdir()
    conda_record(python.parent.parent, "libz", "1.3")
    (python.parent.parent / "conda-meta" / "half.json").write_text('{"name": "ha')
    snapshot = capture(environment(python))
    assert sorted(by_name(snapshot)) == ["good", "libz"]
    assert any("leftover-1.0" in note for note in snapshot.notes)
    assert any("half.json" in note for note in snapshot.notes)


def test_a_broken_direct_url_is_told(python: Path) -> None:
    install(site_of(python), "toy", "1.0", direct_url='{"url": 3')
    snapshot = capture(environment(python))
    assert "the direct_url.json of toy makes no sense" in snapshot.notes[0]
    assert by_name(snapshot)["toy"].origin == "index"


def test_the_callers_python_variables_do_not_leak_in(
    python: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, "leak", "1.0")
    (tmp_path / "sitecustomize.py").write_text("print('nbreduce-probe:[]')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("PYTHONHOME", "/nowhere")
    assert capture(environment(python)).packages == ()


def test_the_kernelspecs_own_python_path_counts(python: Path, tmp_path: Path) -> None:
    install(tmp_path, "facility", "1.0")
    snapshot = capture(environment(python, PYTHONPATH=str(tmp_path)))
    assert list(by_name(snapshot)) == ["facility"]


def test_the_users_own_packages_count_where_the_kernel_sees_them(tmp_path: Path) -> None:
    python = make_venv(tmp_path / "env", system_site=True)
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    site = tmp_path / "base" / "lib" / version / "site-packages"
    site.mkdir(parents=True)
    install(site, "in-my-home", "1.0")
    settings = {"PYTHONUSERBASE": str(tmp_path / "base")}
    seen = by_name(capture(environment(python, **settings)))
    hidden = by_name(capture(environment(python, **settings, PYTHONNOUSERSITE="1")))
    assert "in-my-home" in seen
    assert "in-my-home" not in hidden


def test_the_users_own_packages_do_not_count_in_a_closed_environment(
    python: Path, tmp_path: Path
) -> None:
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    site = tmp_path / "base" / "lib" / version / "site-packages"
    site.mkdir(parents=True)
    install(site, "in-my-home", "1.0")
    told = capture(environment(python, PYTHONUSERBASE=str(tmp_path / "base")))
    assert told.packages == ()
    seen = subprocess.run(
        [python, "-c", "import sys; print(sys.path)"],
        env={"PYTHONUSERBASE": str(tmp_path / "base")},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert str(site) not in seen.stdout


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "--index-url=http://evil.invalid"},
        {"name": "toy\n--pre"},
        {"name": ""},
        {"name": "x" * 300},
        {"name": "../../etc/passwd"},
        {"version": "1.0 --pre"},
        {"version": "1.0\n"},
        {"version": ""},
        {"version": 1.0},
        {"tags": ["a b"]},
        {"tags": "py3"},
        {"surplus": 1},
        {"direct_url": "x" * 30_000},
    ],
)
def test_a_hostile_package_is_left_out_and_told(fields: dict[str, object]) -> None:
    snapshot = understand(changed(**fields))
    assert snapshot.packages == ()
    assert len(snapshot.notes) == 1
    assert snapshot.notes[0].isprintable()
    assert len(snapshot.notes[0]) < 250


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        {},
        {**ANSWER, "python": "3.11\n"},
        {**ANSWER, "machine": 3},
        {**ANSWER, "distributions": {}},
        {**ANSWER, "surplus": 1},
        {**ANSWER, "broken": [None]},
    ],
)
def test_an_answer_of_another_form_is_refused(answer: object) -> None:
    with pytest.raises(ValidationError):
        understand(answer)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@settings(max_examples=200)
@given(raw=anything, field=st.sampled_from(sorted(ANSWER["distributions"][0])), value=anything)
def test_whatever_a_package_says_the_others_survive(raw: Any, field: str, value: Any) -> None:
    answer = copy.deepcopy(ANSWER)
    other = {**answer["distributions"][0], "name": "zzz-hostile", field: value}
    answer["distributions"] += [raw, other]
    answer["conda"] = [raw]
    assert "toy-package" in by_name(understand(answer))


def test_an_unhashable_version_is_said_to_be_so() -> None:
    package = understand(changed(version="not-a-version")).packages[0]
    assert package.missing == "its version is not one that an index can hold"


def script(tmp_path: Path, body: str) -> Path:
    path = tmp_path / "python3"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("exit 3", "exit status 3"),
        ("echo 'nbreduce-probe:{'", "broken JSON"),
        ("echo 'nbreduce-probe:{}'", "cannot be right"),
        ("echo 'nbreduce-probe:1'; echo 'nbreduce-probe:2'", "could not describe"),
        ("yes nbreduce", "printed more than"),
        ("kill -9 $$", "exit status -9"),
    ],
)
def test_an_interpreter_that_misbehaves(tmp_path: Path, body: str, words: str) -> None:
    with pytest.raises(CaptureFailed, match=words):
        capture(environment(script(tmp_path, body)), timeout=20)


def test_an_interpreter_that_hangs_ends_in_time_with_its_children(tmp_path: Path) -> None:
    start = time.monotonic()
    with pytest.raises(CaptureFailed, match="did not describe itself within"):
        capture(environment(script(tmp_path, "sleep 300 & sleep 300")), timeout=0.5)
    assert time.monotonic() - start < 5


def test_an_interpreter_that_cannot_be_started(tmp_path: Path) -> None:
    with pytest.raises(CaptureFailed, match="cannot be started"):
        capture(environment(tmp_path / "python3"))
