"""What Azure requires of each physical name, and what the program makes it of.

Source: Azure, "Naming rules and restrictions for Azure resources". Names that become host names must be in lower case
here, also where Azure accepts capitals, because image references and network policies compare hosts as text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

DATABASE_ZONE: Final = ".private.postgres.database.azure.com"


@dataclass(frozen=True, kw_only=True)
class NameType:
    """The requirements of a name.

    `form` is a regular expression, and `rule` says the same in words. `abbreviation` and `ending` begin and end the
    name that the program makes. `unique`: no other resource in Azure may have the name. `of_airflow`: a stack without
    Airflow lacks the resource. `optional`: other settings decide whether the resource exists.
    """

    resource: str
    abbreviation: str
    shortest: int
    longest: int
    form: str
    rule: str
    ending: str = ""
    hyphens: bool = True
    unique: bool = False
    of_airflow: bool = False
    optional: bool = False

    @property
    def requirement(self) -> str:
        """What a name of this type must be, in words."""
        return f"{self.shortest} to {self.longest} {self.rule}"

    def accepts(self, name: str) -> bool:
        """Return whether a resource of this type may have the name."""
        return self.shortest <= len(name) <= self.longest and re.fullmatch(self.form, name) is not None


_GROUP: Final = NameType(
    resource="resource group",
    abbreviation="rg",
    shortest=1,
    longest=90,
    form=r"[A-Za-z0-9._()-]*[A-Za-z0-9_()-]",
    rule="letters, digits, hyphens, underscores, periods and parentheses, the last no period",
)
_NETWORK: Final = NameType(
    resource="virtual network",
    abbreviation="vnet",
    shortest=2,
    longest=64,
    form=r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9_])?",
    rule="letters, digits, hyphens, underscores and periods, the first a letter or digit, the last no hyphen or period",
)
_CLUSTER: Final = NameType(
    resource="cluster",
    abbreviation="aks",
    shortest=1,
    longest=63,
    form=r"[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?",
    rule="letters, digits, hyphens and underscores, the first and the last a letter or digit",
)
_HOST: Final = NameType(
    resource="host",
    abbreviation="",
    shortest=1,
    longest=63,
    form=r"[a-z0-9]+(-[a-z0-9]+)*",
    rule="lower-case letters, digits and single hyphens, the first and the last no hyphen",
)
_REGISTRY: Final = NameType(
    resource="container registry",
    abbreviation="cr",
    shortest=5,
    longest=50,
    form=r"[a-z0-9]+",
    rule="lower-case letters and digits",
    hyphens=False,
    unique=True,
)
_VAULT: Final = NameType(
    resource="Key Vault",
    abbreviation="kv",
    shortest=3,
    longest=24,
    form=r"[a-z][a-z0-9]*(-[a-z0-9]+)*",
    rule="lower-case letters, digits and single hyphens, the first a letter, the last no hyphen",
    unique=True,
    of_airflow=True,
)
_STORAGE: Final = replace(
    _REGISTRY, resource="storage account", abbreviation="st", shortest=3, longest=24, of_airflow=True
)
_ZONE: Final = NameType(
    resource="private DNS zone of the database",
    abbreviation="",
    shortest=1 + len(DATABASE_ZONE),
    longest=63 + len(DATABASE_ZONE),
    form=rf"[a-z0-9]+(-[a-z0-9]+)*{re.escape(DATABASE_ZONE)}",
    rule=f"characters: lower-case letters, digits and single hyphens, and then {DATABASE_ZONE}",
    of_airflow=True,
    optional=True,
)
_IDENTITY: Final = NameType(
    resource="identity",
    abbreviation="id",
    shortest=3,
    longest=128,
    form=r"[A-Za-z0-9][A-Za-z0-9_-]*",
    rule="letters, digits, hyphens and underscores, the first a letter or digit",
)
_IDENTITY_OF_AIRFLOW: Final = replace(_IDENTITY, of_airflow=True)
# Azure allows 63 characters. LogWorkspace appends a hyphen and eight random digits.
_WORKSPACE: Final = NameType(
    resource="Log Analytics workspace",
    abbreviation="log",
    shortest=4,
    longest=54,
    form=r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?",
    rule="letters, digits and hyphens, the first and the last no hyphen",
    optional=True,
)

# By the fields of components.settings.names.Names.
NAME_TYPES: Final[Mapping[str, NameType]] = {
    "resource_group": _GROUP,
    "node_resource_group": replace(
        _GROUP, resource="resource group that AKS makes for nodes", longest=80, ending="nodes"
    ),
    "network": _NETWORK,
    "cluster": _CLUSTER,
    "dns_prefix": replace(_HOST, resource="DNS prefix of the cluster", abbreviation="aks", longest=54),
    "registry": _REGISTRY,
    "vault": _VAULT,
    "storage_account": _STORAGE,
    "file_storage_account": replace(
        _STORAGE, resource="storage account of Premium shares", abbreviation="stf", optional=True
    ),
    # Azure allows 63 characters. A restored server appends its number, up to `-r99`.
    "database_server": replace(
        _HOST, resource="database server", abbreviation="psql", shortest=3, longest=59, unique=True, of_airflow=True
    ),
    "database_zone": _ZONE,
    "broker": replace(
        _HOST, resource="broker", abbreviation="redis", longest=60, unique=True, of_airflow=True, optional=True
    ),
    "control_plane_identity": replace(_IDENTITY, resource="identity of the control plane", ending="aks"),
    "kubelet_identity": replace(_IDENTITY, resource="identity of the nodes", ending="kubelet"),
    # Azure allows 128 characters. The identity of a team's tasks appends the team's name, up to 30 characters.
    "airflow_identity": replace(_IDENTITY_OF_AIRFLOW, resource="identity of Airflow", longest=97, ending="airflow"),
    "gateway_address": replace(
        _NETWORK,
        resource="public address of the gateway",
        abbreviation="pip",
        shortest=1,
        longest=80,
        ending="gateway",
        of_airflow=True,
        optional=True,
    ),
    "certificate_identity": replace(
        _IDENTITY_OF_AIRFLOW, resource="identity of the certificate", ending="certificate", optional=True
    ),
    "secret_sync_identity": replace(_IDENTITY_OF_AIRFLOW, resource="identity of the secret sync", ending="secrets"),
    "remote_identity": replace(
        _IDENTITY_OF_AIRFLOW, resource="identity for remote clusters", ending="remote", optional=True
    ),
    "log_workspace": _WORKSPACE,
}
_ALERT: Final = NameType(
    resource="alerts",
    abbreviation="alert",
    shortest=1,
    longest=260,
    form=r"[a-z0-9-]*[a-z0-9]",
    rule="characters",
    ending="monitoring-alerts-database-connections",
)
# Resources without a setting of their own, by their types. A pattern precedes their names; `ending` is the longest.
OTHER_NAME_TYPES: Final[Mapping[str, NameType]] = {
    "monitor:ActionGroup": replace(
        _ALERT, resource="action group", abbreviation="ag", ending="monitoring-alerts-group"
    ),
    "monitor:DataCollectionRule": replace(
        _NETWORK, resource="data collection rule", abbreviation="dcr", longest=64, ending="monitoring-collection-rule"
    ),
    "monitor:MetricAlert": _ALERT,
    "monitor:ScheduledQueryRule": _ALERT,
    "network:NatGateway": replace(
        _NETWORK, resource="NAT gateway", abbreviation="ng", longest=80, ending="network-nat-gateway"
    ),
    "network:NetworkSecurityGroup": replace(
        _NETWORK,
        resource="security groups",
        abbreviation="nsg",
        longest=80,
        ending="network-private-endpoints-security",
    ),
    "network:PrivateEndpoint": replace(
        _NETWORK,
        resource="private endpoints",
        abbreviation="pep",
        longest=64,
        ending="log-storage-private-blob-endpoint",
    ),
    "network:PublicIPAddress": replace(
        _NETWORK, resource="address of the NAT gateway", abbreviation="pip", longest=80, ending="network-outbound-ip"
    ),
}
