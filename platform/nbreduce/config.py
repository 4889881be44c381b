"""The configuration: `nbreduce.toml` and `NBREDUCE_*` environment variables, in one frozen tree."""

import os
import re
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from nbreduce.domain.errors import NbreduceError
from nbreduce.intake.settle import SettleSettings
from nbreduce.kernels.rules import KeepRules

CONFIG_FILE = "nbreduce.toml"


class ConfigError(NbreduceError):
    """A configuration that is not there or cannot be used."""


class Section(BaseModel):
    """A table of `nbreduce.toml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ArchiveConfig(Section):
    """Where results are kept."""

    path: Path = Field(
        default=Path("archive"), description="Folder of the archive; relative to the workspace."
    )


class CatalogueConfig(Section):
    """The database that indexes the archive."""

    url: str = Field(
        default="sqlite:///catalogue.db",
        description="SQLAlchemy URL. A relative SQLite file is taken relative to the workspace.",
    )


class TemplatesConfig(Section):
    """Where templates are."""

    path: Path = Field(
        default=Path("notebook_templates"),
        description="Folder with one folder per instrument; relative to the workspace.",
    )
    published_only: bool = Field(
        default=False,
        description="Reduce new runs by published versions of templates only; otherwise by what is saved.",
    )


class IntakeConfig(SettleSettings):
    """When a file counts as finished, and how it is read."""

    wait_for_file: float = Field(
        default=600.0,
        gt=0,
        description="Seconds to wait for the file of a run that was reported by its number.",
    )
    read_timeout: float = Field(
        default=20.0, gt=0, description="Seconds that reading one file's metadata may take."
    )


class ExecutionConfig(Section):
    """Workers and limits."""

    workers: int = Field(
        default_factory=lambda: max(1, min(os.cpu_count() or 1, 4)),
        ge=1,
        le=256,
        description="Reductions at once on this machine (default: its cores, 4 at most).",
    )
    grace: float = Field(
        default=30.0,
        ge=0,
        description="Seconds that running reductions get to end when the service is stopped.",
    )
    max_attempts: int = Field(
        default=3, ge=1, le=20, description="Tries per reduction when a worker is lost."
    )
    retry_delay: float = Field(
        default=2.0,
        ge=0,
        description="Seconds before the second try; doubled for each further one, 60 at most.",
    )


class ManifestConfig(Section):
    """How environments are recorded."""

    ask_index: bool = Field(
        default=True, description="Ask the package index of pip for artefact hashes."
    )
    timeout: float = Field(
        default=120.0, gt=0, description="Seconds that the first record of an environment may take."
    )


class KernelsConfig(Section):
    """Kernels that outlive their reduction, for "Open with kernel"."""

    keep_for: float = Field(
        default=600.0,
        ge=0,
        description="Seconds that the kernel of a reduction is kept for whoever takes it over; 0 keeps none.",
    )
    keep_at_most: int = Field(
        default=4, ge=0, le=256, description="Kernels kept on one machine; the newest win."
    )
    keep_memory: float = Field(
        default=2.0,
        ge=0,
        description="Memory in GB that must be available; with less, kernels are not kept and kept ones end.",
    )

    def rules(self, folder: Path) -> KeepRules | None:
        """Return by which rules kernels are kept, None where none is."""
        if self.keep_for == 0 or self.keep_at_most == 0:
            return None
        return KeepRules(
            folder=folder,
            seconds=self.keep_for,
            at_most=self.keep_at_most,
            memory=self.keep_memory * 1e9,
        )


class EnvironmentConfig(Section):
    """A named set of packages that a kernel runs in."""

    kernelspec: str = Field(
        description="Name of an installed Jupyter kernelspec (`jupyter kernelspec list`)."
    )


class LabConfig(Section):
    """JupyterLab on the workspace."""

    port: int = Field(
        default=0, ge=0, le=65535, description="Port of `nbreduce lab`; 0 takes a free one."
    )
    ip: Literal["127.0.0.1", "::1"] = Field(
        default="127.0.0.1", description="Loopback address that it listens on."
    )


class Config(BaseSettings):
    """Everything that can be set.

    Values come from environment variables (`NBREDUCE_EXECUTION__WORKERS=4`), then `nbreduce.toml`, then the defaults.
    """

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        env_prefix="NBREDUCE_",
        env_nested_delimiter="__",
        nested_model_default_partial_update=True,
    )

    workspace: Path = Field(description="Folder of `nbreduce.toml`; given by where that file is.")
    archive: ArchiveConfig = ArchiveConfig()
    catalogue: CatalogueConfig = CatalogueConfig()
    templates: TemplatesConfig = TemplatesConfig()
    intake: IntakeConfig = IntakeConfig()
    execution: ExecutionConfig = ExecutionConfig()
    manifests: ManifestConfig = ManifestConfig()
    kernels: KernelsConfig = KernelsConfig()
    lab: LabConfig = LabConfig()
    environments: dict[str, EnvironmentConfig] = Field(
        default_factory=lambda: {"default": EnvironmentConfig(kernelspec="python3")},
        description="Environments by name.",
    )
    triggers: tuple[dict[str, Any], ...] = Field(
        default=(),
        description="Sources of finished runs; each has `kind` and `instrument`, and its kind's own settings.",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Put the environment above the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @property
    def archive_path(self) -> Path:
        """Folder of the archive."""
        return _below(self.workspace, self.archive.path)

    @property
    def templates_path(self) -> Path:
        """Folder of the templates."""
        return _below(self.workspace, self.templates.path)

    @property
    def logs_path(self) -> Path:
        """Folder of the service's own logs and locks."""
        return self.workspace / ".nbreduce"

    @property
    def lock_path(self) -> Path:
        """File that the service's process keeps locked."""
        return self.logs_path / "service.lock"

    @property
    def kept_kernels_path(self) -> Path:
        """Folder that tells which kernels are kept."""
        return self.logs_path / "kernels"

    @property
    def catalogue_url(self) -> str:
        """URL of the catalogue, a relative SQLite file made absolute."""
        relative = re.fullmatch(r"sqlite:///(?!/)(.+)", self.catalogue.url)
        return f"sqlite:///{self.workspace / relative[1]}" if relative else self.catalogue.url


