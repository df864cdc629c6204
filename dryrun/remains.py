"""What is left in Azure after a stack is destroyed."""

from __future__ import annotations

from typing import Final

from .facts import list_retained, look_up
from .plan import Plan, Resource
from .words import describe_type, pluralize

# Azure's documentation, "Restore a deleted server" of Azure Database for PostgreSQL.
_BACKUP_DAYS: Final = 5
# The inputs that name what a resource is in, with the type and the own name of that; the smallest first.
_CONTAINERS: Final = (
    ("vaultName", "azure-native:keyvault:Vault"),
    ("accountName", "azure-native:storage:StorageAccount"),
    ("resourceGroupName", "azure-native:resources:ResourceGroup"),
)


def list_remains(plan: Plan) -> list[str]:
    """Return what stays when the stack is destroyed, and for how long: each in one sentence without a full stop."""
    found = []
    for vault in plan.all("azure-native:keyvault:Vault"):
        name, properties = vault.inputs.get("vaultName", vault.name), look_up(vault.inputs, "properties")
        secrets = sum(find_container(plan, other) is vault for other in plan.all("azure-native:keyvault:Secret"))
        days = look_up(properties, "softDeleteRetentionInDays")
        content = f" with its {pluralize(secrets, 'secret')}" if secrets else ""
        end = "nobody can purge it before" if look_up(properties, "enablePurgeProtection") else "unless you purge it"
        kept = f"for {days} days" if days else "for Azure's default of 90 days"
        found.append(f"Key Vault {name}{content}, soft-deleted {kept}; its name stays taken, {end}")
    for server in plan.all("azure-native:dbforpostgresql:Server"):
        name = server.inputs.get("serverName", server.name)
        found.append(f"the backups of database server {name}, which Azure keeps for {_BACKUP_DAYS} days")
    alone = [resource for resource in list_retained(plan) if find_container(plan, resource) is None]
    return [*found, *(f"{describe_type(resource.type)} {resource.name}" for resource in alone)]


def list_contained(plan: Plan) -> list[tuple[Resource, Resource]]:
    """Return what Pulumi itself does not delete, with the resource of the stack in which it goes nevertheless."""
    pairs = ((resource, find_container(plan, resource)) for resource in list_retained(plan))
    return [(resource, container) for resource, container in pairs if container is not None]


def find_container(plan: Plan, resource: Resource) -> Resource | None:
    """Return the smallest resource of the stack that another one is in: a vault, an account, a group or the cluster."""
    if resource.type.startswith("kubernetes:"):
        return next(iter(plan.all("azure-native:containerservice:ManagedCluster")), None)
    for key, type_ in _CONTAINERS:
        name = resource.inputs.get(key)
        found = [other for other in plan.all(type_) if other is not resource and name and other.inputs.get(key) == name]
        if found:
            return found[0]
    return None
