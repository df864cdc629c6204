"""What the simulated Azure answers about what a company already has: a Key Vault, a resource group, a workspace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

# Where the stack's resources are not: what exists is not always in the stack's region.
_LOCATION: Final = "westeurope"

Properties = dict[str, Any]


def describe_vault(arguments: Mapping[str, Any], tenant: str) -> Properties:
    """Return a vault whose secrets role assignments open. Azure answers with the host's name in lower case."""
    name = arguments["vaultName"]
    properties = {
        "enableRbacAuthorization": True,
        "sku": {"family": "A", "name": "standard"},
        "tenantId": tenant,
        "vaultUri": f"https://{name.lower()}.vault.azure.net/",
    }
    return {"name": name, "location": _LOCATION, "properties": properties, "type": "Microsoft.KeyVault/vaults"}


def describe_group(arguments: Mapping[str, Any], subscription: str) -> Properties:
    """Return a resource group of the stack's subscription."""
    name = arguments["resourceGroupName"]
    return {"id": f"/subscriptions/{subscription}/resourceGroups/{name}", "name": name, "location": _LOCATION}


def describe_workspace(arguments: Mapping[str, Any]) -> Properties:
    """Return a Log Analytics workspace."""
    return {"name": arguments["workspaceName"], "location": _LOCATION, "retentionInDays": 90}
