"""The address of the gateway, which stays the same when the gateway or the cluster is made anew, and its DNS record."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Final

from pulumi import ComponentResource, Input, Output, ResourceOptions
from pulumi_azure_native import Provider, dns, network

from components.output_registration import make_depend_on, register_annotated_outputs
from components.settings.access_sections import AccessSettings

from .dns_zone import DnsZone
from .roles import NETWORK_CONTRIBUTOR, RoleGrant, grant_to_identity

# Source: Cloud Provider Azure, "Azure LoadBalancer", LoadBalancer annotations.
_ANNOTATION: Final = "service.beta.kubernetes.io/azure"
# Azure reserves the first four addresses of a subnet.
_FIRST_FREE: Final = 4
_TTL_SECONDS: Final = 300
# Behind the rules of a platform team, which may so deny what this one allows.
_RULE_PRIORITY: Final = 3000


@dataclass(frozen=True, kw_only=True)
class GatewayAddressArgs:
    """What GatewayAddress needs: the settings, where the address belongs, and the cluster's identity, which uses it.

    `subnet_id` and `subnet_range` are of the subnet for internal load balancers, which a public address does not need.
    `node_security_group`: the program's own, in which it opens the ports; None in an existing network.
    `grant_subnet`: whether the program assigns the role on the subnet.
    """

    settings: AccessSettings
    resource_group_name: Input[str]
    resource_group_id: Input[str]
    location: Input[str]
    address_name: Input[str]
    subnet_id: Input[str] | None
    subnet_range: Input[str | None]
    node_security_group: Input[str] | None
    grant_subnet: bool
    subscription_id: Input[str]
    control_plane_principal_id: Input[str]


class GatewayAddress(ComponentResource):
    """A static public address or a fixed address of the virtual network, and its record if a DNS zone is given.

    `service_annotations` depend on the right of the cluster's identity to use the address, without which AKS tries
    again and again, with longer and longer pauses.
    """

    address: Output[str]
    service_annotations: Output[dict[str, str]]

    def __init__(self, name: str, args: GatewayAddressArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("airflow-aks:azure:GatewayAddress", name, None, opts)
        self._name = name
        self._args = args
        match args.settings.visibility:
            case "public":
                self.address, self.service_annotations = self._create_public_address()
            case "internal":
                self.address, self.service_annotations = self._take_internal_address()
        if args.settings.dns_zone_id is not None and args.settings.host is not None:
            self._create_record(DnsZone.of(args.settings.dns_zone_id), args.settings.host)
        register_annotated_outputs(self)

    def _create_public_address(self) -> tuple[Output[str], Output[dict[str, str]]]:
        args, label = self._args, self._args.settings.dns_label
        address = network.PublicIPAddress(
            f"{self._name}-ip",
            resource_group_name=args.resource_group_name,
            public_ip_address_name=args.address_name,
            location=args.location,
            sku=network.PublicIPAddressSkuArgs(name="Standard", tier="Regional"),
            public_ip_allocation_method="Static",
            public_ip_address_version="IPv4",
            # On the address, not as an annotation of the service: AKS would write it into a resource of the program's.
            dns_settings=network.PublicIPAddressDnsSettingsArgs(domain_name_label=label) if label else None,
            opts=ResourceOptions(parent=self),
        )
        right = self._grant("resource-group", args.resource_group_id)
        if args.node_security_group is not None:
            self._open_web_ports(args.node_security_group)
        annotations = Output.all(args.resource_group_name, address.name).apply(
            lambda resolved: {
                f"{_ANNOTATION}-load-balancer-resource-group": resolved[0],
                f"{_ANNOTATION}-pip-name": resolved[1],
            }
        )
        return address.ip_address.apply(str), make_depend_on(annotations, right)

    def _take_internal_address(self) -> tuple[Output[str], Output[dict[str, str]]]:
        address = Output.from_input(self._args.subnet_range).apply(lambda range_: internal_address(str(range_)))
        rights = (
            [self._grant("subnet", self._args.subnet_id)] if self._args.grant_subnet and self._args.subnet_id else []
        )
        annotations = Output.all(self._args.subnet_id, address).apply(
            lambda resolved: {
                f"{_ANNOTATION}-load-balancer-internal": "true",
                f"{_ANNOTATION}-load-balancer-internal-subnet": str(resolved[0]).rpartition("/")[2],
                f"{_ANNOTATION}-load-balancer-ipv4": resolved[1],
            }
        )
        return address, make_depend_on(annotations, *rights)

    def _open_web_ports(self, node_security_group: Input[str]) -> None:
        """Let the Internet reach the load balancer's ports. AKS opens them in a security group of its own, not in ours.

        No node listens on these ports, and none has a public address. A rule of its own, so that rules which others
        add to the group stay. Source: AKS, "Network security groups".
        """
        network.SecurityRule(
            f"{self._name}-public-web",
            resource_group_name=self._args.resource_group_name,
            network_security_group_name=node_security_group,
            security_rule_name="public-web",
            priority=_RULE_PRIORITY,
            direction="Inbound",
            access="Allow",
            protocol="Tcp",
            source_address_prefix="Internet",
            source_port_range="*",
            destination_address_prefix="*",
            destination_port_ranges=["80", "443"],
            opts=ResourceOptions(parent=self),
        )

    def _grant(self, name: str, scope: Input[str]) -> Output[str]:
        """Let the cluster's identity use the address. Source: AKS, "Use a static public IP address"."""
        assigned: Output[str] = grant_to_identity(
            f"{self._name}-{name}",
            RoleGrant(name=name, role=NETWORK_CONTRIBUTOR, scope=scope),
            self._args.control_plane_principal_id,
            self._args.subscription_id,
            self,
        ).id
        return assigned

    def _create_record(self, zone: DnsZone, host: str) -> None:
        """Create the record in the zone's own subscription, which may be another one than the stack's."""
        subscription = Provider(
            f"{self._name}-dns-subscription",
            subscription_id=zone.subscription_id,
            opts=ResourceOptions(parent=self),
        )
        dns.RecordSet(
            f"{self._name}-record",
            resource_group_name=zone.resource_group_name,
            zone_name=zone.name,
            relative_record_set_name=zone.record_name(host),
            record_type="A",
            ttl=_TTL_SECONDS,
            a_records=[dns.ARecordArgs(ipv4_address=self.address)],
            opts=ResourceOptions(parent=self, provider=subscription),
        )


def internal_address(subnet_range: str) -> str:
    """Return the address that the internal load balancer takes: the first of the subnet that Azure does not reserve."""
    return str(ipaddress.IPv4Network(subnet_range)[_FIRST_FREE])
