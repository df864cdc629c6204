"""What somebody else made: a Key Vault with a secret, a resource group with a resource in it, and a workspace."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Final

from dryrun import cloud as simulation
from dryrun.existing_azure import describe_vault
from tests.landing_zone_cases import GROUP

from .existing_objects import CloudObject

if TYPE_CHECKING:
    from .simulated_cloud import SimulatedCloud

Properties = dict[str, Any]
SECURITY: Final = "rg-security"
_SUBSCRIPTION: Final = f"/subscriptions/{simulation.SUBSCRIPTION}/resourceGroups"
# As in tests.cases, but in the subscription that the simulation makes everything in.
VAULT: Final = f"{_SUBSCRIPTION}/{SECURITY}/providers/Microsoft.KeyVault/vaults/kv-Platform"
WORKSPACE: Final = f"{_SUBSCRIPTION}/{SECURITY}/providers/Microsoft.OperationalInsights/workspaces/log-all"
PLACES: Final[dict[str, Any]] = {
    "resourceGroup": {"existingName": GROUP},
    "keyVault": {"existingId": VAULT},
    "monitoring": {"workspaceId": WORKSPACE, "alertEmails": ["ops@example.com"]},
}
_ANSWERED: Final = {
    "azure-native:keyvault:getVault": ("/Microsoft.KeyVault/vaults/{vaultName}", "azure-native:keyvault:Vault"),
    "azure-native:operationalinsights:getWorkspace": (
        "/Microsoft.OperationalInsights/workspaces/{workspaceName}",
        "azure-native:operationalinsights:Workspace",
    ),
}


def lend_places(cloud: SimulatedCloud) -> None:
    """Make what a platform team has. The names of the group and the vault are not all in lower case."""
    group = {"resourceGroupName": SECURITY, "location": "westeurope"}
    properties = describe_vault({"vaultName": "kv-Platform"}, simulation.TENANT)["properties"]
    _put(cloud, f"{_SUBSCRIPTION}/{GROUP}", "resources:ResourceGroup", {**group, "resourceGroupName": GROUP})
    _put(cloud, f"{_SUBSCRIPTION}/{SECURITY}", "resources:ResourceGroup", group)
    _put(cloud, VAULT, "keyvault:Vault", {**group, "vaultName": "kv-Platform", "properties": properties})
    _put(
        cloud, WORKSPACE, "operationalinsights:Workspace", {**group, "workspaceName": "log-all", "retentionInDays": 365}
    )
    place = {"resourceGroupName": SECURITY, "vaultName": "kv-Platform"}
    token = {**place, "secretName": "airflow-fernet-key", "properties": {"value": "of-another-team"}}
    _put(cloud, f"{VAULT}/secrets/airflow-fernet-key", "keyvault:Secret", token)
    network = f"{_SUBSCRIPTION}/{GROUP}/providers/Microsoft.Network/networkSecurityGroups/network-nodes-security"
    inputs = {"resourceGroupName": GROUP, "networkSecurityGroupName": "network-nodes-security"}
    _put(cloud, network, "network:NetworkSecurityGroup", inputs)


def lent(cloud: SimulatedCloud) -> dict[str, Properties]:
    """What the platform team's things look like; one that is gone is missing."""
    return {key: copy.deepcopy(item.inputs) for key, item in cloud.objects.items() if item.name.startswith("lent-")}


def answer(cloud: SimulatedCloud, token: str, arguments: Properties) -> Properties | None:
    """What Azure tells of a vault, a group or a workspace, under the names that it has there; None if there is none."""
    group = f"/resourceGroups/{arguments.get('resourceGroupName')}"
    kind = "azure-native:resources:ResourceGroup"
    if token in _ANSWERED:
        path, kind = _ANSWERED[token]
        group += "/providers" + path.format(**arguments)
    end = group.lower()
    found = [item for key, item in cloud.objects.items() if item.type == kind and key.lower().endswith(end)]
    if not found:
        return None
    name = found[0].id.rpartition("/")[2]
    return {**found[0].inputs, "id": found[0].id, "name": name}


def is_question(token: str) -> bool:
    """Whether a call asks for one of these."""
    return token in _ANSWERED or token == "azure-native:resources:getResourceGroup"


def _put(cloud: SimulatedCloud, key: str, kind: str, inputs: Properties) -> None:
    name = f"lent-{key.rpartition('/')[2]}"
    cloud.objects[key] = CloudObject(f"azure-native:{kind}", name, inputs, dict(inputs), key)
