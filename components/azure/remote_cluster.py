"""An AKS cluster that another stack, or nobody's stack, manages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

import yaml
from pulumi import ComponentResource, Input, InvokeOptions, Output, ResourceOptions, RunError
from pulumi_azure_native import Provider, containerservice

from components.output_registration import register_annotated_outputs

from .kubeconfig import add_kubelogin, decode_kubeconfig
from .pull_access import PullAccess

_CLUSTER_ID: Final = re.compile(
    r"/subscriptions/(?P<subscription>[^/]+)/resourceGroups/(?P<group>[^/]+)/providers/"
    r"Microsoft\.ContainerService/managedClusters/(?P<name>[^/]+)",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Entra:
    """How a cluster signs in with Entra: whose tokens it accepts, and whether it uses Azure RBAC for Kubernetes."""

    tenant_id: str
    azure_rbac: bool


@dataclass(frozen=True, kw_only=True)
class RemoteClusterArgs:
    """What RemoteCluster needs: the cluster's id with its path in the stack file, and who is to use the cluster.

    `azure_rbac`: a role of Azure RBAC for Kubernetes is granted on it.
    """

    path: str
    cluster_id: Input[str]
    azure_rbac: bool
    tenant_id: Input[str]
    registry_access: PullAccess


class RemoteCluster(ComponentResource):
    """Reads a cluster, in any subscription, and lets its nodes pull from the stack's registry.

    It reads the API server's address and CA certificate, and stores no credential. Raises pulumi.RunError, in preview
    too, if the cluster cannot accept a token of the stack's identities.
    """

    cluster_id: Output[str]
    server: Output[str]
    certificate_authority: Output[str]
    kubeconfig: Output[str]

    def __init__(self, name: str, args: RemoteClusterArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("airflow-aks:azure:RemoteCluster", name, None, opts)
        parts = Output.from_input(args.cluster_id).apply(lambda text: parse_cluster_id(args.path, text))
        provider = Provider(
            f"{name}-provider", subscription_id=parts["subscription"], opts=ResourceOptions(parent=self)
        )
        place = {"resource_group_name": parts["group"], "resource_name": parts["name"]}
        invoke = InvokeOptions(parent=self, provider=provider)
        cluster = containerservice.get_managed_cluster_output(**place, opts=invoke)
        usable = Output.all(cluster.aad_profile.apply(read_entra), args.tenant_id).apply(
            lambda both: check_cluster(args.path, *both, azure_rbac=args.azure_rbac)
        )
        user = containerservice.list_managed_cluster_user_credentials_output(**place, opts=invoke)
        downloaded = Output.all(user.kubeconfigs[0].value, usable).apply(lambda both: decode_kubeconfig(both[0]))
        kubelet = cluster.identity_profile.apply(lambda profile: str(profile["kubeletidentity"].object_id))
        # For the image of the XCom sidecar, which runs next to a task's container.
        args.registry_access.grant(name, "pulls-images", kubelet, self)
        self._required_grants = args.registry_access.require(f"registry for {name}", kubelet)

        self.cluster_id = Output.from_input(args.cluster_id)
        endpoint = downloaded.apply(read_endpoint)
        # None of the three holds a credential, so none is secret.
        self.server = Output.unsecret(endpoint["server"])
        self.certificate_authority = Output.unsecret(endpoint["certificate-authority-data"])
        self.kubeconfig = Output.unsecret(downloaded.apply(add_kubelogin))
        register_annotated_outputs(self)

    @property
    def required_grants(self) -> dict[str, Output[str]]:
        """The command that lets the cluster's nodes pull from the stack's registry, if others assign the role."""
        return self._required_grants


def parse_cluster_id(path: str, cluster_id: str) -> dict[str, str]:
    """Return subscription, resource group and name of a cluster.

    Raises:
        pulumi.RunError: the text is no id of a cluster.

    """
    found = _CLUSTER_ID.fullmatch(cluster_id)
    if found is None:
        given = f"is {cluster_id!r}" if cluster_id else "its output clusterId is missing: run `pulumi up` for it first"
        raise RunError(f"{path}: must name an AKS cluster; {given}")
    return found.groupdict()


def read_entra(profile: Any) -> Entra | None:
    """Return how a cluster signs in with Entra, from its `aadProfile`; None without Entra."""
    if profile is None or not profile.managed:
        return None
    return Entra(tenant_id=profile.tenant_id or "", azure_rbac=bool(profile.enable_azure_rbac))


def check_cluster(path: str, entra: Entra | None, tenant_id: str, *, azure_rbac: bool) -> None:
    """Check that a cluster accepts the stack's identities, and with `azure_rbac` their roles.

    Raises:
        pulumi.RunError: the cluster would refuse every token of the stack's identities, or ignore their roles.

    """
    if entra is None:
        raise RunError(
            f"{path}: the cluster has no sign-in with Entra, so it refuses the tokens of every identity: enable it "
            "with `az aks update --enable-aad`, or, in a stack of this program, with airflow-aks:cluster.adminGroupIds"
        )
    if entra.tenant_id and entra.tenant_id.lower() != tenant_id.lower():
        raise RunError(
            f"{path}: the cluster accepts tokens of the tenant {entra.tenant_id}, and the stack's identities are in "
            f"{tenant_id}: name a cluster of that tenant"
        )
    if azure_rbac and not entra.azure_rbac:
        raise RunError(
            f"{path}: azureRbac is true, and the cluster does not use Azure RBAC for Kubernetes, so that it would "
            "ignore the role: set azureRbac to false, or enable it with `az aks update --enable-azure-rbac`"
        )


def read_endpoint(kubeconfig: str) -> dict[str, str]:
    """Return the API server in a kubeconfig: `server` and, in base64, `certificate-authority-data`."""
    cluster = yaml.safe_load(kubeconfig)["clusters"][0]["cluster"]
    return {key: cluster[key] for key in ("server", "certificate-authority-data")}
