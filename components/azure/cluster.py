"""The AKS cluster with its identities, node pools and maintenance windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pulumi import ComponentResource, Input, Output, Resource, ResourceOptions
from pulumi_azure_native import containerservice, managedidentity

from components.output_registration import make_depend_on, register_annotated_outputs
from components.settings.cluster_sections import ClusterSettings
from components.settings.monitoring import MonitoringSettings
from components.settings.network_section import Outbound
from components.settings.proxy_section import ProxySettings

from . import cluster_profile, node_pools
from .cluster_proxy import http_proxy, node_authorities
from .existing_zones import ClusterZone
from .kubeconfig import add_kubelogin, decode_kubeconfig
from .kubernetes_versions import has_long_term_support
from .roles import MANAGED_IDENTITY_OPERATOR, NETWORK_CONTRIBUTOR, READER, RoleGrant, grant_to_identity

# Upgrade channels that raise the cluster's minor version.
_MINOR_VERSION_CHANNELS = ("stable", "rapid")


@dataclass(frozen=True, kw_only=True)
class ClusterArgs:
    """What Cluster needs: its settings, its names, and its place in the network."""

    settings: ClusterSettings
    keda: bool
    resource_group_name: Input[str]
    location: Input[str]
    cluster_name: Input[str]
    dns_prefix: Input[str]
    node_resource_group: Input[str]
    control_plane_identity_name: Input[str]
    kubelet_identity_name: Input[str]
    subscription_id: Input[str]
    tenant_id: Input[str]
    node_subnet_id: Input[str]
    grant_subnet: bool
    private_zone: ClusterZone | None
    outbound: Outbound
    outbound_ip: Input[str | None]
    bootstrap_registry_id: Input[str]
    restricted_egress: bool
    proxy: ProxySettings | None
    no_proxy: Input[Sequence[str]]
    add_on_minutes: int | None
    monitoring: MonitoringSettings | None
    log_workspace_id: Input[str] | None


class Cluster(ComponentResource):
    """A cluster that upgrades and scales automatically, with managed identities instead of stored credentials."""

    cluster_id: Output[str]
    cluster_name: Output[str]
    oidc_issuer_url: Output[str]
    kubeconfig: Output[str]
    kubelet_principal_id: Output[str]
    control_plane_principal_id: Output[str]
    airflow_node_selector: Output[dict[str, str]]

    def __init__(self, name: str, args: ClusterArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("airflow-aks:azure:Cluster", name, None, opts)
        self._name = name
        self._args = args
        control_plane = self._create_identity("control-plane", args.control_plane_identity_name)
        kubelet = self._create_identity("kubelet", args.kubelet_identity_name)
        grants = self._grant_control_plane_roles(control_plane, kubelet)
        cluster = self._create_cluster(control_plane, kubelet, grants)
        airflow_pools = self._create_pools(cluster)
        self._create_maintenance_windows(cluster)

        self.cluster_id = cluster.id
        self.cluster_name = cluster.name
        self.oidc_issuer_url = cluster.oidc_issuer_profile.apply(lambda profile: str(profile.issuer_url))
        self.kubeconfig = self._read_kubeconfig(cluster)
        self.kubelet_principal_id = kubelet.principal_id
        self.control_plane_principal_id = control_plane.principal_id
        # Depends on the node pools, so that no pod is scheduled before its nodes exist.
        self.airflow_node_selector = make_depend_on(
            node_pools.airflow_node_selector(), *(pool.id for pool in airflow_pools)
        )
        register_annotated_outputs(self)

    def _create_identity(self, part: str, identity_name: Input[str]) -> managedidentity.UserAssignedIdentity:
        return managedidentity.UserAssignedIdentity(
            f"{self._name}-{part}-identity",
            resource_group_name=self._args.resource_group_name,
            location=self._args.location,
            resource_name_=identity_name,
            opts=ResourceOptions(parent=self),
        )

    def _grant_control_plane_roles(
        self, control_plane: managedidentity.UserAssignedIdentity, kubelet: managedidentity.UserAssignedIdentity
    ) -> list[Resource]:
        """Assign the roles that the control plane needs before the cluster is created."""
        network = RoleGrant(name="network", role=NETWORK_CONTRIBUTOR, scope=self._args.node_subnet_id)
        disks = self._args.settings.disk_encryption_set_id
        grants = (
            *([network] if self._args.grant_subnet else []),
            *(self._args.private_zone.grants if self._args.private_zone else ()),
            RoleGrant(name="kubelet", role=MANAGED_IDENTITY_OPERATOR, scope=kubelet.id),
            *([RoleGrant(name="disk-encryption", role=READER, scope=disks)] if disks else []),
        )
        return [
            grant_to_identity(
                f"{self._name}-control-plane-{grant.name}",
                grant,
                control_plane.principal_id,
                self._args.subscription_id,
                self,
            )
            for grant in grants
        ]

    def _create_cluster(
        self,
        control_plane: managedidentity.UserAssignedIdentity,
        kubelet: managedidentity.UserAssignedIdentity,
        grants: list[Resource],
    ) -> containerservice.ManagedCluster:
        args, settings, zone = self._args, self._args.settings, self._args.private_zone
        return containerservice.ManagedCluster(
            f"{self._name}-cluster",
            resource_group_name=args.resource_group_name,
            location=args.location,
            resource_name_=args.cluster_name,
            **(zone.host_names(args.dns_prefix) if zone else {"dns_prefix": args.dns_prefix}),
            node_resource_group=args.node_resource_group,
            kubernetes_version=settings.kubernetes_version,
            sku=containerservice.ManagedClusterSKUArgs(name="Base", tier=settings.tier),
            support_plan="AKSLongTermSupport" if has_long_term_support(settings) else "KubernetesOfficial",
            enable_rbac=True,
            disable_local_accounts=not settings.local_accounts,
            identity=containerservice.ManagedClusterIdentityArgs(
                type=containerservice.ResourceIdentityType.USER_ASSIGNED,
                user_assigned_identities=[control_plane.id],
            ),
            identity_profile={
                "kubeletidentity": containerservice.UserAssignedIdentityArgs(
                    resource_id=kubelet.id, client_id=kubelet.client_id, object_id=kubelet.principal_id
                )
            },
            aad_profile=cluster_profile.entra(settings, args.tenant_id),
            api_server_access_profile=cluster_profile.api_server(
                settings, args.outbound_ip, zone.zone_id if zone else None
            ),
            oidc_issuer_profile=containerservice.ManagedClusterOIDCIssuerProfileArgs(enabled=True),
            disk_encryption_set_id=settings.disk_encryption_set_id,
            security_profile=cluster_profile.security(settings.defender_workspace_id, node_authorities(args.proxy)),
            http_proxy_config=http_proxy(args.proxy, args.no_proxy),
            storage_profile=cluster_profile.storage(),
            addon_profiles=cluster_profile.add_ons(
                key_vault=cluster_profile.key_vault_add_on(args.add_on_minutes),
                insights=cluster_profile.container_insights(args.monitoring, args.log_workspace_id),
                policy=cluster_profile.azure_policy() if settings.azure_policy else None,
            ),
            workload_auto_scaler_profile=cluster_profile.workload_scaler(keda=args.keda),
            auto_upgrade_profile=containerservice.ManagedClusterAutoUpgradeProfileArgs(
                upgrade_channel=settings.auto_upgrade, node_os_upgrade_channel=settings.node_os_upgrade
            ),
            network_profile=cluster_profile.network(args.outbound, host_names=args.restricted_egress),
            bootstrap_profile=cluster_profile.bootstrap(args.outbound, args.bootstrap_registry_id),
            agent_pool_profiles=[cluster_profile.system_pool(settings, args.node_subnet_id)],
            opts=ResourceOptions(
                parent=self,
                depends_on=grants,
                ignore_changes=["kubernetesVersion"] if settings.auto_upgrade in _MINOR_VERSION_CHANNELS else None,
                # The physical name is fixed: the old cluster must be deleted before its replacement is created.
                delete_before_replace=True,
            ),
        )

    def _create_pools(self, cluster: containerservice.ManagedCluster) -> list[containerservice.AgentPool]:
        """Create the user pools, and return the pools for Airflow's own pods.

        Each pool depends on the previous pool, because AKS rejects concurrent writes to one cluster.
        """
        airflow_pools: list[containerservice.AgentPool] = []
        last: list[Resource] = []
        # Airflow's pools come first, because Airflow's pods wait for them only.
        for pool in sorted(self._args.settings.pools, key=lambda pool: pool.purpose != node_pools.AIRFLOW_PURPOSE):
            upgrade = containerservice.AgentPoolUpgradeSettingsArgs(max_surge=node_pools.MAX_SURGE)
            agent_pool = containerservice.AgentPool(
                f"{self._name}-pool-{pool.name}",
                resource_group_name=self._args.resource_group_name,
                resource_name_=cluster.name,
                vnet_subnet_id=self._args.node_subnet_id,
                # AKS adds no surge nodes to spot pools.
                upgrade_settings=None if pool.spot else upgrade,
                **node_pools.agent_pool(pool, self._args.settings.zones),
                enable_encryption_at_host=self._args.settings.host_encryption or None,
                opts=ResourceOptions(
                    parent=self,
                    depends_on=last,
                    # The replacement has another name, so pods can move to it before the old pool is deleted.
                    delete_before_replace=False,
                ),
            )
            last = [agent_pool]
            if pool.purpose == node_pools.AIRFLOW_PURPOSE:
                airflow_pools.append(agent_pool)
        return airflow_pools

    def _create_maintenance_windows(self, cluster: containerservice.ManagedCluster) -> None:
        """Create the same window for cluster upgrades and for node OS upgrades, one after the other, like the pools."""
        last: list[Resource] = []
        for part, config_name in (
            ("cluster-upgrades", "aksManagedAutoUpgradeSchedule"),
            ("node-upgrades", "aksManagedNodeOSUpgradeSchedule"),
        ):
            last = [
                containerservice.MaintenanceConfiguration(
                    f"{self._name}-{part}",
                    resource_group_name=self._args.resource_group_name,
                    resource_name_=cluster.name,
                    config_name=config_name,
                    maintenance_window=cluster_profile.maintenance_window(self._args.settings.maintenance),
                    opts=ResourceOptions(parent=self, depends_on=last),
                )
            ]

    def _read_kubeconfig(self, cluster: containerservice.ManagedCluster) -> Output[str]:
        """Return the program's credential: a client certificate, or kubelogin where local accounts are disabled."""
        # cluster.name is an output: with a plain string the calls would run before the cluster exists.
        if self._args.settings.local_accounts:
            admin = containerservice.list_managed_cluster_admin_credentials_output(
                resource_group_name=self._args.resource_group_name, resource_name=cluster.name
            )
            return Output.secret(admin.kubeconfigs[0].value).apply(decode_kubeconfig)
        user = containerservice.list_managed_cluster_user_credentials_output(
            resource_group_name=self._args.resource_group_name, resource_name=cluster.name
        )
        return Output.secret(user.kubeconfigs[0].value).apply(decode_kubeconfig).apply(add_kubelogin)
