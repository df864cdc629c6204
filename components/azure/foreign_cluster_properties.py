"""The properties of the cluster and its pools that platform teams, policies and Azure itself set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from .foreign_property import Foreign

OF_CLUSTER: Final[Mapping[str, tuple[Foreign, ...]]] = {
    "containerservice:AgentPool": (
        Foreign(paths=("count",), reason="The cluster autoscaler changes the node count."),
        Foreign(paths=("orchestratorVersion",), reason="AKS upgrades pools."),
        Foreign(paths=("powerState",), reason="A pool that somebody stopped stays stopped."),
        Foreign(paths=("localDNSProfile",), reason="The cluster's operators may turn LocalDNS on."),
    ),
    "containerservice:MaintenanceConfiguration": (
        Foreign(paths=("maintenanceWindow.startDate",), reason="AKS sets it to the day of creation."),
    ),
    "containerservice:ManagedCluster": (
        Foreign(paths=("agentPoolProfiles[0].count",), reason="The cluster autoscaler changes the node count."),
        Foreign(paths=("agentPoolProfiles[0].orchestratorVersion",), reason="AKS upgrades pools."),
        Foreign(paths=("agentPoolProfiles[0].tags",), reason="Policies tag pools; the program does not tag this one."),
        Foreign(
            paths=("linuxProfile", "windowsProfile"),
            reason="AKS fills them in, and a change would replace the cluster.",
        ),
        Foreign(
            paths=("addonProfiles",), reason="Policies turn add-ons on, and AKS keeps those it has.", if_unset=True
        ),
        Foreign(
            paths=(
                "addonProfiles.azureKeyvaultSecretsProvider",
                "addonProfiles.azurepolicy",
                "addonProfiles.omsagent",
            ),
            reason="AKS keeps an add-on that the stack file no longer asks for; a policy may own it.",
            if_unset=True,
        ),
        Foreign(
            paths=("azureMonitorProfile", "metricsProfile"), reason="A policy turns Azure Monitor and cost data on."
        ),
        Foreign(paths=("securityProfile.azureKeyVaultKms",), reason="A platform team sets keys."),
        Foreign(paths=("securityProfile.defender",), reason="Defender for Cloud turns itself on.", if_unset=True),
        Foreign(
            paths=("httpProxyConfig", "securityProfile.customCATrustCertificates"),
            reason="A platform team sets a proxy or certificates, and AKS keeps them.",
            if_unset=True,
        ),
        Foreign(
            paths=("apiServerAccessProfile.disableRunCommand",), reason="A policy turns off commands through Azure."
        ),
        Foreign(
            paths=("autoScalerProfile", "upgradeSettings"),
            reason="The cluster's operators tune the autoscaler and force upgrades.",
        ),
        Foreign(
            paths=("ingressProfile", "serviceMeshProfile"),
            reason="A platform team adds an ingress or a mesh.",
        ),
        Foreign(
            paths=("networkProfile.loadBalancerProfile", "networkProfile.natGatewayProfile"),
            reason="AKS records its outbound addresses.",
        ),
        Foreign(
            paths=("networkProfile.advancedNetworking",),
            reason="Operators turn on network observability, and AKS keeps it on.",
            if_unset=True,
        ),
        Foreign(
            paths=("networkProfile.advancedNetworking.observability",),
            reason="Operators turn on network observability.",
        ),
        Foreign(paths=("bootstrapProfile",), reason="AKS fills it in.", if_unset=True),
        Foreign(
            paths=("nodeProvisioningProfile", "privateLinkResources", "servicePrincipalProfile"),
            reason="AKS fills them in.",
        ),
    ),
}
