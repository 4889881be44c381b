"""Templates: found, read by AST, checked and kept as they were when a run was reduced."""
