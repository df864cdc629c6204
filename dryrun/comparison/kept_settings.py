"""What Azure keeps although the stack file no longer sets it, because the program leaves it to others then."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from components.settings import nested

from .changes import Comparison, Consequence
from .data import name_resource

_CLUSTER: Final = "azure-native:containerservice:ManagedCluster"
_NETWORK: Final = "azure-native:network:VirtualNetwork"
# Type, path of the property, and what is kept until when.
_KEPT: Final = (
    (
        _CLUSTER,
        "httpProxyConfig",
        "its proxy until somebody runs `az aks update --disable-http-proxy`; see docs/company-proxy.md",
    ),
    (
        _CLUSTER,
        "securityProfile.customCATrustCertificates",
        "the authorities that its nodes trust; see docs/company-proxy.md",
    ),
    (
        _CLUSTER,
        "addonProfiles.azurepolicy",
        "the add-on of Azure Policy until somebody runs `az aks disable-addons --addons azure-policy`",
    ),
    (_CLUSTER, "securityProfile.defender", "Defender until somebody runs `az aks update --disable-defender`"),
    (_NETWORK, "dhcpOptions", "its DNS servers until somebody removes them in Azure"),
)


def list_kept_settings(comparison: Comparison) -> Iterator[Consequence]:
    """Yield a note for each setting that the new plan leaves out on a resource which stays."""
    gone = {change.urn for change in comparison.changes if change.is_gone}
    before = {resource.urn: resource for resource in comparison.old.resources}
    for type_, path, what in _KEPT:
        for resource in comparison.new.all(type_):
            old = before.get(resource.urn)
            if old is None or resource.urn in gone:
                continue
            if nested.get(old.inputs, path) and not nested.get(resource.inputs, path):
                text = f"{name_resource(resource)} keeps {what}"
                yield Consequence(severity="note", text=text, urn=resource.urn)
