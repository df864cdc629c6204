"""The container registry that every pod pulls its image from."""

from __future__ import annotations

from dataclasses import dataclass

from pulumi import ComponentResource, Input, Output, ResourceOptions
from pulumi_azure_native import containerregistry

from components.output_registration import make_depend_on, register_annotated_outputs
from components.settings.registry_section import RegistrySettings

from .bootstrap_cache import create_bootstrap_cache
from .endpoints import PrivateLink, create_private_endpoint
from .kept_data import keep_data
from .roles import ACR_PULL, RoleGrant, grant_to_identity


@dataclass(frozen=True, kw_only=True)
class RegistryArgs:
    """What Registry needs: its settings, the identity that pulls, and a private link if it has no public address.

    `bootstraps_nodes`: whether nodes start from it too, and so also pull what AKS runs on them.
    """

    settings: RegistrySettings
    resource_group_name: Input[str]
    location: Input[str]
    registry_name: Input[str]
    subscription_id: Input[str]
    kubelet_principal_id: Input[str]
    zone_redundant: bool
    protect: bool
    bootstraps_nodes: bool
    private_link: PrivateLink | None


class Registry(ComponentResource):
    """A registry that the cluster's nodes pull from with the kubelet's identity, without a stored password."""

    registry_id: Output[str]
    registry_name: Output[str]
    login_server: Output[str]
    pull_server: Output[str]

    def __init__(self, name: str, args: RegistryArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("airflow-aks:azure:Registry", name, None, opts)
        settings, premium = args.settings, args.settings.sku == "Premium"
        registry = containerregistry.Registry(
            f"{name}-registry",
            resource_group_name=args.resource_group_name,
            location=args.location,
            registry_name=args.registry_name,
            sku=containerregistry.SkuArgs(name=settings.sku),
            admin_user_enabled=settings.admin_user,
            anonymous_pull_enabled=False,
            public_network_access="Enabled" if settings.public_access else "Disabled",
            # Image imports come from inside Azure, and must work when public access is disabled.
            network_rule_bypass_options="AzureServices",
            zone_redundancy="Enabled" if premium and args.zone_redundant else "Disabled",
            policies=containerregistry.PoliciesArgs(
                retention_policy=containerregistry.RetentionPolicyArgs(days=settings.retention_days, status="enabled")
            )
            if premium
            else None,
            opts=keep_data(self, protect=args.protect),
        )
        pull = grant_to_identity(
            f"{name}-kubelet-pull",
            RoleGrant(name="pull", role=ACR_PULL, scope=registry.id),
            args.kubelet_principal_id,
            args.subscription_id,
            self,
        )
        endpoint_ids = create_private_endpoint(f"{name}-private", registry.id, "registry", args.private_link, self)
        self.registry_id = registry.id
        self.registry_name = registry.name
        self.login_server = registry.login_server
        # The login server as an output that depends on the pull role and the private endpoint, so that no pod pulls
        # before both exist.
        self.pull_server = make_depend_on(registry.login_server, pull.id, *endpoint_ids)
        ready = [pull.id, *endpoint_ids]
        if args.bootstraps_nodes:
            ready.append(create_bootstrap_cache(name, args.resource_group_name, registry.name, self).id)
        self._bootstrap_id = make_depend_on(registry.id, *ready)
        register_annotated_outputs(self)

    @property
    def bootstrap_id(self) -> Output[str]:
        """The registry's id as an output that depends on everything without which no node starts from the registry."""
        return self._bootstrap_id
