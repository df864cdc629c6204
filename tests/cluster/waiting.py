"""Waiting for what a control plane does."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from tests.engine import workspace

# Most conditions list whole kinds, which costs the API server more than the work that is waited for.
wait_until: Callable[..., None] = partial(workspace.wait_until, pause=0.1)

__all__ = ["wait_until"]
