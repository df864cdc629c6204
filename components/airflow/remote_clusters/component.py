"""The clusters in which tasks launch pods: their connections, and one identity with rights in all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pulumi import ComponentResource, Input, Output, ResourceOptions, StackReference
from pulumi_kubernetes import Provider

from components.azure.identity import WorkloadIdentity, WorkloadIdentityArgs
from components.azure.pull_access import PullAccess
from components.azure.remote_cluster import RemoteCluster, RemoteClusterArgs, parse_cluster_id
from components.azure.roles import AKS_RBAC_WRITER, RoleGrant, grant_to_identity
from components.kubernetes.remote_access import RemoteAccess, RemoteAccessArgs
from components.output_registration import register_annotated_outputs
from components.settings.remote_clusters import RemoteClusterSettings

from .connection import Target, connection
from .grants import grant_text, namespace_scope

# The output of the other stack that names its cluster.
_CLUSTER_ID = "clusterId"


@dataclass(frozen=True, kw_only=True)
class RemoteClustersArgs:
    """What RemoteClusters needs: its settings, the accounts whose pods use it, and where the sidecar's image is."""

    settings: Sequence[RemoteClusterSettings]
    identity_name: Input[str]
    resource_group_name: Input[str]
    location: Input[str]
    subscription_id: Input[str]
    tenant_id: Input[str]
    issuer_url: Input[str]
    namespace: str
    service_accounts: Sequence[str]
    registry_access: PullAccess
    sidecar_image: Input[str]


