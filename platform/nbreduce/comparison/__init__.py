"""Reductions side by side: what differs, and by how much their curves do."""
