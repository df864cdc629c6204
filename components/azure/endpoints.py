"""The ports, private endpoints and private DNS zones through which Azure's services are reached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pulumi import ComponentResource, Input, Output, Resource, ResourceOptions
from pulumi_azure_native import network

from components.output_registration import make_depend_on, register_annotated_outputs
from components.settings.model import Settings

from .log_storage_plan import file_shares

# Source: Azure Managed Redis, "Network configuration".
BROKER_PORT: Final = 10000
# The ports of the server itself, and of the pooler that runs on it. Source: Azure Database for PostgreSQL, "PgBouncer".
DATABASE_PORT: Final = 5432
DATABASE_POOLER_PORT: Final = 6432
# The port on which nodes mount file shares. Source: Azure Files, "Networking considerations".
SHARE_PORT: Final = 445
# Source: Azure, "Azure private endpoint private DNS zone values".
REGISTRY_ZONE: Final = "privatelink.azurecr.io"
KEY_VAULT_ZONE: Final = "privatelink.vaultcore.azure.net"
BROKER_ZONE: Final = "privatelink.redis.azure.net"
BLOB_ZONE: Final = "privatelink.blob.core.windows.net"
FILE_ZONE: Final = "privatelink.file.core.windows.net"
# The physical name of an endpoint's group of zones, by whether the zone is the program's own.
ZONE_GROUPS: Final = {True: "default", False: "existing"}


def private_zones(settings: Settings, database_zone: Input[str], *, broker: bool) -> dict[str, Input[str]]:
    """Return the zones by purpose; `broker`: whether the stack has a broker.

    The database's zone can have any name, because only the virtual network resolves it.
    """
    registry: dict[str, Input[str]] = {"registry": REGISTRY_ZONE} if settings.registry.needs_endpoint else {}
    if not settings.has_airflow:
        return registry
    zones: dict[str, Input[str]] = {}
    if settings.database.access == "private":
        zones["database"] = database_zone
    zones |= registry
    if settings.key_vault.needs_endpoint:
        zones["key-vault"] = KEY_VAULT_ZONE
    # The broker has no setting for public access; it follows database.access.
    if settings.database.access == "private" and broker:
        zones["broker"] = BROKER_ZONE
    if not settings.logs.public_access:
        zones["blob"] = BLOB_ZONE
        if file_shares(settings.logs, settings.dags):
            zones["file"] = FILE_ZONE
    return zones


@dataclass(frozen=True, kw_only=True)
class PrivateLink:
    """The place and subnet of a service's private endpoint, and the DNS zone that resolves the service's name.

    `zone_id` is None if Azure Policy chooses the zone. `own_zone`: whether the program made the zone.
    """

    resource_group_name: Input[str]
    location: Input[str]
    subnet_id: Input[str]
    zone_id: Input[str] | None
    own_zone: bool


@dataclass(frozen=True, kw_only=True)
class PrivateEndpointArgs:
    """What PrivateEndpoint needs: the service's id, the group id (the sub-resource), and the private link."""

    target_id: Input[str]
    group_id: str
    link: PrivateLink


class PrivateEndpoint(ComponentResource):
    """An address inside the network for a service that has no public address."""

    endpoint_id: Output[str]

    def __init__(self, name: str, args: PrivateEndpointArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("airflow-aks:azure:PrivateEndpoint", name, None, opts)
        endpoint = network.PrivateEndpoint(
            f"{name}-endpoint",
            resource_group_name=args.link.resource_group_name,
            # Fixed, not auto-named. If an update is killed, the next one finds the endpoint that already exists.
            private_endpoint_name=f"{name}-endpoint",
            location=args.link.location,
            # A plain mapping, because SubnetArgs adds network policies that contradict those of the subnet.
            subnet={"id": args.link.subnet_id},
            private_link_service_connections=[
                network.PrivateLinkServiceConnectionArgs(
                    name=args.group_id, private_link_service_id=args.target_id, group_ids=[args.group_id]
                )
            ],
            opts=ResourceOptions(parent=self),
        )
        group_ids = [] if args.link.zone_id is None else [self._create_zone_group(name, args, endpoint)]
        self.endpoint_id = make_depend_on(endpoint.id, *group_ids)
        register_annotated_outputs(self)

    def _create_zone_group(
        self, name: str, args: PrivateEndpointArgs, endpoint: network.PrivateEndpoint
    ) -> Output[str]:
        """Create the group that keeps the endpoint's address in the zone, and return its id.

        Azure changes no zone of a group. A group of another name is a new one, and so is one with another zone of
        others. Azure allows one group for an endpoint, so the old one must be deleted first.
        """
        group = network.PrivateDnsZoneGroup(
            f"{name}-zone-group",
            resource_group_name=args.link.resource_group_name,
            private_endpoint_name=endpoint.name,
            private_dns_zone_group_name=ZONE_GROUPS[args.link.own_zone],
            private_dns_zone_configs=[
                network.PrivateDnsZoneConfigArgs(name=args.group_id, private_dns_zone_id=args.link.zone_id)
            ],
            opts=ResourceOptions(parent=self)
            if args.link.own_zone
            else ResourceOptions(parent=self, replace_on_changes=["privateDnsZoneConfigs"], delete_before_replace=True),
        )
        group_id: Output[str] = group.id
        return group_id


def create_private_endpoint(
    name: str, target_id: Input[str], group_id: str, link: PrivateLink | None, parent: Resource
) -> list[Output[str]]:
    """Create the private endpoint of a service and return its id. A public service has no link and gets no endpoint."""
    if link is None:
        return []
    args = PrivateEndpointArgs(target_id=target_id, group_id=group_id, link=link)
    return [PrivateEndpoint(name, args, ResourceOptions(parent=parent)).endpoint_id]
