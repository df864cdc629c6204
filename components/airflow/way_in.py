"""Makes the gateway's address and the gateway itself."""

from __future__ import annotations

from dataclasses import dataclass

from pulumi import Input, Output, ResourceOptions
from pulumi_azure_native import resources

from components.azure.cluster import Cluster
from components.azure.gateway_address import GatewayAddress, GatewayAddressArgs
from components.azure.image_imports import ImageImports
from components.azure.network import Network
from components.azure.subnet_plan import plan_subnets
from components.kubernetes.gateway import Gateway, GatewayArgs
from components.kubernetes.namespace import AirflowNamespace
from components.output_registration import make_depend_on
from components.settings.model import Settings
from components.settings.names import Names

from .gateway_policies import UI_PORT, gateway_policies
from .names import GATEWAY_NAMESPACE
from .release import AirflowRelease
from .release_lines import family_of
from .restricted_egress import egress_policies


@dataclass(frozen=True, kw_only=True)
class WayIn:
    """The gateway, its address and its URL; all are None without `access`.

    `url` depends on the route, so that nobody reads an address that does not answer yet.
    """

    gateway: Gateway | None = None
    address: Output[str] | None = None
    url: Output[str] | None = None


def create_way_in(
    settings: Settings,
    azure_names: Output[Names],
    resource_group: resources.ResourceGroup,
    subscription_id: Input[str],
    network: Network,
    cluster: Cluster,
    images: ImageImports,
    namespace: AirflowNamespace,
    airflow: AirflowRelease,
    opts: ResourceOptions,
) -> WayIn:
    """Create the address and the gateway of a stack that has the section `access`."""
    access = settings.access
    if access is None:
        return WayIn()
    place = GatewayAddress(
        "gateway-address",
        GatewayAddressArgs(
            settings=access,
            resource_group_name=resource_group.name,
            resource_group_id=resource_group.id,
            location=resource_group.location,
            address_name=azure_names.gateway_address,
            subnet_id=network.gateway_subnet_id,
            subnet_range=plan_subnets(settings.network.address_space).gateway,
            node_security_group=network.node_security_group,
            subscription_id=subscription_id,
            control_plane_principal_id=cluster.control_plane_principal_id,
        ),
    )
    gateway = Gateway(
        "gateway",
        GatewayArgs(
            namespace=GATEWAY_NAMESPACE,
            network_policies=gateway_policies(
                access, family_of(settings.airflow.release), restricted=settings.network.restricted
            ),
            egress_policies=egress_policies(settings, azure_names).get(GATEWAY_NAMESPACE, {}),
            addon=settings.pins.envoy_gateway,
            images=images.references,
            replicas=access.replicas,
            host=access.host_in(settings.location),
            path=access.path,
            allowed_cidrs=access.allowed_cidrs,
            service_annotations=place.service_annotations,
            node_selector=cluster.airflow_node_selector,
            route_namespace=namespace.name,
            service=airflow.ui_service,
            port=UI_PORT,
        ),
        opts,
    )
    url = make_depend_on(access.url_in(settings.location), gateway.route_name)
    return WayIn(gateway=gateway, address=place.address, url=url)
