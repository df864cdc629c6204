"""What `network.private` sets in the other sections."""

from __future__ import annotations

from typing import Final

from .model import Settings

# Section and field of each setting that decides on a public address, and its value without one. The broker has no such
# setting: it follows `database.access`.
WITHOUT_PUBLIC_ADDRESS: Final = {
    ("cluster", "private_api_server"): True,
    ("database", "access"): "private",
    ("key_vault", "public_access"): False,
    ("logs", "public_access"): False,
    ("registry", "public_access"): False,
}


def private_values(settings: Settings) -> dict[tuple[str, str], object]:
    """Return what `network.private` sets: WITHOUT_PUBLIC_ADDRESS, but for services that exist already.

    How the stack's network reaches a registry or a Key Vault of others is theirs to decide.
    """
    ids = {"registry": settings.registry.existing_id, "key_vault": settings.key_vault.existing_id}
    existing = {name for name, existing_id in ids.items() if existing_id is not None}
    return {place: value for place, value in WITHOUT_PUBLIC_ADDRESS.items() if place[0] not in existing}


def close_services(settings: Settings) -> Settings:
    """Return the settings without public addresses if `network.private` is true.

    A setting that the stack file makes itself stays as it is, so that a rule can refuse it if it contradicts.
    """
    if not settings.network.private:
        return settings
    values = private_values(settings)
    sections = {name: getattr(settings, name) for name, _ in values}
    return settings.model_copy(
        update={
            name: sections[name].model_copy(update={field: value})
            for (name, field), value in values.items()
            if field not in sections[name].model_fields_set
        }
    )
