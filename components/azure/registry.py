"""The container registry that every pod pulls its image from."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pulumi import ComponentResource, Input, Output, ResourceOptions
from pulumi_azure_native import containerregistry

from components.output_registration import make_depend_on, register_annotated_outputs
from components.settings.registry_section import RegistrySettings

from .bootstrap_cache import create_bootstrap_cache
from .endpoints import PrivateLink, create_private_endpoint
from .existing_registry import RegistryPlace, read_registry
from .kept_data import keep_data
from .pull_access import PullAccess


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
    kubelet_principal_id: Output[str]
    zone_redundant: bool
    protect: bool
    bootstraps_nodes: bool
    private_link: PrivateLink | None


class Registry(ComponentResource):
    """A registry that the cluster's nodes pull from with the kubelet's identity, without a stored password.

    With `registry.existingId`, the nodes' right to pull is all that is created.
    """

    registry_id: Output[str]
    registry_name: Output[str]
    login_server: Output[str]
    pull_server: Output[str]

    def __init__(self, name: str, args: RegistryArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("airflow-aks:azure:Registry", name, None, opts)
        existing_id = args.settings.existing_id
        place = self._read_registry(name, existing_id, args) if existing_id else self._create_registry(name, args)
        self._place = place
        self._access = PullAccess(
            settings=args.settings, registry_id=place.registry_id, subscription_id=place.subscription_id
        )
        self._required_grants = self._access.require("registry", args.kubelet_principal_id)
        granted = self._access.grant(f"{name}-kubelet", "pull", args.kubelet_principal_id, self)
        link = args.private_link
        endpoint_ids = create_private_endpoint(f"{name}-private", place.registry_id, "registry", link, self)
        self.registry_id = place.registry_id
        self.registry_name = place.registry_name
        self.login_server = place.login_server
        # The login server as an output that depends on the pull role and the private endpoint, so that no pod pulls
        # before both exist.
        self.pull_server = make_depend_on(place.login_server, *granted, *endpoint_ids)
        ready: list[Output[str]] = [*granted, *endpoint_ids]
        if args.bootstraps_nodes and existing_id is None:
            ready.append(create_bootstrap_cache(name, args.resource_group_name, place.registry_name, self).id)
        self._bootstrap_id: Output[str] = make_depend_on(place.registry_id, *ready)
        register_annotated_outputs(self)

    @property
    def bootstrap_id(self) -> Output[str]:
        """The registry's id as an output that depends on everything without which no node starts from the registry.

        The cache of a registry that exists is its owner's.
        """
        return self._bootstrap_id

    @property
    def place(self) -> RegistryPlace:
        """Where the registry is. With `registry.existingId`, that may be another subscription than the stack's."""
        return self._place

    @property
    def access(self) -> PullAccess:
        """How nodes of this and of other clusters get the right to pull."""
        return self._access

    @property
    def required_grants(self) -> dict[str, Output[str]]:
        """The command that gives the cluster's nodes their role, if others assign it."""
        return self._required_grants

    def _read_registry(self, name: str, existing_id: str, args: RegistryArgs) -> RegistryPlace:
        """Read a registry that exists. Its name waits for those of the stack: a refused update imports nothing."""
        found = read_registry(name, existing_id, self)
        return replace(found, registry_name=make_depend_on(found.registry_name, Output.from_input(args.registry_name)))

    def _create_registry(self, name: str, args: RegistryArgs) -> RegistryPlace:
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
        return RegistryPlace(
            registry_id=registry.id,
            subscription_id=args.subscription_id,
            resource_group_name=args.resource_group_name,
            registry_name=registry.name,
            login_server=registry.login_server,
        )