def _below(workspace: Path, path: Path) -> Path:
    """Return a path that is relative to a workspace, without `..`: those who compare paths take it for a name."""
    return Path(os.path.normpath(workspace / path))


def find_workspace(start: Path | None = None) -> Path:
    """Return the folder, here or above, that holds `nbreduce.toml`.

    Raises
    ------
    ConfigError
        There is none.
    """
    given = start or Path(os.environ.get("NBREDUCE_WORKSPACE", "."))
    folder = given.expanduser().resolve()
    for candidate in (folder, *folder.parents) if start is None else (folder,):
        if (candidate / CONFIG_FILE).is_file():
            return candidate
    raise ConfigError(
        f"no {CONFIG_FILE} in {folder}",
        "Make a workspace with 'nbreduce init DIR', or name one with --workspace DIR",
    )


def load_config(workspace: Path) -> Config:
    """Read the configuration of a workspace.

    Raises
    ------
    ConfigError
        The file cannot be read, or holds something that is not known or not allowed.
    """
    path = workspace / CONFIG_FILE

    class Loaded(Config):
        model_config = SettingsConfigDict(toml_file=path)

    try:
        return Loaded(workspace=workspace)
    except ValidationError as error:
        problems = "; ".join(_words(item) for item in error.errors())
        raise ConfigError(
            f"{path}: {problems}", "The operators' README lists every setting"
        ) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, SettingsError) as error:
        raise ConfigError(f"{path}: {error}") from error


def _words(item: Any) -> str:
    where = ".".join(str(part) for part in item["loc"])
    return (
        f"{where} is not a setting"
        if item["type"] == "extra_forbidden"
        else f"{where}: {item['msg']}"
    )
