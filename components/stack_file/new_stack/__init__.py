"""Writes the file of a new stack from five answers."""
