"""A company whose Key Vault, resource group and workspace suit prod, in the fake Azure."""

from __future__ import annotations

from typing import Any

from tests.case_values import HOST, USER_SECRETS, WORKSPACE
from tests.landing_zone_cases import GROUP, VAULT

from .azure_answers import OWNER, TENANT, Json
from .fake_azure import FakeAzure

CERTIFICATE = {"host": HOST, "tls": {"issuer": "keyVault", "certificate": "airflow-tls"}}
OFFICER: Json = {**OWNER, "dataActions": ["Microsoft.KeyVault/vaults/secrets/*"]}
SECRETS = (*USER_SECRETS.values(), "airflow-tls")


def vault(**more: Any) -> Json:
    """A vault in RBAC mode that anybody reaches, of the subscription's tenant."""
    properties = {"enableRbacAuthorization": True, "tenantId": TENANT, "publicNetworkAccess": "Enabled", **more}
    return {"id": VAULT, "name": "kv-Platform", "location": "westeurope", "properties": properties}


def fill(azure: FakeAzure) -> FakeAzure:
    """A company whose places suit prod."""
    azure.by_path |= {
        f"/resourceGroups/{GROUP}": {"name": GROUP, "location": "westeurope", "tags": {"owner": "platform"}},
        VAULT: vault(),
        WORKSPACE: {"name": "log-all", "location": "Canada Central", "properties": {}},
        **{f"{VAULT}/secrets/{name}": {"name": name} for name in SECRETS},
    }
    azure.answers["permissions"] = [OFFICER]
    return azure
