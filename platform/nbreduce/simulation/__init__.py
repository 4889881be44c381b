"""The virtual facility: writes runs as a real one does, and knows beforehand how each should end.

Importing this package imports no science package; writing a run does.
"""
