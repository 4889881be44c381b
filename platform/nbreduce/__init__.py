"""A finished measurement becomes an executed, recorded notebook, open in JupyterLab."""

__version__ = "0.1.0"
