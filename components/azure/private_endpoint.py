"""A private endpoint with its DNS records."""

from __future__ import annotations

from dataclasses import dataclass

from pulumi import ComponentResource, Input, Output, ResourceOptions
from pulumi_azure_native import network


@dataclass(frozen=True, kw_only=True)
class PrivateLink:
    """Where the private endpoint of a service stands, and the DNS zone that its name is answered from."""

    subnet_id: Input[str]
    zone_id: Input[str]


@dataclass(frozen=True, kw_only=True)
class PrivateEndpointArgs:
    """What PrivateEndpoint needs: the service's id and group id, and its link."""

    target_id: Input[str]
    group_id: str
    link: PrivateLink
    resource_group_name: Input[str]
    location: Input[str]


class PrivateEndpoint(ComponentResource):
    """An address inside the network for a service that has no public one."""

    endpoint_id: Output[str]

    def __init__(self, name: str, args: PrivateEndpointArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("airflow-aks:azure:PrivateEndpoint", name, None, opts)
        endpoint = network.PrivateEndpoint(
            f"{name}-endpoint",
            resource_group_name=args.resource_group_name,
            # Not auto-named: a second try after a killed update must meet the first one's work.
            private_endpoint_name=f"{name}-endpoint",
            location=args.location,
            subnet=network.SubnetArgs(id=args.link.subnet_id),
            private_link_service_connections=[
                network.PrivateLinkServiceConnectionArgs(
                    name=args.group_id, private_link_service_id=args.target_id, group_ids=[args.group_id]
                )
            ],
            # Azure empties these once the zone group below exists.
            opts=ResourceOptions(parent=self, ignore_changes=["customDnsConfigs", "ipConfigurations"]),
        )
        group = network.PrivateDnsZoneGroup(
            f"{name}-zone-group",
            resource_group_name=args.resource_group_name,
            private_endpoint_name=endpoint.name,
            private_dns_zone_group_name="default",
            private_dns_zone_configs=[
                network.PrivateDnsZoneConfigArgs(name=args.group_id, private_dns_zone_id=args.link.zone_id)
            ],
            opts=ResourceOptions(parent=self),
        )
        self.endpoint_id = Output.all(endpoint.id, group.id).apply(lambda ids: str(ids[0]))
        self.register_outputs({"endpoint_id": self.endpoint_id})
