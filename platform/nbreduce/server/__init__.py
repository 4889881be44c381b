"""The server extension: what JupyterLab, and programs, ask of a workspace."""

from typing import Any


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    """Tell Jupyter Server what to load."""
    from nbreduce.server.app import NbreduceExtension

    return [{"module": "nbreduce.server.app", "app": NbreduceExtension}]
