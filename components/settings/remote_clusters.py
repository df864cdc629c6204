"""The entries of `remoteClusters`: AKS clusters in which tasks launch pods."""

from __future__ import annotations

import hashlib
from typing import Annotated

from pydantic import Field, StringConstraints

from .allowed_traffic import NamespaceName
from .base import Section

# Lower case, because the environment variable of a connection has its id in upper case.
ConnectionId = Annotated[str, StringConstraints(max_length=60, pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$")]
ClusterId = Annotated[
    str,
    StringConstraints(
        pattern=r"(?i)^/subscriptions/[0-9a-f-]{36}/resourceGroups/[^/]+/providers/Microsoft\.ContainerService"
        r"/managedClusters/[^/]+$"
    ),
]
# Organization, project and stack. Source: Pulumi, "Stack references".
StackName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$")]


class RemoteClusterSettings(Section):
    """An AKS cluster, and the connection with which KubernetesPodOperator launches pods in one of its namespaces."""

    connection_id: ConnectionId = Field(description="Id of the connection in Airflow, for example `gpu`.")
    cluster_id: ClusterId | None = Field(None, description="Resource id of the cluster, in any subscription.")
    stack: StackName | None = Field(
        None,
        description="Stack of this program that made the cluster, as organization/project/stack, instead of "
        "`clusterId`.",
    )
    namespace: NamespaceName = Field(description="Namespace of the pods. It must exist.")
    grant_access: bool = Field(
        False,
        description="True: the program grants the rights in the cluster; false: the output `remoteClusterGrants` says "
        "what the cluster's owner must apply.",
    )
    azure_rbac: bool = Field(
        False,
        description="How the rights are granted: true = a role of Azure RBAC for Kubernetes; false = a Role and a "
        "RoleBinding in the namespace.",
    )

    @property
    def target(self) -> str:
        """The cluster, by its resource id or its stack; equal for all entries that name the same cluster alike."""
        return self.stack or (self.cluster_id or "").lower()

    @property
    def target_name(self) -> str:
        """A name for the cluster's resources in Pulumi: the last word of its id, and a hash of the whole id."""
        return f"{self.target.rpartition('/')[2]}-{hashlib.sha256(self.target.encode()).hexdigest()[:6]}"

    @property
    def variable(self) -> str:
        """The environment variable from which Airflow reads the connection."""
        return f"AIRFLOW_CONN_{self.connection_id.upper()}"
