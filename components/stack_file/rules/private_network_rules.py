"""Rules for `network.private` and the settings that it makes."""

from __future__ import annotations

import json
from collections.abc import Iterator

from pydantic.alias_generators import to_camel

from components.settings.model import Settings
from components.settings.private_network import private_values
from components.stack_file.problems import Problem, key_path

from .context import Context, Rule


def private_setting(settings: Settings, section: str, key: str, value: str) -> tuple[str, str]:
    """Return path and value of the setting that closes a service: `network.private`, or the service's own setting."""
    return (key_path("network", "private"), "true") if settings.network.private else (key_path(section, key), value)


def nothing_stays_public(context: Context) -> Iterator[Problem]:
    """With `network.private`, no setting of a single service asks for a public address."""
    settings = context.settings
    if not settings.network.private:
        return
    for (section, field), closed in private_values(settings).items():
        value = getattr(getattr(settings, section), field)
        if value != closed:
            yield Problem(
                path=key_path(to_camel(section), to_camel(field)),
                message=f"is {_show(value)}, and {key_path('network', 'private')} is true, which makes it "
                f"{_show(closed)}: remove one; without the latter, each service has its own setting",
            )


def _show(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


PRIVATE_NETWORK_ERRORS: tuple[Rule, ...] = (nothing_stays_public,)
