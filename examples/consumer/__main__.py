"""Grants a storage account, which this program does not create, to the identity of an Airflow stack."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_azure_native import authorization

# Storage Blob Data Reader and Contributor. Source: Azure, "Azure built-in roles".
ROLES: Final = {
    "read": "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
    "write": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
}
_STACK: Final = re.compile(r"[^/\s]+/[^/\s]+/[^/\s]+")
_ACCOUNT_ID: Final = re.compile(
    r"/subscriptions/(?P<subscription>[^/]+)/resourceGroups/[^/]+/providers/Microsoft\.Storage/storageAccounts/[^/]+",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The Airflow stack, the account that its tasks may use, and the id of the role that they get on it."""

    airflow_stack: str
    account_id: str
    role_id: str


def read_settings(config: pulumi.Config) -> Settings:
    """Return the settings of the selected stack.

    Raises:
        pulumi.RunError: the config is wrong; the message lists every problem.

    """
    stack, account = config.get("airflowStack") or "", config.get("storageAccountId") or ""
    access = config.get("access") or "read"
    problems = []
    if not _STACK.fullmatch(stack):
        example = "organization/airflow-aks/prod"
        problems.append(f"{config.full_key('airflowStack')}: must be organization/project/stack, for example {example}")
    found = _ACCOUNT_ID.fullmatch(account)
    if found is None:
        form = "/subscriptions/<id>/resourceGroups/<name>/providers/Microsoft.Storage/storageAccounts/<name>"
        problems.append(f"{config.full_key('storageAccountId')}: must be the id of a storage account: {form}")
    if access not in ROLES:
        problems.append(f"{config.full_key('access')}: must be one of {', '.join(ROLES)} (is {access})")
    if found is None or problems:
        raise pulumi.RunError("\n".join(("the config is wrong:", *(f"  {problem}" for problem in problems))))
    definitions = f"/subscriptions/{found['subscription']}/providers/Microsoft.Authorization/roleDefinitions"
    return Settings(airflow_stack=stack, account_id=account, role_id=f"{definitions}/{ROLES[access]}")


settings = read_settings(pulumi.Config())
airflow = pulumi.StackReference(settings.airflow_stack)
authorization.RoleAssignment(
    "airflow-uses-storage",
    scope=settings.account_id,
    principal_id=airflow.require_output("airflowIdentityPrincipalId"),
    # Set explicitly: Azure may otherwise not find an identity that was created a moment ago.
    principal_type="ServicePrincipal",
    role_definition_id=settings.role_id,
)
# A DAG signs in to Azure with this client id.
pulumi.export("airflowIdentityClientId", airflow.require_output("airflowIdentityClientId"))
