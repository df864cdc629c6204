"""The properties of the stack's resources that platform teams, policies and Azure itself set.

`docs/network.md` explains the list to the owners of those properties, under "What others own".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from .foreign_cluster_properties import OF_CLUSTER
from .foreign_property import Foreign

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
FOREIGN: Final[Mapping[str, tuple[Foreign, ...]]] = {**_NETWORK, **OF_CLUSTER, **_DATA}
