import os
import shutil
from pathlib import Path

import pytest

from nbreduce.environments import CaptureFailed
from nbreduce.environments.state import fingerprint
from support.environments import conda_record, install, make_venv, site_of


@pytest.fixture
def python(tmp_path: Path) -> Path:
    interpreter = make_venv(tmp_path / "env")
    install(site_of(interpreter), "toy", "1.0")
    return interpreter


def test_an_untouched_environment_keeps_its_fingerprint(python: Path) -> None:
    assert fingerprint(python, {}) == fingerprint(python, {})


def test_a_package_added_and_removed_again(python: Path) -> None:
    before = fingerprint(python, {})
    folder = install(site_of(python), "other", "2.0")
    added = fingerprint(python, {})
    shutil.rmtree(folder)
    assert added != before
    assert fingerprint(python, {}) == before


def test_a_package_upgraded(python: Path) -> None:
    before = fingerprint(python, {})
    (site_of(python) / "toy-1.0.dist-info").rename(site_of(python) / "toy-1.1.dist-info")
    assert fingerprint(python, {}) != before


@pytest.mark.parametrize("name", ["RECORD", "METADATA"])
def test_the_same_version_installed_again(python: Path, name: str) -> None:
    before = fingerprint(python, {})
    path = site_of(python) / "toy-1.0.dist-info" / name
    path.write_text(path.read_text() + "x")
    assert fingerprint(python, {}) != before


def test_a_package_made_editable(python: Path) -> None:
    before = fingerprint(python, {})
    (site_of(python) / "toy-1.0.dist-info" / "direct_url.json").write_text("{}")
    assert fingerprint(python, {}) != before


def test_an_editable_install_switched_to_another_folder(python: Path, tmp_path: Path) -> None:
    link = site_of(python) / "__editable__.toy.pth"
    link.write_text(f"{tmp_path / 'one'}\n")
    os.utime(link, (1, 1))
    before = fingerprint(python, {})
    link.write_text(f"{tmp_path / 'two'}\n")
    assert fingerprint(python, {}) != before


def test_a_package_in_a_folder_that_a_pth_file_adds(python: Path, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (site_of(python) / "toy.pth").write_text(f"# comment\nimport sys\n{source}\n/nowhere\n")
    before = fingerprint(python, {})
    install(source, "deep", "1.0")
    assert fingerprint(python, {}) != before


def test_an_egg_link_changed(python: Path) -> None:
    before = fingerprint(python, {})
    (site_of(python) / "toy.egg-link").write_text("/somewhere\n.\n")
    assert fingerprint(python, {}) != before


def test_a_conda_record_added(python: Path) -> None:
    before = fingerprint(python, {})
    conda_record(python.parent.parent, "libtoy", "1.0")
    assert fingerprint(python, {}) != before


def test_a_package_in_the_kernelspecs_own_path(python: Path, tmp_path: Path) -> None:
    extra = tmp_path / "extra"
    extra.mkdir()
    settings = {"PYTHONPATH": str(extra)}
    before = fingerprint(python, settings)
    install(extra, "facility", "1.0")
    assert fingerprint(python, settings) != before
    assert fingerprint(python, {}) != before


def test_another_interpreter_with_the_same_packages(python: Path, tmp_path: Path) -> None:
    other = make_venv(tmp_path / "second")
    install(site_of(other), "toy", "1.0")
    assert fingerprint(other, {}) != fingerprint(python, {})


def test_system_packages_switched_on(python: Path) -> None:
    before = fingerprint(python, {})
    configuration = python.parent.parent / "pyvenv.cfg"
    text = configuration.read_text()
    assert "include-system-site-packages = false" in text
    configuration.write_text(text.replace("packages = false", "packages = true"))
    assert fingerprint(python, {}) != before


def test_the_callers_python_path_does_not_count(
    python: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = fingerprint(python, {})
    install(tmp_path, "leak", "1.0")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert fingerprint(python, {}) == before


def test_a_file_of_a_package_is_not_looked_at(python: Path) -> None:
    before = fingerprint(python, {})
    (site_of(python) / "toy").mkdir()
    (site_of(python) / "toy" / "__init__.py").write_text("")
    assert fingerprint(python, {}) == before


def test_an_environment_that_is_gone(python: Path) -> None:
    fingerprint(python, {})
    shutil.rmtree(python.parent.parent)
    with pytest.raises(CaptureFailed, match="was its environment removed"):
        fingerprint(python, {})


def test_an_interpreter_that_is_none(tmp_path: Path) -> None:
    fake = tmp_path / "python3"
    fake.write_text("#!/bin/sh\necho hello\n")
    fake.chmod(0o755)
    with pytest.raises(CaptureFailed, match=r"could not describe(.|\n)*hello"):
        fingerprint(fake, {})
