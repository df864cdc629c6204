"""Rules for `network.private` and the settings that it makes."""

from __future__ import annotations

import json
from collections.abc import Iterator

from pydantic.alias_generators import to_camel

from components.settings.model import Settings
from components.settings.private_network import private_values
from components.stack_file.problems import Problem, key_path
from components.stack_file.without_airflow import AIRFLOW, NEED_AIRFLOW

from .context import Context, Rule


def private_setting(settings: Settings, section: str, key: str, value: str) -> tuple[str, str]:
    """Return path and value of the setting that closes a service: `network.private`, or the service's own setting."""
    return (key_path("network", "private"), "true") if settings.network.private else (key_path(section, key), value)


def why_section_is_unused(settings: Settings, section: str) -> str | None:
    """Return why the stack file may not close what a section is about; None if it may.

    A remedy must not name a setting that another rule refuses.
    """
    existing = {"registry": settings.registry.existing_id, "keyVault": settings.key_vault.existing_id}
    if existing.get(section) is not None:
        return f"{key_path(section, 'existingId')} is set"
    if section in NEED_AIRFLOW and not settings.has_airflow:
        return f"{AIRFLOW} is null"
    return None


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
