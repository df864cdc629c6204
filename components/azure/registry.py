"""The container registry that every pod pulls from."""

from __future__ import annotations

from dataclasses import dataclass

from pulumi import ComponentResource, Input, Output, ResourceOptions
from pulumi_azure_native import containerregistry

from components.settings.azure_sections import RegistrySettings

from .private_endpoint import PrivateEndpoint, PrivateEndpointArgs, PrivateLink
from .roles import ACR_PULL, RoleGrant, grant_to_identity


@dataclass(frozen=True, kw_only=True)
class RegistryArgs:
    """What Registry needs: its settings, who pulls, and the private link when it has no public address."""

    settings: RegistrySettings
    resource_group_name: Input[str]
    location: Input[str]
    registry_name: Input[str]
    subscription_id: Input[str]
    kubelet_principal_id: Input[str]
    zone_redundant: bool
    protect: bool
    private_link: PrivateLink | None


class Registry(ComponentResource):
    """A registry that the cluster's nodes may pull from, without a stored password."""

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
            # Image imports run inside Azure and must get in when the public cannot.
            network_rule_bypass_options="AzureServices",
            zone_redundancy="Enabled" if premium and args.zone_redundant else "Disabled",
            policies=containerregistry.PoliciesArgs(
                retention_policy=containerregistry.RetentionPolicyArgs(days=settings.retention_days, status="enabled")
            )
            if premium
            else None,
            # Azure fixes zone redundancy at creation, so a later change of zones must not try to change it.
            opts=ResourceOptions(parent=self, protect=args.protect, ignore_changes=["zoneRedundancy"]),
        )
        pull = grant_to_identity(
            f"{name}-kubelet-pull",
            RoleGrant(name="pull", role=ACR_PULL, scope=registry.id),
            args.kubelet_principal_id,
            args.subscription_id,
            self,
        )
        needed = [pull.id]
        if args.private_link is not None:
            endpoint = PrivateEndpoint(
                f"{name}-private",
                PrivateEndpointArgs(
                    target_id=registry.id,
                    group_id="registry",
                    link=args.private_link,
                    resource_group_name=args.resource_group_name,
                    location=args.location,
                ),
                ResourceOptions(parent=self),
            )
            needed.append(endpoint.endpoint_id)
        self.registry_id = registry.id
        self.registry_name = registry.name
        self.login_server = registry.login_server
        # The same name, known once nodes can pull.
        self.pull_server = Output.all(registry.login_server, *needed).apply(lambda values: str(values[0]))
        self.register_outputs(
            {
                "registry_id": self.registry_id,
                "registry_name": self.registry_name,
                "login_server": self.login_server,
                "pull_server": self.pull_server,
            }
        )
