"""Rules for the container registry and the Key Vault."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Final

from components.stack_file.problems import Problem, key_path

from .context import Context, Rule
from .private_network_rules import private_setting

_KEY_VAULT_API_WARNING_FROM: Final = datetime.date(2026, 12, 1)


def registry_fits_its_sku(context: Context) -> Iterator[Problem]:
    """Private access and retention come with a Premium registry only."""
    registry = context.settings.registry
    if registry.sku == "Premium":
        return
    needs = f"needs {key_path('registry', 'sku')}: Premium (is {registry.sku})"
    if not registry.public_access:
        path, value = private_setting(context.settings, "registry", "publicAccess", "false")
        yield Problem(path=path, message=f"{value} {needs}")
    if "retention_days" in registry.model_fields_set:
        yield Problem(path=key_path("registry", "retentionDays"), message=needs)


def key_vault_api_is_current(context: Context) -> Iterator[Problem]:
    """Warn before Azure retires the API version with which the provider creates Key Vaults."""
    if context.today >= _KEY_VAULT_API_WARNING_FROM:
        yield Problem(
            path=key_path("keyVault"),
            message="is created with a control-plane API version that Azure retires on 2027-02-27; "
            "update pulumi-azure-native before then",
        )


REGISTRY_AND_VAULT_ERRORS: tuple[Rule, ...] = (registry_fits_its_sku,)
REGISTRY_AND_VAULT_WARNINGS: tuple[Rule, ...] = (key_vault_api_is_current,)
