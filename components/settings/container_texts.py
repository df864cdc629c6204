"""Texts that become environment variables of containers."""

from __future__ import annotations

from typing import Final

# The limit in bytes of NAME=value with the zero byte behind it: MAX_ARG_STRLEN, 32 pages. Source: Linux, "execve(2)",
# limits on size of arguments and environment.
MAX_VARIABLE_BYTES: Final = 32 * 4096


def literal(text: str) -> str:
    """Return a text for a container's `env` that Kubernetes does not change.

    Kubernetes would replace `$(NAME)` by the value of the variable NAME, and `$$` by `$`.
    Source: Kubernetes, "Define Dependent Environment Variables".
    """
    return text.replace("$", "$$") if "$$" in text or "$(" in text else text


def variable_problem(name: str, text: str) -> str | None:
    """Return the reason why a container cannot have a variable; None if it can."""
    if "\0" in text:
        return "must not contain a zero byte: no environment variable can"
    size = len(f"{name}={text}".encode()) + 1
    if size > MAX_VARIABLE_BYTES:
        return (
            f"has {len(text.encode())} bytes: a container takes {MAX_VARIABLE_BYTES - len(name.encode()) - 2} in a "
            f"variable of this name, because Linux limits NAME=value to {MAX_VARIABLE_BYTES}"
        )
    return None
