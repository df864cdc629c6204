"""Reads a stack file, checks it as a whole, and documents it."""
