"""What the simulated cloud says no with."""

from __future__ import annotations


class CloudError(Exception):
    """The cloud refuses; the text is what a person reads."""
