"""Execution: the dispatcher, the Dask executor, the papermill engine."""
