"""The rights of the account: to create the resources, and to assign each role."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from components.azure import roles
from components.azure.endpoints import private_zones
from components.azure.existing_zones import cluster_zone
from components.azure.pull_access import PULL_ROLES
from components.azure.subnet_id import SubnetId
from components.azure.team_grants import AZURE_ROLES
from components.preflight.arm_client import ArmError
from components.preflight.findings import Finding, fail, passed, unanswered, unsure
from components.preflight.permissions import Permissions
from components.preflight.situation import Situation
from components.preflight.stack_in_azure import VAULT, WORKSPACE

ASSIGN: Final = "Microsoft.Authorization/roleAssignments/write"
_CREATE_GROUP: Final = "Microsoft.Resources/subscriptions/resourceGroups/write"
IMPORT: Final = "Microsoft.ContainerRegistry/registries/importImage/action"
_NETWORKS: Final = "Microsoft.Network/virtualNetworks"
_PRIVATE_ZONES: Final = "Microsoft.Network/privateDnsZones"
_OWNER: Final = "ask an owner of the scope for the role"
# Source: Azure, "Azure built-in roles".
_NAMES: Final = {
    roles.ACR_PULL: "AcrPull",
    roles.AKS_CLUSTER_USER: "Azure Kubernetes Service Cluster User Role",
    roles.AKS_RBAC_ADMIN: "Azure Kubernetes Service RBAC Admin",
    roles.AKS_RBAC_READER: "Azure Kubernetes Service RBAC Reader",
    roles.AKS_RBAC_WRITER: "Azure Kubernetes Service RBAC Writer",
    roles.DNS_ZONE_CONTRIBUTOR: "DNS Zone Contributor",
    roles.KEY_VAULT_SECRETS_USER: "Key Vault Secrets User",
    roles.MANAGED_IDENTITY_OPERATOR: "Managed Identity Operator",
    roles.NETWORK_CONTRIBUTOR: "Network Contributor",
    roles.PRIVATE_DNS_ZONE_CONTRIBUTOR: "Private DNS Zone Contributor",
    roles.READER: "Reader",
    roles.REPOSITORY_READER: "Container Registry Repository Reader",
    roles.STORAGE_BLOB_DATA_CONTRIBUTOR: "Storage Blob Data Contributor",
}


def check_rights(situation: Situation) -> Iterator[Finding]:
    """The account may create resources where the stack will be, and do what it must outside of it."""
    for scope, actions in _actions(situation).items():
        try:
            permissions = Permissions.at(situation.arm, scope)
        except ArmError as error:
            yield unanswered(error, f"your rights at {scope}")
            continue
        refused = [action for action in actions if permissions.allow(action) is False]
        unclear = [action for action in actions if permissions.allow(action) is None]
        if refused:
            yield fail(f"{', '.join(refused)} is not allowed at {scope}", f"{_OWNER} Contributor")
        if unclear:
            yield unsure(f"{', '.join(unclear)} is allowed at {scope} under conditions", "read the conditions")
        if not refused and not unclear:
            yield passed(f"may do all that the stack does at {scope}")


def check_role_assignments(situation: Situation) -> Iterator[Finding]:
    """The account may assign each role that the stack assigns, at the scope of each."""
    for scope, wanted in roles_to_assign(situation).items():
        try:
            permissions = Permissions.at(situation.arm, scope)
        except ArmError as error:
            yield unanswered(error, f"your rights at {scope}")
            continue
        names = ", ".join(sorted(_NAMES[role] for role in wanted))
        match permissions.allow(ASSIGN):
            case True:
                yield passed(f"may assign {names} at {scope}")
            case False:
                yield fail(
                    f"{ASSIGN} is not allowed at {scope}", f"{_OWNER} Role Based Access Control Administrator, or Owner"
                )
            case None:
                text = permissions.conditions(ASSIGN).lower()
                unnamed = ", ".join(sorted(_NAMES[role] for role in wanted if role not in text))
                yield unsure(
                    f"conditions limit the right to assign roles at {scope}"
                    + (f", and they do not name {unnamed}" if unnamed else ", and they name every role"),
                    f"make sure that they allow {unnamed or names}",
                )
    for index, entry in enumerate(situation.settings.remote_clusters):
        if entry.grant_access and entry.azure_rbac and entry.cluster_id is None:
            yield unsure(
                f"the cluster of the stack {entry.stack} is known to Pulumi only",
                f"make sure that you may assign {_NAMES[roles.AKS_RBAC_WRITER]} on it",
                f"airflow-aks:remoteClusters[{index}].stack",
            )


def roles_to_assign(situation: Situation) -> dict[str, set[str]]:
    """Return the ids of the roles that the stack assigns, by the scope at which the right to assign them is needed."""
    settings = situation.settings
    vault, registry = settings.key_vault, settings.registry
    inside = {roles.MANAGED_IDENTITY_OPERATOR, roles.NETWORK_CONTRIBUTOR}
    if registry.existing_id is None:
        inside.add(roles.ACR_PULL)
    if settings.has_airflow and vault.existing_id is None:
        inside.add(roles.KEY_VAULT_SECRETS_USER)
    if settings.has_airflow and settings.logs.delivery != "azureFiles":
        inside.add(roles.STORAGE_BLOB_DATA_CONTRIBUTOR)
    if settings.teams:
        inside.add(roles.AKS_CLUSTER_USER)
    if settings.cluster.azure_rbac:
        inside |= {AZURE_ROLES[team.role] for team in settings.teams}
    found = {situation.stack_scope: inside}
    if registry.existing_id is not None and registry.grant_access:
        found[registry.existing_id] = {PULL_ROLES[registry.pull_role]}
    for entry in settings.remote_clusters:
        if entry.grant_access and entry.azure_rbac and entry.cluster_id is not None:
            found.setdefault(entry.cluster_id, set()).add(roles.AKS_RBAC_WRITER)
    if vault.existing_id is not None and vault.grant_access:
        found.setdefault(vault.existing_id, set()).add(roles.KEY_VAULT_SECRETS_USER)
    existing = settings.network.existing
    if existing is not None and existing.grant_access:
        for subnet_id in existing.ids_for_cluster.values():
            found.setdefault(subnet_id, set()).add(roles.NETWORK_CONTRIBUTOR)
    network_id = SubnetId.of(existing.node_subnet_id).network_id if existing is not None else situation.stack_scope
    zone = cluster_zone(settings.network, network_id)
    for grant in zone.grants if zone is not None else ():
        found.setdefault(str(grant.scope), set()).add(grant.role)
    if settings.cluster.disk_encryption_set_id is not None:
        found.setdefault(settings.cluster.disk_encryption_set_id, set()).add(roles.READER)
    access = settings.access
    if access is not None and access.dns_zone_id is not None and access.tls.from_lets_encrypt:
        found.setdefault(access.dns_zone_id, set()).add(roles.DNS_ZONE_CONTRIBUTOR)
    return found


def _actions(situation: Situation) -> dict[str, list[str]]:
    """Return what the account must be able to do, by scope.

    A workspace gets data from those who may read its keys. Source: Azure Monitor, "Manage access to Log Analytics
    workspaces", custom role examples.
    """
    settings = situation.settings
    made_by_others = ("Microsoft.Compute/", *([_NETWORKS] if settings.network.existing else []))
    kinds = [kind for kind in situation.resource_types if not kind.startswith(made_by_others)]
    inside = [f"{kind}/write" for kind in kinds]
    if settings.network.isolated and settings.registry.existing_id is None:
        inside.append("Microsoft.ContainerRegistry/registries/cacheRules/write")
    who = "Admin" if settings.cluster.local_accounts else "User"
    inside.append(f"Microsoft.ContainerService/managedClusters/listCluster{who}Credential/action")
    found = {situation.stack_scope: inside}
    found.setdefault(settings.registry.existing_id or situation.stack_scope, []).append(IMPORT)
    if not situation.stack.own and settings.resource_group.existing_name is None:
        found[situation.stack_scope].append(_CREATE_GROUP)
    if settings.key_vault.existing_id is not None:
        found[settings.key_vault.existing_id] = [f"{VAULT}/read", f"{VAULT}/secrets/write"]
    if settings.monitored and settings.monitoring is not None and settings.monitoring.workspace_id is not None:
        found[settings.monitoring.workspace_id] = [f"{WORKSPACE}/read", f"{WORKSPACE}/sharedKeys/action"]
    existing = settings.network.existing
    if existing is not None:
        # The resources join the subnets, and the program's own private DNS zones are linked to their networks.
        found |= {subnet_id: [f"{_NETWORKS}/subnets/join/action"] for subnet_id in existing.ids.values()}
        if settings.network.private_dns.mode == "own" and private_zones(
            settings, "", broker=situation.parts.celery_workers
        ):
            networks = (existing.node_subnet_id, existing.database_subnet_id or existing.node_subnet_id)
            found |= {SubnetId.of(subnet_id).network_id: [f"{_NETWORKS}/join/action"] for subnet_id in networks}
    for key, zone_id in settings.network.private_dns.zones.ids.items():
        if key != "cluster":
            # Endpoints and database join the zones. AKS writes into that of the cluster with the cluster's identity.
            found[zone_id] = [f"{_PRIVATE_ZONES}/join/action"]
    # One workspace may take logs and what Defender finds.
    for scope, actions in _actions_on_keys(situation).items():
        found[scope] = list(dict.fromkeys([*found.get(scope, []), *actions]))
    for network in settings.network.peer_with:
        found[network] = [f"{_NETWORKS}/peer/action"]
    if settings.access is not None and settings.access.dns_zone_id is not None:
        found[settings.access.dns_zone_id] = ["Microsoft.Network/dnsZones/A/write"]
    for entry in settings.remote_clusters:
        if entry.cluster_id is not None:
            found[entry.cluster_id] = ["Microsoft.ContainerService/managedClusters/listClusterUserCredential/action"]
    return found


def _actions_on_keys(situation: Situation) -> dict[str, list[str]]:
    """Return what creating the cluster and the database needs on what exists for the security baseline."""
    settings = situation.settings
    found = {}
    if settings.cluster.disk_encryption_set_id is not None:
        found[settings.cluster.disk_encryption_set_id] = ["Microsoft.Compute/diskEncryptionSets/read"]
    if settings.cluster.defender_workspace_id is not None:
        found[settings.cluster.defender_workspace_id] = ["Microsoft.OperationalInsights/workspaces/read"]
    key = settings.database.customer_managed_key if settings.has_airflow else None
    for identity_id in (key.identity_id, key.geo_backup_identity_id) if key is not None else ():
        if identity_id is not None:
            found[identity_id] = ["Microsoft.ManagedIdentity/userAssignedIdentities/assign/action"]
    return found
