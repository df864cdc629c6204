"""Environment variables from the user's own Key Vault secrets, and Airflow's own access to the vault."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from components.airflow import names
from components.airflow.owned.checker import option_of, variable_owner
from components.airflow.owned.table import fixed_because
from components.settings.airflow_sections import AirflowSettings

from .shared_vault import marked_name

# The names of the program's own secrets in the vault; some end in random letters.
OWN_SECRETS: Final = (
    "airflow-admin-password",
    "airflow-api-secret-key",
    "airflow-broker-url",
    "airflow-fernet-key",
    "airflow-git-connection",
    "airflow-git-ssh-key",
    "airflow-git-token",
    "airflow-git-username",
    "airflow-jwt-secret",
    "airflow-keda-connection",
    "airflow-metadata-async-connection",
    "airflow-metadata-connection",
    "airflow-migration-connection",
    "airflow-pgbouncer-ini",
    "airflow-pgbouncer-stats",
    "airflow-pgbouncer-users",
    "airflow-remote-cluster",
    "airflow-result-backend",
    "airflow-sign-in-client-secret",
    "aks-airflow-logs-storage-account",
)
# Variables that containers already have. Kubernetes refuses two variables of the same name.
CONTAINER_VARIABLES: Final = frozenset(
    {
        "ADMIN_EMAIL",
        "ADMIN_FIRST_NAME",
        "ADMIN_LAST_NAME",
        "ADMIN_PASSWORD",
        "ADMIN_USERNAME",
        "AIRFLOW_CONFIG",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER",
        "CONNECTION_CHECK_MAX_COUNT",
        "HOME",
        "JOB_NAME",
        "PATH",
        "PYTHONDONTWRITEBYTECODE",
        "XDG_CACHE_HOME",
    }
)
_BACKEND: Final = "AzureKeyVaultBackend"
_BACKEND_PLACES: Final = ("secrets.backend", "workers.secrets_backend")
_ARGUMENT_PLACES: Final = ("secrets.backend_kwarg", "workers.secrets_backend_kwarg")
_VAULT_HOST: Final = re.compile(r"https://([a-z0-9-]+)\.vault\.", re.IGNORECASE)


def key_vault_problems(
    secrets: Mapping[str, str],
    environment: Mapping[str, str],
    config: Mapping[str, Mapping[str, object]],
    mark: str | None = None,
) -> Iterator[tuple[str, str]]:
    """Yield the problems of `airflow.keyVaultSecrets`, each as a path below that setting and a message.

    `mark` begins the names of the program's secrets in a vault that exists.
    """
    for variable, vault_secret in secrets.items():
        section, key = option_of(variable)
        if (owner := variable_owner(variable)) is not None:
            yield variable, owner
        elif variable in CONTAINER_VARIABLES:
            yield variable, fixed_because("its containers set this variable already; use another one")
        elif variable in environment:
            yield variable, f"is also set by airflow-aks:airflow.environment.{variable}: keep one of the two"
        elif section and key in config.get(section, {}):
            yield variable, f"is also set by airflow-aks:airflow.config.{section}.{key}: keep one of the two"
        if _is_own(vault_secret, mark):
            yield variable, f"{vault_secret} is a secret of the program itself: store yours under another name"


def versions(secrets: Mapping[str, str]) -> str:
    """Return ten characters that change with the list. The program does not read the secrets themselves."""
    text = "\n".join(f"{variable}={secrets[variable]}" for variable in sorted(secrets))
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def container_variables(secrets: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the variables as entries of a container's `env`."""
    return [
        {"name": variable, "valueFrom": {"secretKeyRef": {"name": names.USER_SECRETS, "key": variable}}}
        for variable in sorted(secrets)
    ]


def asks_vault(airflow: AirflowSettings, own: re.Pattern[str]) -> bool:
    """Return whether Airflow's secrets backend reads the stack's vault: it is on, and names that vault or none.

    `own` matches the name of the stack's vault.
    """
    given = {
        **{
            f"{section}.{key}": str(value)
            for section, options in airflow.config.items()
            for key, value in options.items()
        },
        **{".".join(option_of(variable)): value for variable, value in airflow.environment.items()},
    }
    if not any(given.get(place, "").rpartition(".")[2] == _BACKEND for place in _BACKEND_PLACES):
        return False
    arguments = " ".join(value for place, value in given.items() if place.startswith(_ARGUMENT_PLACES))
    vaults = _VAULT_HOST.findall(arguments)
    return not vaults or any(own.fullmatch(vault.lower()) for vault in vaults)


def _is_own(vault_secret: str, mark: str | None) -> bool:
    """Return whether the program owns a secret. Key Vault ignores the case of names."""
    name = vault_secret.lower()
    return any(name == own or name.startswith(f"{own}-") for own in (marked_name(mark, own) for own in OWN_SECRETS))
