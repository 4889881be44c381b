"""Kernels that outlive their reduction: kept for a while, taken over by a Jupyter server, or started anew."""
