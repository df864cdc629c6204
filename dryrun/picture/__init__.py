"""Draws the architecture of a plan, as SVG for the page and as Mermaid text."""
