"""Small real environments for tests: virtual environments, hand-made packages, conda records."""

import json
import os
import venv
import zipfile
from pathlib import Path

import pytest

from nbreduce.environments import KernelEnvironment

MD5 = "0123456789abcdef0123456789abcdef"


def make_venv(folder: Path, *, with_pip: bool = False, system_site: bool = False) -> Path:
    """Make a virtual environment; returns its interpreter."""
    venv.EnvBuilder(symlinks=True, with_pip=with_pip, system_site_packages=system_site).create(
        folder
    )
    return folder / "bin" / "python"


def site_of(interpreter: Path) -> Path:
    (folder,) = (interpreter.parent.parent / "lib").glob("python3*/site-packages")
    return folder


def environment(interpreter: Path, **variables: str) -> KernelEnvironment:
    argv = (str(interpreter), "-m", "ipykernel_launcher", "-f", "{connection_file}")
    return KernelEnvironment("toy", "A toy", interpreter, argv, variables)


def metadata(name: str, version: str) -> str:
    return f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"


def wheel_text(tag: str) -> str:
    return f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: {tag}\n"


def install(
    site: Path,
    name: str,
    version: str,
    *,
    direct_url: object = None,
    tag: str = "py3-none-any",
    installer: str = "pip",
) -> Path:
    """Put the metadata folder of a package where an installer would."""
    folder = site / f"{name.replace('-', '_')}-{version}.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(metadata(name, version))
    (folder / "WHEEL").write_text(wheel_text(tag))
    (folder / "RECORD").write_text("")
    (folder / "INSTALLER").write_text(f"{installer}\n")
    if direct_url is not None:
        text = direct_url if isinstance(direct_url, str) else json.dumps(direct_url)
        (folder / "direct_url.json").write_text(text)
    return folder


def make_wheel(folder: Path, name: str, version: str) -> Path:
    """Build a wheel by hand, for a folder that serves as the index."""
    path = folder / f"{name}-{version}-py3-none-any.whl"
    information = f"{name}-{version}.dist-info"
    members = {
        f"{name}/__init__.py": "",
        f"{information}/METADATA": metadata(name, version),
        f"{information}/WHEEL": wheel_text("py3-none-any"),
    }
    record = "".join(f"{member},,\n" for member in [*members, f"{information}/RECORD"])
    with zipfile.ZipFile(path, "w") as archive:
        for member, text in {**members, f"{information}/RECORD": record}.items():
            archive.writestr(member, text)
    return path


def conda_record(prefix: Path, name: str, version: str, **changes: object) -> Path:
    folder = prefix / "conda-meta"
    folder.mkdir(exist_ok=True)
    record = {
        "name": name,
        "version": version,
        "build": "h1_0",
        "channel": "https://conda.invalid/forge/linux-64",
        "url": f"https://conda.invalid/forge/linux-64/{name}-{version}-h1_0.conda",
        "md5": MD5,
        "sha256": "a" * 64,
        "subdir": "linux-64",
        "depends": ["python >=3.11", "libz"],
        "files": [],
        **changes,
    }
    path = folder / f"{name}-{version}-h1_0.json"
    path.write_text(json.dumps(record))
    return path


def only_index(monkeypatch: pytest.MonkeyPatch, folder: Path | None) -> None:
    """Let pip see a local folder as its only index, or a closed port if there is none."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    if folder is None:
        monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    else:
        monkeypatch.setenv("PIP_NO_INDEX", "1")
        monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
