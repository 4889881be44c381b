"""Trials of a template on runs that were measured before: kept apart from the archive, with what they gave."""
