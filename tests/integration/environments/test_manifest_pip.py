"""A virtual environment that pip itself changes, with a local folder as the index."""

import hashlib
import os
import subprocess
import venv
import zipfile
from pathlib import Path

import pytest

from nbreduce.environments import KernelEnvironment, ManifestStore
from nbreduce.environments.manifest import read
from nbreduce.environments.services import Difference, verify

PROJECT = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
BACKEND = """
import pathlib, zipfile

def build_editable(folder, config_settings=None, metadata_directory=None):
    name = "live-0.1-py3-none-any.whl"
    with zipfile.ZipFile(pathlib.Path(folder, name), "w") as wheel:
        wheel.writestr("__editable__.live.pth", str(pathlib.Path.cwd() / "src") + "\\n")
        wheel.writestr("live-0.1.dist-info/METADATA", "Metadata-Version: 2.1\\nName: live\\nVersion: 0.1\\n")
        wheel.writestr("live-0.1.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr("live-0.1.dist-info/RECORD", "__editable__.live.pth,,\\nlive-0.1.dist-info/METADATA,,\\nlive-0.1.dist-info/WHEEL,,\\nlive-0.1.dist-info/RECORD,,\\n")
    return name
"""  # noqa: E501 -- the lines of a small build backend


def make_wheel(folder: Path, name: str, version: str) -> Path:
    information = f"{name}-{version}.dist-info"
    members = {
        f"{name}/__init__.py": f"__version__ = {version!r}\n",
        f"{information}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{information}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{member},,\n" for member in [*members, f"{information}/RECORD"])
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for member, text in {**members, f"{information}/RECORD": record}.items():
            wheel.writestr(member, text)
    return path


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    return {version: make_wheel(tmp_path, "toy", version) for version in ("1.0", "2.0")}


@pytest.fixture
def place(tmp_path: Path) -> KernelEnvironment:
    venv.EnvBuilder(symlinks=True, with_pip=True).create(tmp_path / "env")
    python = tmp_path / "env" / "bin" / "python"
    return KernelEnvironment("toy", "Toy", python, (str(python),), {})


def pip(place: KernelEnvironment, *words: str) -> None:
    command = [str(place.interpreter), "-m", "pip", "--disable-pip-version-check", *words]
    subprocess.run(command, check=True, capture_output=True)


def test_install_upgrade_editable_and_uninstall(
    place: KernelEnvironment, wheels: dict[str, Path], tmp_path: Path
) -> None:
    store = ManifestStore(tmp_path / "manifests")

    pip(place, "install", "toy==1.0")
    first = store.ensure(place, ask_index=True, timeout=60)
    toy = next(package for package in read(first.path).packages if package.name == "toy")
    assert toy.sha256 == hashlib.sha256(wheels["1.0"].read_bytes()).hexdigest()
    assert store.stored(place) == first

    pip(place, "install", "toy==2.0")
    assert store.stored(place) is None
    assert verify(place, first.path) == (Difference("changed", "pip toy", "1.0", "2.0"),)
    second = store.ensure(place, ask_index=True, timeout=60)

    project = tmp_path / "project"
    (project / "src").mkdir(parents=True)
    (project / "pyproject.toml").write_text(PROJECT)
    (project / "backend.py").write_text(BACKEND)
    pip(place, "install", "--no-build-isolation", "--editable", str(project))
    third = store.ensure(place, ask_index=True, timeout=60)
    live = next(package for package in read(third.path).packages if package.name == "live")
    assert (live.origin, live.url) == ("editable", project.as_uri())
    assert "live" in third.hashes_missing

    pip(place, "uninstall", "--yes", "live")
    again = store.ensure(place, ask_index=True, timeout=60)
    assert again.sha256 == second.sha256
    assert verify(place, second.path) == ()


def test_a_wheel_installed_by_its_path_keeps_its_own_hash(
    place: KernelEnvironment, wheels: dict[str, Path], tmp_path: Path
) -> None:
    pip(place, "install", str(wheels["2.0"]))
    ref = ManifestStore(tmp_path / "manifests").ensure(place, ask_index=False, timeout=60)
    toy = next(package for package in read(ref.path).packages if package.name == "toy")
    assert toy.origin == "archive"
    assert toy.sha256 == hashlib.sha256(wheels["2.0"].read_bytes()).hexdigest()
    assert "toy" not in ref.hashes_missing
