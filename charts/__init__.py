"""Versions of charts and images, the tool that updates them, and the values that charts get."""
