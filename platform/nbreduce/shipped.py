"""Files that are delivered beside the code: templates and server configuration."""

from pathlib import Path


def shipped(name: str) -> Path:
    """Return a folder that comes with nbreduce: `notebook_templates` or `server_config`.

    An installed wheel holds it inside the package, a checkout at its top.
    """
    package = Path(__file__).parent
    inside = package / "_shipped" / name
    return inside if inside.is_dir() else package.parents[1] / name
