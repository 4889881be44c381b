import copy
import json
from pathlib import Path

import jsonschema
import pytest
import yaml
from conda_lock.conda_lock import render_lockfile_for_platform
from conda_lock.lockfile import parse_conda_lock_file
from conda_lock.lockfile.v1 import models as v1

from nbreduce.environments import ManifestUnreadable
from nbreduce.environments.manifest import read, render
from nbreduce.environments.snapshot import Package, Snapshot
from support.environments import MD5

SHA = "d" * 64
FORGE = "https://conda.invalid/forge"
PACKAGES = (
    Package(
        "conda", "libz", "1.3", "channel", f"{FORGE}/linux-64/libz-1.3-h1_0.conda", SHA, MD5,
        "h1_0", depends=(("libgcc", ">=13"),),
    ),
    Package(
        "conda", "local", "0.1", "channel", build="0", missing="conda's record has no md5",
    ),
    Package("pip", "edit", "1.0", "editable", "file:///src/edit", missing="installed editable"),
    Package(
        "pip", "from-git", "1.0", "vcs", "git+https://git.invalid/x@c0ffee",
        missing="installed from git",
    ),
    Package("pip", "known", "2.0", "index", "https://files.invalid/known-2.0.whl", SHA),
    Package(
        "pip", "private", "3.0+här", "index", tags=("py3-none-any",), missing="not at the index",
    ),
)  # fmt: skip
SNAPSHOT = Snapshot("3.11.2 CPython", "linux-64", "glibc 2.36", PACKAGES, ("left out „x“",))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "environment.conda-lock.yml"
    path.write_bytes(render(SNAPSHOT))
    return path


def test_what_was_written_is_read_back(path: Path) -> None:
    assert read(path) == SNAPSHOT


def test_the_same_state_gives_the_same_bytes(path: Path) -> None:
    assert render(copy.deepcopy(SNAPSHOT)) == path.read_bytes()
    assert render(read(path)) == path.read_bytes()


def test_conda_lock_reads_it(path: Path) -> None:
    lockfile = parse_conda_lock_file(path)
    assert {entry.name for entry in lockfile.package} == {
        package.name for package in PACKAGES if package.name != "local"
    }


def test_it_satisfies_conda_locks_own_schema(path: Path) -> None:
    schema = json.loads(Path(v1.__file__).with_name(v1.SCHEMA_FILENAME).read_text())
    jsonschema.validate(yaml.safe_load(path.read_text()), schema)


def test_conda_lock_renders_it_both_ways(path: Path) -> None:
    def rendered(kind: str) -> str:
        lines = render_lockfile_for_platform(
            lockfile=parse_conda_lock_file(path),
            include_dev_dependencies=False,
            extras=None,
            kind=kind,  # type: ignore[arg-type]
            platform="linux-64",
            suppress_warning_for_pip_and_explicit=True,
        )
        return "\n".join(lines)

    explicit, named = rendered("explicit"), rendered("env")
    assert f"{FORGE}/linux-64/libz-1.3-h1_0.conda#{MD5}" in explicit
    assert f"known @ https://files.invalid/known-2.0.whl#sha256={SHA}" in explicit
    assert "from-git @ git+https://git.invalid/x@c0ffee" in explicit
    assert f"known == 2.0 --hash=sha256:{SHA}" in named
    assert "private == 3.0+här\n" in named + "\n"
    assert f"channels:\n  - {FORGE}\n" in named


def test_a_package_without_hash_says_so_and_why(path: Path) -> None:
    content = yaml.safe_load(path.read_text())
    entry = next(item for item in content["package"] if item["name"] == "private")
    custom = content["metadata"]["custom_metadata"]
    assert entry["hash"] == {}
    assert entry["url"] == "pkg:pypi/private@3.0%2Bh%C3%A4r"
    assert custom["nbreduce.missing.private"] == "not at the index"


def test_an_empty_environment(tmp_path: Path) -> None:
    empty = Snapshot("3.12.1 CPython", "osx-arm64", "", ())
    (tmp_path / "m.yml").write_bytes(render(empty))
    assert read(tmp_path / "m.yml") == empty


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "a: [",
        "version: 1\n",
        "version: 7\n",
        "version: one",
        "version: 1\nmetadata: {}\npackage: []\n",
        "\x00\x01",
        "!!python/object/apply:os.system ['true']",
    ],
)
def test_a_file_that_is_no_lock_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "m.yml"
    path.write_text(text)
    with pytest.raises(ManifestUnreadable, match=r"m\.yml cannot be read"):
        read(path)


def test_the_same_package_twice(path: Path) -> None:
    head, package, tail = path.read_text().partition("package:\n")
    path.write_text(head + package + tail + tail)
    with pytest.raises(ManifestUnreadable, match="cannot be read"):
        read(path)


def test_binary_rubbish(tmp_path: Path) -> None:
    (tmp_path / "m.yml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ManifestUnreadable):
        read(tmp_path / "m.yml")


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ManifestUnreadable, match="not found"):
        read(tmp_path / "m.yml")


def test_a_lock_file_of_somebody_else(path: Path) -> None:
    path.write_text(path.read_text().replace("nbreduce.python", "other.python"))
    with pytest.raises(ManifestUnreadable, match="not a manifest of nbreduce"):
        read(path)


@pytest.mark.parametrize(
    ("old", "new"),
    [("origin.edit: editable", "origin.edit: heaven"), ('"name": "local"', '"n": 1')],
)
def test_a_manifest_with_damaged_additions(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    with pytest.raises(ManifestUnreadable):
        read(path)
