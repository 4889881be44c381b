"""A workspace: a folder with a configuration, and what it names."""

import json
import shutil
from functools import cached_property
from pathlib import Path
from typing import Any

from nbreduce.archive.store import Archive
from nbreduce.catalogue.core import Catalogue
from nbreduce.config import CONFIG_FILE, Config, ConfigError, load_config
from nbreduce.shipped import shipped
from nbreduce.templates.library import TemplateLibrary

CONFIG_TEXT = """\
# nbreduce.toml: every setting, with its default, stands in the operators' README (server_config/README.md).
# Relative paths are taken from this folder.

[archive]
path = "archive"

[templates]
path = "notebook_templates"

[environments.default]
kernelspec = "python3"
"""

TRIGGERS_EXAMPLE = """
# What reports finished runs. One entry for each source:
#
# [[triggers]]
# kind = "directory"
# instrument = "HIFI"
# path = "/data/NDXHIFI/Instrument/data"
#
# [[triggers]]
# kind = "lastrun"
# instrument = "ENGINX"
# path = "/data/NDXENGINX/Instrument/logs/lastrun.txt"
# data = ["/data/NDXENGINX/Instrument/data"]
"""


class Workspace:
    """What a configuration names, opened when it is first used."""

    def __init__(self, config: Config) -> None:
        self.config = config

    @classmethod
    def load(cls, folder: Path) -> "Workspace":
        """Open the workspace in a folder; see `load_config` for what is raised."""
        return cls(load_config(folder))

    @property
    def path(self) -> Path:
        """Its folder."""
        return self.config.workspace

    @cached_property
    def archive(self) -> Archive:
        """Its archive."""
        return Archive(self.config.archive_path)

    @cached_property
    def library(self) -> TemplateLibrary:
        """Its templates."""
        return TemplateLibrary(self.config.templates_path)

    @cached_property
    def catalogue(self) -> Catalogue:
        """Its catalogue, checked to be of this release's schema.

        Raises
        ------
        CatalogueError
            It is not there, or has another schema.
        """
        catalogue = Catalogue(self.config.catalogue_url)
        catalogue.check()
        return catalogue


def create_workspace(
    folder: Path, triggers: list[dict[str, Any]] | None = None, settings: str = ""
) -> Workspace:
    """Make a workspace: configuration, templates, archive and catalogue.

    Parameters
    ----------
    folder:
        Where; it may exist, but holds no workspace yet.
    triggers:
        Entries of the configuration's `[[triggers]]`; none gives commented examples.
    settings:
        Further tables of the configuration.

    Raises
    ------
    ConfigError
        There is a workspace already, or the folder cannot be written.
    """
    path = folder / CONFIG_FILE
    if path.exists():
        raise ConfigError(
            f"{path} is there already", "Start it with 'nbreduce up', or choose another folder"
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        templates = folder / "notebook_templates"
        if not templates.exists():
            ignored = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
            shutil.copytree(shipped("notebook_templates"), templates, ignore=ignored)
        sources = TRIGGERS_EXAMPLE if triggers is None else "".join(map(_trigger_text, triggers))
        path.write_text(CONFIG_TEXT + settings + sources, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"the workspace {folder} cannot be made: {error}") from error
    config = load_config(folder.resolve())
    Archive(config.archive_path).prepare()
    Catalogue(config.catalogue_url).upgrade()
    return Workspace(config)


def _trigger_text(entry: dict[str, Any]) -> str:
    # JSON's texts, numbers and lists are TOML's too.
    lines = [f"{key} = {json.dumps(value)}" for key, value in entry.items()]
    return "\n".join(["", "[[triggers]]", *lines, ""])
