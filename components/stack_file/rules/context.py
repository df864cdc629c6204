"""The arguments and the type of a rule."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from components.settings.model import Settings
from components.settings.retirements import Retirements, load_retirements
from components.stack_file.problems import NAMESPACE, Problem


@dataclass(frozen=True, kw_only=True)
class Context:
    """The settings, the full config keys of the stack file, and the current day.

    `wrong`: the paths of wrong values, which the settings do not hold.
    """

    settings: Settings
    config_keys: frozenset[str]
    today: datetime.date
    wrong: frozenset[str] = frozenset()
    retirements: Retirements = field(default_factory=load_retirements)

    def is_wrong(self, *paths: str) -> bool:
        """Return whether the value of one of the paths was wrong, so that the settings say nothing about it."""
        return not self.wrong.isdisjoint(paths)

    def has_key(self, key: str) -> bool:
        """Return whether the config has a key outside the sections, such as the secret `dagsGitToken`."""
        return f"{NAMESPACE}:{key}" in self.config_keys


# A rule is named after its requirement, and yields a problem for each place that violates the requirement.
Rule = Callable[[Context], Iterator[Problem]]
