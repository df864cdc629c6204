"""Compares two dry runs: pairs their resources, finds what a change would do, and writes that in several forms."""
