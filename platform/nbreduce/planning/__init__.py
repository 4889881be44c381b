"""From a run to the reductions that it gets: which templates, with which values."""
