"""The record itself: a directory tree of executed notebooks, manifests and outputs."""
