"""Describes resource types, names and counts in plain words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from components.settings.words import WORD

from .plan import Resource

# Names for the types whose last part alone would be unclear or misleading.
_NAMED: Final = {
    "azure-native:containerregistry:CacheRule": "registry cache",
    "azure-native:containerregistry:Registry": "container registry",
    "azure-native:containerservice:AgentPool": "node pool",
    "azure-native:containerservice:MaintenanceConfiguration": "maintenance window",
    "azure-native:containerservice:ManagedCluster": "AKS cluster",
    "azure-native:dbforpostgresql:Configuration": "server parameter",
    "azure-native:dbforpostgresql:Server": "PostgreSQL server",
    "azure-native:dns:RecordSet": "DNS record",
    "azure-native:keyvault:Secret": "Key Vault secret",
    "azure-native:keyvault:Vault": "Key Vault",
    "azure-native:managedidentity:FederatedIdentityCredential": "federated credential",
    "azure-native:managedidentity:UserAssignedIdentity": "managed identity",
    "azure-native:monitor:ScheduledQueryRule": "log alert",
    "azure-native:operationalinsights:Workspace": "Log Analytics workspace",
    "azure-native:privatedns:PrivateZone": "private DNS zone",
    "azure-native:privatedns:VirtualNetworkLink": "DNS zone link",
    "azure-native:redisenterprise:Database": "Redis database",
    "azure-native:redisenterprise:RedisEnterprise": "Managed Redis",
    "azure-native:storage:FileServiceProperties": "file service setting",
    "azure-native:storage:ManagementPolicy": "lifecycle policy",
    "kubernetes:cilium.io/v2:CiliumNetworkPolicy": "Cilium policy",
    "kubernetes:core/v1:Secret": "Kubernetes secret",
    "kubernetes:helm.sh/v3:Release": "Helm release",
    "pulumi:providers:azure-native": "Azure provider",
    "pulumi:providers:kubernetes": "Kubernetes provider",
    "random:index/randomBytes:RandomBytes": "random key",
}
_NO_BREAK: Final = "\N{NO-BREAK SPACE}"
_CAPITALS: Final = {"api", "crd", "dns", "http", "ip", "nat"}


def describe_type(type_: str) -> str:
    """Return the words for a resource type, for example `virtual network`."""
    if type_ in _NAMED:
        return _NAMED[type_]
    own = type_.rpartition(":")[2].rpartition("/")[2]
    words = [word.lower() for word in WORD.findall(own)]
    return " ".join(word.upper() if word in _CAPITALS else word for word in words) or type_


def humanize(name: str) -> str:
    """Return a class name or logical name as words: `External secrets` for `ExternalSecrets` and `external-secrets`."""
    words = [word if word.isupper() else word.lower() for word in WORD.findall(name)]
    text = " ".join(words) or name
    return text[:1].upper() + text[1:]


def pluralize(number: int, noun: str) -> str:
    """Return a number with its noun: `1 subnet`, `4 subnets`, `2 network policies`, `3 public IP addresses`."""
    if number == 1:
        return f"1 {noun}"
    if noun.endswith(("ay", "ey", "oy")) or not noun.endswith(("y", "s", "x", "ch")):
        return f"{number} {noun}s"
    return f"{number} {noun[:-1]}ies" if noun.endswith("y") else f"{number} {noun}es"


def summarize(resources: Iterable[Resource]) -> str:
    """Return resources counted by type, in the order of the program: `virtual network, 4 subnets`.

    Spaces within an entry are no-break spaces, so that lines break after commas only.
    """
    kinds = Counter(describe_type(resource.type) for resource in resources)
    pieces = (noun if number == 1 else pluralize(number, noun) for noun, number in kinds.items())
    return ", ".join(piece.replace(" ", _NO_BREAK) for piece in pieces)
