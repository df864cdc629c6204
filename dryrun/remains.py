"""The resources and data that remain in Azure after a stack is destroyed."""

from __future__ import annotations

from typing import Final

from .facts import list_retained, look_up
from .plan import Plan, Resource
from .words import describe_type, pluralize

# The days that Azure keeps the backups of a deleted server. Source: Azure Database for PostgreSQL, "Restore a deleted
# server".
_BACKUP_DAYS: Final = 5
_STORED: Final = "azure-native:keyvault:Secret"
# Inputs that name a resource's container, and the container's type. The container itself has its name under the same
# input. The innermost container comes first.
_CONTAINERS: Final = (
    ("vaultName", "azure-native:keyvault:Vault"),
    ("accountName", "azure-native:storage:StorageAccount"),
    ("resourceGroupName", "azure-native:resources:ResourceGroup"),
)


def list_remains(plan: Plan) -> list[str]:
    """Return the things that remain when the stack is destroyed, each as a sentence without a full stop."""
    found = []
    for vault in plan.all("azure-native:keyvault:Vault"):
        name, properties = vault.inputs.get("vaultName", vault.name), look_up(vault.inputs, "properties")
        secrets = sum(find_container(plan, other) is vault for other in plan.all(_STORED))
        days = look_up(properties, "softDeleteRetentionInDays")
        content = f" with its {pluralize(secrets, 'secret')}" if secrets else ""
        end = "nobody can purge it before" if look_up(properties, "enablePurgeProtection") else "unless you purge it"
        kept = f"for {days} days" if days else "for Azure's default of 90 days"
        found.append(f"Key Vault {name}{content}, soft-deleted {kept}; its name stays taken, {end}")
    for server in plan.all("azure-native:dbforpostgresql:Server"):
        name = server.inputs.get("serverName", server.name)
        found.append(f"the backups of database server {name}, which Azure keeps for {_BACKUP_DAYS} days")
    shared = [secret for secret in plan.all(_STORED) if find_container(plan, secret) is None]
    if shared:
        stay = all(secret.retain_on_delete for secret in shared)
        how = "which Pulumi leaves there" if stay else "soft-deleted for as long as that vault keeps them"
        found.append(f"{pluralize(len(shared), 'secret')} in the Key Vault of others, {how}")
    alone = [item for item in list_retained(plan) if item not in shared and find_container(plan, item) is None]
    return [*found, *(f"{describe_type(resource.type)} {resource.name}" for resource in alone)]


def list_contained(plan: Plan) -> list[tuple[Resource, Resource]]:
    """Return each resource that Pulumi retains but that is deleted with its container, paired with that container."""
    pairs = ((resource, find_container(plan, resource)) for resource in list_retained(plan))
    return [(resource, container) for resource, container in pairs if container is not None]


def find_container(plan: Plan, resource: Resource) -> Resource | None:
    """Return the innermost resource of the stack that contains the given one: vault, account, group or cluster."""
    if resource.type.startswith("kubernetes:"):
        return next(iter(plan.all("azure-native:containerservice:ManagedCluster")), None)
    for key, type_ in _CONTAINERS:
        name = resource.inputs.get(key)
        found = [other for other in plan.all(type_) if other is not resource and name and other.inputs.get(key) == name]
        if found:
            return found[0]
    return None
