"""The roles in a Key Vault that exists and that somebody else has to assign."""

from __future__ import annotations

from typing import Final

from pulumi import Output

from components.airflow.accounts import backend_asks_vault
from components.airflow.airflow_stack import AirflowStack
from components.azure.required_grants import command_grant
from components.azure.roles import KEY_VAULT_SECRETS_USER

BACKEND: Final = "keyVault.secretsBackend"
_EXISTING: Final = "airflow-aks:keyVault.existingId"


def list_vault_grants(stack: AirflowStack) -> dict[str, Output[str]]:
    """Return the commands, by what needs the role: secrets, the certificate, and Airflow's secrets backend.

    The backend reads any secret, so its role is on the whole vault: never the program's to assign in a vault of others.
    """
    foundation = stack.foundation
    if foundation.settings.key_vault.existing_id is None:
        return {}
    grants = {**stack.secrets.required_grants(), **stack.way_in.required_grants}
    if backend_asks_vault(foundation.settings):
        grants[BACKEND] = command_grant(
            _EXISTING, KEY_VAULT_SECRETS_USER, stack.identity.principal_id, foundation.key_vault.vault_id
        )
    return grants