class RemoteClusters(ComponentResource):
    """A connection for each entry, and an identity for the pods that use them.

    The identity is not Airflow's own, so that a cluster's owner gives rights to tasks, not to what reads Airflow's logs
    and secrets. Both identities trust the same service accounts. A pod chooses one by the client id of
    its token request.
    """

    connections: dict[str, Output[str]]
    grants: dict[str, Output[str]]
    api_servers: list[Output[str]]

    def __init__(self, name: str, args: RemoteClustersArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("airflow-aks:airflow:RemoteClusters", name, None, opts)
        self._name = name
        self._args = args
        identity = WorkloadIdentity(
            f"{name}-identity",
            WorkloadIdentityArgs(
                identity_name=args.identity_name,
                resource_group_name=args.resource_group_name,
                location=args.location,
                subscription_id=args.subscription_id,
                issuer_url=args.issuer_url,
                namespace=args.namespace,
                service_accounts=args.service_accounts,
                roles=[],
            ),
            ResourceOptions(parent=self),
        )
        clusters = self._read_clusters()
        self._grant_roles(clusters, identity)
        self._grant_azure_roles(clusters, identity)
        self.connections = {
            entry.variable: self._connection(entry, clusters[entry.target], identity) for entry in args.settings
        }
        self.grants = {
            entry.connection_id: self._grant_text(entry, clusters[entry.target], identity)
            for entry in args.settings
            if not entry.grant_access
        }
        self.api_servers = [cluster.server for cluster in clusters.values()]
        self._clusters = clusters
        register_annotated_outputs(self)

    @property
    def required_grants(self) -> dict[str, Output[str]]:
        """The commands that let the nodes of the clusters pull from the stack's registry, if others assign the role."""
        return {key: command for cluster in self._clusters.values() for key, command in cluster.required_grants.items()}

    def _read_clusters(self) -> dict[str, RemoteCluster]:
        """Read each cluster once, however many entries name it."""
        clusters: dict[str, RemoteCluster] = {}
        for index, entry in enumerate(self._args.settings):
            if entry.target in clusters:
                continue
            clusters[entry.target] = RemoteCluster(
                f"{self._name}-{entry.target_name}",
                RemoteClusterArgs(
                    path=f"airflow-aks:remoteClusters[{index}].{'stack' if entry.stack else 'clusterId'}",
                    cluster_id=self._cluster_id(entry),
                    azure_rbac=any(other.azure_rbac for other in self._entries_of(entry.target)),
                    tenant_id=self._args.tenant_id,
                    registry_access=self._args.registry_access,
                ),
                ResourceOptions(parent=self),
            )
        return clusters

    def _cluster_id(self, entry: RemoteClusterSettings) -> Input[str]:
        """Return the id of an entry's cluster: its own, or the one that its stack publishes."""
        if entry.stack is None:
            return entry.cluster_id or ""
        name = f"{self._name}-{entry.target_name}-stack"
        reference = StackReference(name, entry.stack, ResourceOptions(parent=self))
        return reference.get_output(_CLUSTER_ID).apply(lambda found: str(found or ""))

    def _entries_of(self, target: str) -> list[RemoteClusterSettings]:
        return [entry for entry in self._args.settings if entry.target == target]

    def _grant_roles(self, clusters: dict[str, RemoteCluster], identity: WorkloadIdentity) -> None:
        """Create Role and RoleBinding in each namespace that the program may grant rights in."""
        for target, cluster in clusters.items():
            entries = [entry for entry in self._entries_of(target) if entry.grant_access and not entry.azure_rbac]
            if not entries:
                continue
            provider = Provider(
                f"{self._name}-{entries[0].target_name}-kubernetes",
                kubeconfig=cluster.kubeconfig,
                # Another cluster under the same id has another address, and none of the objects.
                cluster_identifier=cluster.server,
                # Otherwise nothing could be removed from the stack any more once the cluster is gone.
                delete_unreachable=True,
                opts=ResourceOptions(parent=self),
            )
            for entry in entries:
                RemoteAccess(
                    f"{self._name}-{entry.target_name}-{entry.namespace}",
                    RemoteAccessArgs(
                        namespace=entry.namespace,
                        role_name=self._args.identity_name,
                        principal_id=identity.principal_id,
                    ),
                    ResourceOptions(parent=self, providers=[provider]),
                )

    def _grant_azure_roles(self, clusters: dict[str, RemoteCluster], identity: WorkloadIdentity) -> None:
        """Assign the role of Azure RBAC for Kubernetes on each namespace, in the subscription of its cluster."""
        for entry in self._args.settings:
            if not (entry.grant_access and entry.azure_rbac):
                continue
            cluster_id = clusters[entry.target].cluster_id
            scope = Output.all(cluster_id, entry.namespace).apply(lambda both: namespace_scope(*both))
            grant_to_identity(
                f"{self._name}-{entry.target_name}-{entry.namespace}-writer",
                RoleGrant(name="writer", role=AKS_RBAC_WRITER, scope=scope),
                identity.principal_id,
                cluster_id.apply(lambda text: parse_cluster_id(_CLUSTER_ID, text)["subscription"]),
                self,
            )

    def _connection(
        self, entry: RemoteClusterSettings, cluster: RemoteCluster, identity: WorkloadIdentity
    ) -> Output[str]:
        known = Output.all(
            server=cluster.server,
            certificate_authority=cluster.certificate_authority,
            tenant_id=self._args.tenant_id,
            # Depends on the federated credentials, so that no pod signs in before they exist.
            client_id=identity.client_id,
            sidecar_image=self._args.sidecar_image,
        )
        return known.apply(lambda values: _connection_of(entry, **values))

    def _grant_text(
        self, entry: RemoteClusterSettings, cluster: RemoteCluster, identity: WorkloadIdentity
    ) -> Output[str]:
        known = Output.all(cluster.cluster_id, self._args.identity_name, identity.principal_id)
        return known.apply(lambda k: grant_text(k[0], entry.namespace, k[1], k[2], azure_rbac=entry.azure_rbac))


def _connection_of(entry: RemoteClusterSettings, *, sidecar_image: str, **known: str) -> str:
    return connection(Target(connection_id=entry.connection_id, namespace=entry.namespace, **known), sidecar_image)
