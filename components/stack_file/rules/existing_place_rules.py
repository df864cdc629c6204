"""Rules for a Key Vault, a resource group and a workspace that exist already, and for settings that only they have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pydantic.alias_generators import to_camel

from components.airflow.accounts import backend_asks_vault
from components.stack_file.problems import Problem, key_path

from .context import Context, Rule
from .own_or_existing import refuse_misplaced_settings

_VAULT: Final = key_path("keyVault", "existingId")
_GROUP: Final = key_path("resourceGroup", "existingName")
_WORKSPACE: Final = key_path("monitoring", "workspaceId")
# The settings of a vault of the stack's own, and those of a vault that exists.
_OF_OWN_VAULT: Final = ("purge_protection", "soft_delete_days", "public_access", "reader_principal_ids")
_OF_EXISTING_VAULT: Final = ("grant_access", "delete_secrets")


def settings_suit_the_vault(context: Context) -> Iterator[Problem]:
    """A vault that exists is as its owner made it; roles on single secrets are a question for such a vault only."""
    yield from refuse_misplaced_settings(
        context,
        "keyVault",
        context.settings.key_vault,
        of_own=_OF_OWN_VAULT,
        of_existing=_OF_EXISTING_VAULT,
        service="vault",
    )


def what_exists_has_its_name(context: Context) -> Iterator[Problem]:
    """What exists is not named by the stack."""
    settings, names = context.settings, context.settings.naming.names
    workspace = settings.monitoring.workspace_id if settings.monitoring is not None else None
    for key, existing, path, what in (
        ("resource_group", settings.resource_group.existing_name, _GROUP, "resource group"),
        ("vault", settings.key_vault.existing_id, _VAULT, "Key Vault"),
        ("log_workspace", workspace, _WORKSPACE, "workspace"),
    ):
        if existing is not None and key in names.chosen:
            yield Problem(
                path=key_path("naming", "names", to_camel(key)),
                message=f"is the name of a {what} of the stack's own, and {path} is set; remove one",
            )


def backend_may_read_the_vault(context: Context) -> Iterator[Problem]:
    """Warn that the program lets Airflow's secrets backend read no vault that exists, because it would read all of it.

    The backend asks for any name that a DAG uses, so no role on single secrets would do.
    """
    if context.settings.key_vault.existing_id is not None and backend_asks_vault(context.settings):
        yield Problem(
            path=_VAULT,
            message="Airflow's secrets backend reads this vault, and the program assigns no role that opens the "
            "secrets of others: the output requiredGrants has the command that does, or let the backend read another "
            "vault",
        )


EXISTING_PLACE_ERRORS: tuple[Rule, ...] = (
    settings_suit_the_vault,
    what_exists_has_its_name,
)
EXISTING_PLACE_WARNINGS: tuple[Rule, ...] = (backend_may_read_the_vault,)
