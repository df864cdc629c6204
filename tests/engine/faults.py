"""What goes wrong on purpose, and how often it really did."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from .refusal import CloudError, HalfMadeError


@dataclass
class Fault:
    """Something to go wrong: at one operation on a resource, before or after the cloud did it.

    After it, the answer is lost; with `half_made` it says what is there and that it does not work. With `cut_off`, Helm
    has written that it begins, and nothing else happened; with both, Helm has written that it failed.
    """

    operation: str
    name: str
    error: str = "InternalServerError: injected by the test"
    after: bool = False
    half_made: bool = False
    cut_off: bool = False
    seconds: float = 0.0
    times: int = 1
    action: Callable[[], None] | None = None
    injected: int = 0

    def happen(self) -> None:
        """Wait, do what the test wants, and fail."""
        if self.seconds:
            time.sleep(self.seconds)
        if self.action is not None:
            self.action()
        if self.error:
            raise (HalfMadeError if self.half_made else CloudError)(self.error)
