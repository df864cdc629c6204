"""What the simulated cloud says no with."""

from __future__ import annotations


class CloudError(Exception):
    """The cloud refuses; the text is what a person reads."""


class HalfMadeError(CloudError):
    """What was asked for is there, and does not work: pods that do not start, a cluster whose making failed."""
