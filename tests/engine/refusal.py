"""What the simulated cloud says no with."""

from __future__ import annotations


class CloudError(Exception):
    """The cloud refuses; the text is what a person reads."""


class HalfMadeError(CloudError):
    """What was asked for is there, and does not work: pods that do not start, a cluster whose making failed."""


def refuse_second(type_: str, key: str, identifier: str) -> None:
    """Refuse a name that is taken. Random values stand in the state alone, so that there are new ones."""
    if type_.startswith("kubernetes:helm.sh/"):
        raise CloudError("cannot re-use a name that is still in use")
    if type_.startswith("kubernetes:"):
        problem = "was not successfully created by the Kubernetes API server: it already exists"
        raise CloudError(f"resource '{identifier}' {problem}")
    if not type_.startswith("random:"):
        raise CloudError(f"cannot create already existing resource '{key}'")
