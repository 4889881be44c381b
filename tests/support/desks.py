"""Where people sit in browser tests."""

from dataclasses import dataclass

from support.lab import Lab
from support.services import Service
from support.sites import Site


@dataclass(frozen=True)
class Desk:
    """A workspace with its service, and a JupyterLab on it."""

    site: Site
    service: Service
    lab: Lab
