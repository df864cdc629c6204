"""What a rule sees."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from components.settings.model import Settings
from components.stack_file.problems import NAMESPACE, Problem


@dataclass(frozen=True, kw_only=True)
class Context:
    """The settings, the keys that the stack file really holds, and the day."""

    settings: Settings
    config_keys: frozenset[str]
    today: datetime.date

    def has_key(self, key: str) -> bool:
        """Whether the stack file holds a key of its own, such as a secret."""
        return f"{NAMESPACE}:{key}" in self.config_keys


Rule = Callable[[Context], Iterator[Problem]]
