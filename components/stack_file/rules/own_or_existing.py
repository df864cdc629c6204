"""What is for a service of the stack's own, and what for one that exists: each is refused beside the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pydantic.alias_generators import to_camel

from components.settings.key_vault_section import KeyVaultSettings
from components.settings.registry_section import RegistrySettings
from components.stack_file.problems import Problem, key_path

from .context import Context


def refuse_misplaced_settings(
    context: Context,
    section: str,
    settings: KeyVaultSettings | RegistrySettings,
    *,
    of_own: Sequence[str],
    of_existing: Sequence[str],
    service: str,
) -> Iterator[Problem]:
    """Yield a problem for each setting without effect: `of_own` with an `existingId`, `of_existing` without one."""
    existing_id = key_path(section, "existingId")
    if settings.existing_id is not None:
        fields, message = of_own, f"is for a {service} of the stack's own, and {existing_id} is set; remove one"
    elif context.is_wrong(existing_id):
        return
    else:
        fields, message = of_existing, f"is for a {service} that exists: remove it, or set {existing_id}"
    for field in fields:
        if field in settings.model_fields_set:
            yield Problem(path=key_path(section, to_camel(field)), message=message)
