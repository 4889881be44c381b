"""Read what an environment holds, by a probe that runs in its own interpreter.

The probe's answer comes out of an interpreter and packages that we do not control: it is checked
here before anything is believed, and one bad package is told and left out, never fatal.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from packaging.version import InvalidVersion, Version
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from nbreduce.environments.errors import CaptureFailed
from nbreduce.environments.kernelspecs import KernelEnvironment
from nbreduce.environments.snapshot import (
    Origin,
    Package,
    Snapshot,
    conda_platform,
    in_order,
    normalise,
    without_secrets,
)
from nbreduce.environments.state import ask_probe

_QUOTED = 120
_NOT_FROM_INDEX = frozenset({"conda", "debian", "rpm"})  # contents of INSTALLER files

Name = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9_]([A-Za-z0-9._-]{0,198}[A-Za-z0-9])?$")
]
Word = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,200}$")]
Line = Annotated[str, StringConstraints(pattern=r"^[ -~]{0,500}$")]
Url = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,4000}$")]
Md5 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class _Answer(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class _Report(_Answer):
    python: Word
    implementation: Word
    system: Word
    machine: Word
    bits: int
    libc: Line
    distributions: Annotated[list[Any], Field(max_length=100_000)]
    conda: Annotated[list[Any], Field(max_length=100_000)]
    broken: Annotated[list[str], Field(max_length=100_000)]


class _Distribution(_Answer):
    name: Name
    version: Word
    direct_url: Annotated[str, StringConstraints(max_length=20_000)] | None
    installer: Annotated[str, StringConstraints(max_length=200)]
    tags: Annotated[list[Word], Field(max_length=200)]


class _CondaRecord(_Answer):
    name: Name
    version: Word
    build: Word
    url: Url | None
    md5: Md5 | None
    sha256: Sha256 | None
    depends: list[Line]
    distributions: list[str]


class _Archive(BaseModel):
    hash: str | None = None
    hashes: dict[str, str] = {}


class _Vcs(BaseModel):
    vcs: Name
    commit_id: Word
    requested_revision: str | None = None


class _Folder(BaseModel):
    editable: bool = False


class _DirectUrl(BaseModel):
    """A ``direct_url.json`` as in the Direct URL specification (PEP 610)."""

    url: Url
    archive_info: _Archive | None = None
    vcs_info: _Vcs | None = None
    dir_info: _Folder | None = None
    subdirectory: Line | None = None


M = TypeVar("M", bound=_Answer)


def capture(environment: KernelEnvironment, timeout: float = 60.0) -> Snapshot:
    """Read the packages of an environment, without hashes that only an index can tell.

    Parameters
    ----------
    environment : Whose interpreter to ask.
    timeout : Seconds.

    Raises
    ------
    CaptureFailed
        The interpreter does not answer, or answers nonsense.
    """
    answer = ask_probe(environment.interpreter, environment.settings, "everything", timeout)
    try:
        return understand(answer)
    except ValidationError as error:
        first = error.errors()[0]
        raise CaptureFailed(
            f"{environment.interpreter} described itself in a way that cannot be right: "
            f"{'.'.join(map(str, first['loc']))}: {first['msg']}",
            "Is it really a Python interpreter? Check the kernelspec's command",
        ) from error


def understand(answer: object) -> Snapshot:
    """Check a probe's answer and turn it into a snapshot (pure).

    Raises
    ------
    pydantic.ValidationError
        The answer as a whole has not the form that the probe gives.
    """
    report = _Report.model_validate(answer)
    notes = [f"left out {_short(text)}" for text in report.broken]
    records = [item for raw in report.conda if (item := _checked(_CondaRecord, raw, notes))]
    owned = {_split_folder(folder) for record in records for folder in record.distributions}
    packages = {package.key: package for package in map(_conda_package, records)}
    for raw in report.distributions:
        found = _checked(_Distribution, raw, notes)
        if found is None or (normalise(found.name), found.version) in owned:
            continue
        package = _pip_package(found, notes)
        packages.setdefault(package.key, package)
    return Snapshot(
        python=f"{report.python} {report.implementation}",
        platform=conda_platform(report.system, report.machine),
        libc=report.libc,
        packages=in_order(packages.values()),
        notes=tuple(sorted(notes)),
    )


def _checked(model: type[M], raw: object, notes: list[str]) -> M | None:
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        field = ".".join(map(str, error.errors()[0]["loc"])) or "its form"
        notes.append(f"left out a package whose {field} makes no sense: {_short(raw)}")
        return None


def _conda_package(record: _CondaRecord) -> Package:
    pairs = (spec.partition(" ") for spec in record.depends)
    return Package(
        manager="conda",
        name=record.name,
        version=record.version,
        origin="channel",
        url=without_secrets(record.url or ""),
        md5=record.md5 or "",
        sha256=record.sha256 or "",
        build=record.build,
        depends=tuple(sorted({name: constraint for name, _, constraint in pairs}.items())),
        missing="" if record.md5 and record.url else "conda's record of it has no URL or no md5",
    )


def _pip_package(item: _Distribution, notes: list[str]) -> Package:
    name = normalise(item.name)
    tags = tuple(sorted(item.tags))
    direct = _direct_url(item, notes)
    if direct is not None:
        origin, url, sha256, missing = _direct(direct)
        return Package("pip", name, item.version, origin, url, sha256, tags=tags, missing=missing)
    if item.installer in _NOT_FROM_INDEX or not tags:
        by = f"by {item.installer}" if item.installer in _NOT_FROM_INDEX else "without a wheel"
        missing = f"installed {by}, not from a package index"
        return Package("pip", name, item.version, "other", tags=tags, missing=missing)
    missing = "the index was not asked"
    if not _is_version(item.version):
        missing = "its version is not one that an index can hold"
    return Package("pip", name, item.version, "index", tags=tags, missing=missing)


def _direct_url(item: _Distribution, notes: list[str]) -> _DirectUrl | None:
    if item.direct_url is None:
        return None
    try:
        return _DirectUrl.model_validate_json(item.direct_url)
    except ValidationError:
        notes.append(
            f"the direct_url.json of {item.name} makes no sense: {_short(item.direct_url)}"
        )
        return None


def _direct(direct: _DirectUrl) -> tuple[Origin, str, str, str]:
    """Origin, URL, sha256 and the reason why there is none, of an install that named its source."""
    url = without_secrets(direct.url)
    if direct.vcs_info is not None:
        place = f"#subdirectory={direct.subdirectory}" if direct.subdirectory else ""
        vcs = direct.vcs_info
        return "vcs", f"{vcs.vcs}+{url}@{vcs.commit_id}{place}", "", f"installed from {vcs.vcs}"
    if direct.dir_info is not None:
        if direct.dir_info.editable:
            return "editable", url, "", "installed editable: its files can change at any time"
        return "folder", url, "", "installed from a local folder"
    archive = direct.archive_info or _Archive()
    digest = archive.hashes.get("sha256") or (archive.hash or "").removeprefix("sha256=")
    known = len(digest) == 64 and all(letter in "0123456789abcdef" for letter in digest)
    return "archive", url, digest if known else "", "" if known else "its archive's hash is unknown"


def _split_folder(folder: str) -> tuple[str, str]:
    """Name and version in the name of a metadata folder (``foo_bar-1.0-py3.11.egg-info``)."""
    stem = folder.rpartition(".")[0]
    name, _, rest = stem.partition("-")
    return normalise(name), rest.partition("-py")[0]


def _is_version(text: str) -> bool:
    try:
        Version(text)
    except InvalidVersion:
        return False
    return True


def _short(value: object) -> str:
    text = without_secrets(value if isinstance(value, str) else repr(value))
    text = "".join(letter if letter.isprintable() else "?" for letter in text)
    return text if len(text) <= _QUOTED else text[:_QUOTED] + "…"
