"""The AKS cluster with its own identities, node pools and maintenance windows."""

from __future__ import annotations

from dataclasses import dataclass

from pulumi import ComponentResource, Input, Output, Resource, ResourceOptions
from pulumi_azure_native import containerservice, managedidentity

from components.settings.cluster_sections import ClusterSettings

from . import cluster_profile, kubeconfig, node_pools
from .roles import MANAGED_IDENTITY_OPERATOR, NETWORK_CONTRIBUTOR, RoleGrant, grant_to_identity

# Channels that move the cluster to a newer minor version by themselves.
_MOVING_CHANNELS = ("stable", "rapid")


@dataclass(frozen=True, kw_only=True)
class ClusterArgs:
    """What Cluster needs: its settings, its names, and the network that it stands in."""

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
    outbound: str
    outbound_ip: Input[str | None]
    add_on_minutes: int | None


class Cluster(ComponentResource):
    """A cluster that upgrades and scales itself, and needs no stored credential to do so."""

    cluster_id: Output[str]
    cluster_name: Output[str]
    oidc_issuer_url: Output[str]
    kubeconfig: Output[str]
    kubelet_principal_id: Output[str]
    airflow_node_selector: Output[dict[str, str]]

    def __init__(self, name: str, args: ClusterArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("airflow-aks:azure:Cluster", name, None, opts)
        self._name = name
        self._args = args
        control_plane = self._identity("control-plane", args.control_plane_identity_name)
        kubelet = self._identity("kubelet", args.kubelet_identity_name)
        rights = self._control_plane_rights(control_plane, kubelet)
        cluster = self._cluster(control_plane, kubelet, rights)
        pools = self._pools(cluster)
        self._maintenance_windows(cluster)

        self.cluster_id = cluster.id
        self.cluster_name = cluster.name
        self.oidc_issuer_url = cluster.oidc_issuer_profile.apply(lambda profile: str(profile.issuer_url))
        self.kubeconfig = self._kubeconfig(cluster)
        self.kubelet_principal_id = kubelet.principal_id
        # Known once the pools that it picks exist, so that nothing waits in vain for a node.
        self.airflow_node_selector = Output.all(*(pool.id for pool in pools)).apply(
            lambda _: node_pools.airflow_node_selector()
        )
        self.register_outputs(
            {
                "cluster_id": self.cluster_id,
                "cluster_name": self.cluster_name,
                "oidc_issuer_url": self.oidc_issuer_url,
                "kubeconfig": self.kubeconfig,
                "kubelet_principal_id": self.kubelet_principal_id,
                "airflow_node_selector": self.airflow_node_selector,
            }
        )

    def _identity(self, part: str, identity_name: Input[str]) -> managedidentity.UserAssignedIdentity:
        return managedidentity.UserAssignedIdentity(
            f"{self._name}-{part}-identity",
            resource_group_name=self._args.resource_group_name,
            location=self._args.location,
            resource_name_=identity_name,
            opts=ResourceOptions(parent=self),
        )

    def _control_plane_rights(
        self, control_plane: managedidentity.UserAssignedIdentity, kubelet: managedidentity.UserAssignedIdentity
    ) -> list[Resource]:
        """What the control plane must be allowed before the cluster is made."""
        grants = (
            RoleGrant(name="network", role=NETWORK_CONTRIBUTOR, scope=self._args.node_subnet_id),
            RoleGrant(name="kubelet", role=MANAGED_IDENTITY_OPERATOR, scope=kubelet.id),
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

    def _cluster(
        self,
        control_plane: managedidentity.UserAssignedIdentity,
        kubelet: managedidentity.UserAssignedIdentity,
        rights: list[Resource],
    ) -> containerservice.ManagedCluster:
        args, settings = self._args, self._args.settings
        # The autoscaler moves counts, AKS fills in versions, and some channels move the cluster's own.
        ignored = ["agentPoolProfiles[0].count", "agentPoolProfiles[0].orchestratorVersion"]
        if settings.auto_upgrade in _MOVING_CHANNELS:
            ignored.append("kubernetesVersion")
        return containerservice.ManagedCluster(
            f"{self._name}-cluster",
            resource_group_name=args.resource_group_name,
            location=args.location,
            resource_name_=args.cluster_name,
            dns_prefix=args.dns_prefix,
            node_resource_group=args.node_resource_group,
            kubernetes_version=settings.kubernetes_version,
            sku=containerservice.ManagedClusterSKUArgs(name="Base", tier=settings.tier),
            support_plan="KubernetesOfficial",
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
            api_server_access_profile=cluster_profile.api_server(settings, args.outbound_ip),
            oidc_issuer_profile=containerservice.ManagedClusterOIDCIssuerProfileArgs(enabled=True),
            security_profile=cluster_profile.security(),
            storage_profile=cluster_profile.storage(),
            addon_profiles=cluster_profile.add_ons(args.add_on_minutes),
            workload_auto_scaler_profile=cluster_profile.workload_scaler(keda=args.keda),
            auto_upgrade_profile=containerservice.ManagedClusterAutoUpgradeProfileArgs(
                upgrade_channel=settings.auto_upgrade, node_os_upgrade_channel=settings.node_os_upgrade
            ),
            network_profile=cluster_profile.network(args.outbound),
            agent_pool_profiles=[cluster_profile.system_pool(settings, args.node_subnet_id)],
            opts=ResourceOptions(
                parent=self,
                depends_on=rights,
                ignore_changes=ignored,
                # Its name is fixed, so that another one can come only when it is gone.
                delete_before_replace=True,
            ),
        )

    def _pools(self, cluster: containerservice.ManagedCluster) -> list[containerservice.AgentPool]:
        """The user pools, one after another: AKS refuses two writes to one cluster at a time.

        Returns those for Airflow's own pods.
        """
        made: list[containerservice.AgentPool] = []
        last: list[Resource] = []
        # Airflow waits for its own pools, which therefore come first.
        for pool in sorted(self._args.settings.pools, key=lambda pool: pool.purpose != node_pools.AIRFLOW_PURPOSE):
            upgrade = containerservice.AgentPoolUpgradeSettingsArgs(max_surge=node_pools.MAX_SURGE)
            agent_pool = containerservice.AgentPool(
                f"{self._name}-pool-{pool.name}",
                resource_group_name=self._args.resource_group_name,
                resource_name_=cluster.name,
                vnet_subnet_id=self._args.node_subnet_id,
                # Azure does not surge spot pools.
                upgrade_settings=None if pool.spot else upgrade,
                **node_pools.agent_pool(pool, self._args.settings.zones),
                opts=ResourceOptions(
                    parent=self,
                    depends_on=last,
                    # The new pool has a name of its own, so that tasks and Airflow can move before the old one goes.
                    delete_before_replace=False,
                    ignore_changes=["count", "orchestratorVersion"],
                ),
            )
            last = [agent_pool]
            if pool.purpose == node_pools.AIRFLOW_PURPOSE:
                made.append(agent_pool)
        return made

    def _maintenance_windows(self, cluster: containerservice.ManagedCluster) -> None:
        """One window for both kinds of upgrade, made one after another like pools."""
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
                    # AKS fills in the day on which it was made.
                    opts=ResourceOptions(parent=self, depends_on=last, ignore_changes=["maintenanceWindow.startDate"]),
                )
            ]

    def _kubeconfig(self, cluster: containerservice.ManagedCluster) -> Output[str]:
        """The credential of the program: a client certificate, or kubelogin where local accounts are off."""
        # The cluster's name as an output: with a plain text the call would run before there is a cluster.
        if self._args.settings.local_accounts:
            admin = containerservice.list_managed_cluster_admin_credentials_output(
                resource_group_name=self._args.resource_group_name, resource_name=cluster.name
            )
            return Output.secret(admin.kubeconfigs[0].value).apply(kubeconfig.decode)
        user = containerservice.list_managed_cluster_user_credentials_output(
            resource_group_name=self._args.resource_group_name, resource_name=cluster.name
        )
        return Output.secret(user.kubeconfigs[0].value).apply(
            lambda encoded: kubeconfig.with_kubelogin(kubeconfig.decode(encoded))
        )
