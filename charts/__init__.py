"""Versions of charts and images, and the values that charts are given."""
