"""Rules for the container registry and the Key Vault."""

from __future__ import annotations

from collections.abc import Iterator

from components.stack_file.problems import Problem, key_path

from .context import Context, Rule
from .private_network_rules import private_setting


def registry_fits_its_sku(context: Context) -> Iterator[Problem]:
    """Private access and retention come with a Premium registry only."""
    registry = context.settings.registry
    if registry.sku == "Premium" or registry.existing_id is not None:
        return
    needs = f"needs {key_path('registry', 'sku')}: Premium (is {registry.sku})"
    if not registry.public_access:
        path, value = private_setting(context.settings, "registry", "publicAccess", "false")
        yield Problem(path=path, message=f"{value} {needs}")
    if "retention_days" in registry.model_fields_set:
        yield Problem(path=key_path("registry", "retentionDays"), message=needs)


REGISTRY_AND_VAULT_ERRORS: tuple[Rule, ...] = (registry_fits_its_sku,)
