"""The properties of the stack's resources that platform teams, policies and Azure itself set.

`docs/network.md` explains the list to the owners of those properties, under "What others own".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Foreign:
    """Property paths of a resource type, with the reason why the program must not set them.

    `except_on`: the logical names of resources on which the program sets them nevertheless. `if_unset`: the entry
    applies only to resources on which the program leaves the property out.
    """

    paths: tuple[str, ...]
    reason: str
    except_on: tuple[str, ...] = ()
    if_unset: bool = False


_NETWORK: Final[Mapping[str, tuple[Foreign, ...]]] = {
    "network:NatGateway": (
        Foreign(paths=("publicIpPrefixes",), reason="A platform team adds address prefixes."),
        Foreign(paths=("zones",), reason="Azure chooses the zone at creation."),
    ),
    "network:NetworkSecurityGroup": (
        Foreign(
            paths=("securityRules",),
            reason="A platform team or a policy adds rules; the program has rules for two subnets only.",
            except_on=("network-gateway-security", "network-private-endpoints-security"),
        ),
    ),
    "network:PrivateEndpoint": (
        Foreign(
            paths=("customDnsConfigs", "ipConfigurations"), reason="Azure empties both if there is a DNS zone group."
        ),
        Foreign(paths=("applicationSecurityGroups",), reason="A platform team groups endpoints for its rules."),
        Foreign(
            paths=("privateLinkServiceConnections[0].privateLinkServiceConnectionState",),
            reason="The service's owner approves the connection.",
        ),
        Foreign(
            paths=("subnet.privateEndpointNetworkPolicies", "subnet.privateLinkServiceNetworkPolicies"),
            reason="They are the subnet's own settings; a change here would replace the endpoint.",
        ),
    ),
    "network:PublicIPAddress": (
        Foreign(paths=("ddosSettings", "ipTags"), reason="A DDoS plan or a policy sets them."),
        Foreign(paths=("dnsSettings",), reason="A platform team names the address.", except_on=("gateway-address-ip",)),
        Foreign(paths=("natGateway", "zones"), reason="Azure sets them."),
        Foreign(paths=("tags",), reason="Policies tag public addresses, and may refuse another write of the tags."),
    ),
    "network:Subnet": (
        Foreign(paths=("routeTable",), reason="A platform team routes the traffic, to a firewall for example."),
        Foreign(
            paths=("networkSecurityGroup",),
            reason="Set at creation. A platform team or a policy may attach a group of its own instead.",
        ),
        Foreign(
            paths=("natGateway",),
            reason="A platform team attaches its own gateway; on the nodes' subnet, network.outbound decides.",
            except_on=("network-nodes",),
        ),
        Foreign(
            paths=("delegations",),
            reason="A gateway of yours may need its subnet delegated.",
            except_on=("network-database",),
        ),
        Foreign(
            paths=("serviceEndpointPolicies", "serviceEndpoints"),
            reason="A platform team or a policy adds endpoints; Azure adds their locations.",
        ),
        Foreign(
            paths=("applicationGatewayIPConfigurations", "ipAllocations", "sharingScope"),
            reason="Azure records who uses the subnet.",
        ),
    ),
    "network:VirtualNetwork": (
        Foreign(
            paths=("dhcpOptions",),
            reason="A platform team sets the DNS servers.",
            if_unset=True,
        ),
        Foreign(
            paths=("ddosProtectionPlan", "enableDdosProtection", "enableVmProtection"),
            reason="A policy attaches a DDoS plan.",
        ),
        Foreign(
            paths=("bgpCommunities", "encryption", "flowTimeoutInMinutes", "ipAllocations"),
            reason="A platform team connects and hardens the network.",
        ),
    ),
    "privatedns:VirtualNetworkLink": (
        Foreign(paths=("resolutionPolicy",), reason="A platform team lets names fall back to public DNS."),
    ),
}
_CLUSTER: Final[Mapping[str, tuple[Foreign, ...]]] = {
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
        Foreign(
            paths=("bootstrapProfile", "nodeProvisioningProfile", "privateLinkResources", "servicePrincipalProfile"),
            reason="AKS fills them in.",
        ),
    ),
}
_DATA: Final[Mapping[str, tuple[Foreign, ...]]] = {
    "containerregistry:Registry": (
        Foreign(
            paths=("zoneRedundancy",), reason="Azure sets it at creation only, whatever becomes of the cluster's zones."
        ),
        Foreign(paths=("networkRuleSet",), reason="A platform team or a policy sets the registry's firewall."),
        Foreign(
            paths=("dataEndpointEnabled", "encryption", "identity"), reason="A policy sets a key and its identity."
        ),
        Foreign(paths=("policies",), reason="Azure fills them in, and policies set them.", if_unset=True),
        Foreign(
            paths=(
                "policies.azureADAuthenticationAsArmPolicy",
                "policies.exportPolicy",
                "policies.quarantinePolicy",
                "policies.softDeletePolicy",
                "policies.trustPolicy",
            ),
            reason="Azure fills them in, and policies set them; retention is the stack file's.",
        ),
    ),
    "dbforpostgresql:Server": (
        Foreign(
            paths=("availabilityZone", "highAvailability.standbyAvailabilityZone"),
            reason="A failover swaps the zones, and a changed zone would replace the server.",
        ),
        Foreign(
            paths=("storage.iops", "storage.throughput", "storage.tier", "storage.type"), reason="Azure fits the disk."
        ),
        Foreign(paths=("authConfig.tenantId",), reason="Azure fills it in."),
        Foreign(paths=("dataEncryption", "identity"), reason="A policy sets a key and its identity.", if_unset=True),
        Foreign(paths=("maintenanceWindow",), reason="The database's operators choose the window."),
        Foreign(paths=("replica", "replicationRole"), reason="Azure records replicas."),
    ),
    "keyvault:Secret": (
        Foreign(
            paths=("properties.attributes", "properties.contentType"), reason="Policies demand an expiry and a type."
        ),
    ),
    "keyvault:Vault": (
        Foreign(
            paths=("properties.networkAcls.ipRules", "properties.networkAcls.virtualNetworkRules"),
            reason="A platform team adds ranges to the vault's firewall.",
        ),
        Foreign(paths=("properties.accessPolicies",), reason="They have no effect on a vault with RBAC."),
    ),
    "monitor:DiagnosticSetting": (
        Foreign(
            paths=("logAnalyticsDestinationType",),
            reason="Azure empties it for services without tables of their own.",
        ),
    ),
    "operationalinsights:Workspace": (
        Foreign(paths=("publicNetworkAccessForIngestion", "publicNetworkAccessForQuery"), reason="A policy closes it."),
    ),
    "redisenterprise:Database": (
        Foreign(paths=("geoReplication", "persistence"), reason="The broker's operators turn them on."),
    ),
    "redisenterprise:RedisEnterprise": (
        Foreign(paths=("encryption", "identity"), reason="A policy sets a key and its identity."),
        Foreign(paths=("zones",), reason="Azure chooses the zones, and a change would replace the broker."),
    ),
    "resources:ResourceGroup": (Foreign(paths=("managedBy",), reason="A managing service records itself."),),
    "storage:BlobContainer": (
        Foreign(paths=("immutableStorageWithVersioning", "metadata"), reason="A policy retains and labels blobs."),
    ),
    "storage:FileServiceProperties": (Foreign(paths=("cors", "protocolSettings"), reason="A policy hardens SMB."),),
    "storage:FileShare": (
        Foreign(paths=("accessTier", "metadata", "signedIdentifiers"), reason="Azure and backups set them."),
    ),
    "storage:StorageAccount": (
        Foreign(paths=("networkRuleSet",), reason="A platform team or a policy sets the account's firewall."),
        Foreign(paths=("encryption", "identity"), reason="A policy sets a key and its identity."),
        Foreign(
            paths=("allowedCopyScope", "keyPolicy", "routingPreference", "sasPolicy"), reason="A policy hardens it."
        ),
        Foreign(
            paths=("azureFilesIdentityBasedAuthentication", "customDomain", "largeFileSharesState"),
            reason="A platform team joins the account to its domain; Azure cannot undo large shares.",
        ),
    ),
}
FOREIGN: Final[Mapping[str, tuple[Foreign, ...]]] = {**_NETWORK, **_CLUSTER, **_DATA}
