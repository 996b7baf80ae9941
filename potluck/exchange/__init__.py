"""Bringing in a real past: imports, and the record of where each thing came from."""
