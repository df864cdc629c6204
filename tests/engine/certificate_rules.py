"""What cert-manager does and refuses, as far as a simulation can know it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from .refusal import CloudError

if TYPE_CHECKING:
    from .existing_objects import CloudObject
    from .simulated_cloud import SimulatedCloud

API: Final = "cert-manager.io/v1"
_ISSUER: Final = f"kubernetes:{API}:Issuer"
_CERTIFICATE: Final = f"kubernetes:{API}:Certificate"
_CREDENTIAL: Final = "azure-native:managedidentity:FederatedIdentityCredential"
_ROLE: Final = "azure-native:authorization:RoleAssignment"
_RELEASE: Final = "kubernetes:helm.sh/v3:Release"
_SUBJECT: Final = "system:serviceaccount:cert-manager:cert-manager"
# Azure, "Azure built-in roles": DNS Zone Contributor.
_DNS_ROLE: Final = "befefa01-2a29-4197-83a8-272ff33ce314"


def check_ready(cloud: SimulatedCloud, type_: str, inputs: dict[str, Any]) -> None:
    """An object that an update waits for becomes ready only with what it refers to."""
    if inputs.get("metadata", {}).get("annotations", {}).get("pulumi.com/waitFor") != "condition=Ready":
        return
    spec, namespace = inputs["spec"], inputs["metadata"]["namespace"]
    if type_ == _ISSUER and "ca" in spec and spec["ca"]["secretName"] not in _secrets(cloud, namespace):
        raise CloudError(f"ErrGetKeyPair: secret {spec['ca']['secretName']} not found")
    if type_ == _CERTIFICATE:
        issuer = _issuer(cloud, namespace, spec["issuerRef"]["name"])
        if issuer is None:
            raise CloudError(f"issuer.cert-manager.io {spec['issuerRef']['name']} not found")
        for solver in issuer.get("acme", {}).get("solvers", ()):
            _check_dns(cloud, solver.get("dns01", {}).get("azureDNS"))


def _check_dns(cloud: SimulatedCloud, zone: dict[str, Any] | None) -> None:
    """cert-manager signs in with the identity of its pods, which is allowed to write into the zone."""
    if zone is None:
        return
    values = next(item.inputs["values"] for item in _all(cloud, _RELEASE) if item.inputs["chart"] == "cert-manager")
    if values.get("podLabels", {}).get("azure.workload.identity/use") != "true":
        raise CloudError("failed to authenticate: no federated token in the pod")
    if not values["config"].get("issuerAmbientCredentials"):
        raise CloudError("ClientID was omitted without providing one of `--issuer-ambient-credentials`")
    if _SUBJECT not in {item.inputs["subject"] for item in _all(cloud, _CREDENTIAL)}:
        raise CloudError(f"AADSTS70021: no matching federated identity record for {_SUBJECT}")
    scope = f"/resourceGroups/{zone['resourceGroupName']}/providers/Microsoft.Network/dnsZones/{zone['hostedZoneName']}"
    if not any(
        item.inputs["scope"] == f"/subscriptions/{zone['subscriptionID']}{scope}"
        and item.inputs["roleDefinitionId"].endswith(_DNS_ROLE)
        for item in _all(cloud, _ROLE)
    ):
        raise CloudError(f"AuthorizationFailed: no right to write into {zone['hostedZoneName']}")


def _issuer(cloud: SimulatedCloud, namespace: str, name: str) -> dict[str, Any] | None:
    for item in _all(cloud, _ISSUER):
        if (item.inputs["metadata"]["namespace"], item.inputs["metadata"]["name"]) == (namespace, name):
            spec: dict[str, Any] = item.inputs["spec"]
            return spec
    return None


def _secrets(cloud: SimulatedCloud, namespace: str) -> set[str]:
    """The Secrets that certificates of a namespace have written."""
    made = _all(cloud, _CERTIFICATE)
    return {item.inputs["spec"]["secretName"] for item in made if item.inputs["metadata"]["namespace"] == namespace}


def _all(cloud: SimulatedCloud, type_: str) -> Iterator[CloudObject]:
    return (item for item in cloud.objects.values() if item.type == type_)
