"""Creates the way in: the gateway's address, the gateway, and its certificate."""

from __future__ import annotations

from dataclasses import dataclass, field

from pulumi import Output, ResourceOptions

from components.azure.gateway_address import GatewayAddress, GatewayAddressArgs
from components.kubernetes.gateway import Gateway, GatewayArgs
from components.kubernetes.namespace import AirflowNamespace
from components.kubernetes.secret_sync import SecretSync
from components.output_registration import make_depend_on

from .foundation import Foundation
from .gateway_certificate import create_gateway_certificate
from .gateway_policies import gateway_policies
from .names import GATEWAY_NAMESPACE
from .release import AirflowRelease
from .release_lines import family_of
from .restricted_egress import HostPolicies
from .traffic.port_numbers import API_PORT


@dataclass(frozen=True, kw_only=True)
class WayIn:
    """The gateway, its address, its URL, and the roles that others must assign; all are empty without `access`.

    `url` depends on the route, so that nobody reads an address that does not answer yet.
    """

    gateway: Gateway | None = None
    address: Output[str] | None = None
    url: Output[str] | None = None
    required_grants: dict[str, Output[str]] = field(default_factory=dict)


def create_way_in(
    foundation: Foundation,
    namespace: AirflowNamespace,
    secret_sync: SecretSync,
    airflow: AirflowRelease,
    host_policies: HostPolicies,
    opts: ResourceOptions,
) -> WayIn:
    """Create the address, the gateway and the certificate of a stack that has the section `access`."""
    settings, access = foundation.settings, foundation.settings.access
    if access is None:
        return WayIn()
    place = GatewayAddress(
        "gateway-address",
        GatewayAddressArgs(
            settings=access,
            resource_group_id=foundation.resource_group.group_id,
            address_name=foundation.azure_names.gateway_address,
            subnet_id=foundation.network.gateway_subnet_id,
            subnet_range=foundation.network.ranges.apply(lambda ranges: ranges.gateway),
            node_security_group=foundation.network.node_security_group,
            grant_subnet=settings.network.grants_subnets,
            subscription_id=foundation.subscription_id,
            control_plane_principal_id=foundation.cluster.control_plane_principal_id,
            **foundation.place,
        ),
    )
    gateway = Gateway(
        "gateway",
        GatewayArgs(
            namespace=GATEWAY_NAMESPACE,
            network_policies=gateway_policies(
                access,
                family_of(settings.airflow.release),
                scraped=settings.monitored,
                restricted=settings.network.restricted,
            ),
            egress_policies=host_policies.get(GATEWAY_NAMESPACE, {}),
            addon=settings.pins.envoy_gateway,
            images=foundation.images.references,
            replicas=access.replicas,
            host=access.host_in(settings.location),
            path=access.path,
            allowed_cidrs=access.allowed_cidrs,
            service_annotations=place.service_annotations,
            node_selector=foundation.cluster.airflow_node_selector,
            route_namespace=namespace.name,
            service=airflow.ui_service,
            port=API_PORT,
        ),
        opts,
    )
    required_grants = create_gateway_certificate(
        foundation,
        access,
        secret_sync,
        host_policies,
        namespace=gateway.namespace,
        gateway=gateway.gateway_name,
        opts=opts,
    )
    url = make_depend_on(access.url_in(settings.location), gateway.route_name)
    return WayIn(gateway=gateway, address=place.address, url=url, required_grants=required_grants)
