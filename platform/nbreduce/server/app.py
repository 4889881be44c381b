"""The extension application: one workspace, served under `/nbreduce/api/`."""

from pathlib import Path
from typing import Any

from jupyter_server.extension.application import ExtensionApp
from traitlets import Unicode

from nbreduce.config import find_workspace
from nbreduce.domain.errors import NbreduceError
from nbreduce.server.context import ServerContext
from nbreduce.server.guard import protect
from nbreduce.server.reduction_kernels import offer_provisioner
from nbreduce.server.routes import tornado_handlers
from nbreduce.server.zone import local_zone


class NbreduceExtension(ExtensionApp):
    """Serves a workspace to JupyterLab and to programs.

    Without a workspace it loads all the same, and each answer says what is missing.
    """

    name = "nbreduce"
    description = "Runs and their reductions in JupyterLab."

    workspace = Unicode(
        "",
        help="Folder of nbreduce.toml. Empty: NBREDUCE_WORKSPACE, or else the server's root folder or one above it.",
    ).tag(config=True)

    def initialize_settings(self) -> None:
        """Open the workspace."""
        assert self.serverapp is not None
        root = Path(self.serverapp.root_dir).resolve()
        context = ServerContext(root, self._folder(root))
        self.settings["nbreduce"] = context
        if context.problem is not None:
            self.log.warning("nbreduce: %s", context.problem)
        else:
            protect(self.serverapp.contents_manager, context.workspace.config.archive_path)
        offer_provisioner(self.serverapp)
        page_config = self.settings.setdefault("page_config_data", {})
        page_config["nbreduceTimeZone"] = local_zone() or ""

    def initialize_handlers(self) -> None:
        """Add the routes."""
        self.handlers.extend(tornado_handlers())

    async def stop_extension(self) -> None:
        """Let go of the workspace."""
        context: Any = self.settings.get("nbreduce")
        if context is not None:
            await context.close()

    def _folder(self, root: Path) -> Path | NbreduceError:
        try:
            if self.workspace:
                return find_workspace(Path(self.workspace))
            return _workspace_at(root)
        except NbreduceError as error:
            return error


def _workspace_at(root: Path) -> Path:
    import os

    if os.environ.get("NBREDUCE_WORKSPACE"):
        return find_workspace()
    for folder in (root, *root.parents):
        if (folder / "nbreduce.toml").is_file():
            return folder
    return find_workspace(root)
