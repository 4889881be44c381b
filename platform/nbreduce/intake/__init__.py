"""From a report to a run: is the file finished, and what does it say of itself."""
