"""The database that indexes runs and reductions: the only package with SQL."""
