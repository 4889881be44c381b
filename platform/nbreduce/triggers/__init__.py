"""Sources that report finished runs: one module each, found by the entry-point group `nbreduce.triggers`."""
