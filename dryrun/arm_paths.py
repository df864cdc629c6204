"""The ids of Azure resources (ARM ids), by resource type."""

from __future__ import annotations

from typing import Final

# Names in braces are input properties. The last property is the resource's own name, which the simulation generates if
# it is missing.
ARM_PATHS: Final[dict[str, str]] = {
    "authorization:RoleAssignment": "{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}",
    "containerregistry:CacheRule": "Microsoft.ContainerRegistry/registries/{registryName}/cacheRules/{cacheRuleName}",
    "containerregistry:Registry": "Microsoft.ContainerRegistry/registries/{registryName}",
    "containerservice:AgentPool": "Microsoft.ContainerService/managedClusters/{resourceName}"
    "/agentPools/{agentPoolName}",
    "containerservice:MaintenanceConfiguration": "Microsoft.ContainerService/managedClusters/{resourceName}"
    "/maintenanceConfigurations/{configName}",
    "containerservice:ManagedCluster": "Microsoft.ContainerService/managedClusters/{resourceName}",
    "dbforpostgresql:Configuration": "Microsoft.DBforPostgreSQL/flexibleServers/{serverName}"
    "/configurations/{configurationName}",
    "dbforpostgresql:Database": "Microsoft.DBforPostgreSQL/flexibleServers/{serverName}/databases/{databaseName}",
    "dbforpostgresql:FirewallRule": "Microsoft.DBforPostgreSQL/flexibleServers/{serverName}"
    "/firewallRules/{firewallRuleName}",
    "dbforpostgresql:Server": "Microsoft.DBforPostgreSQL/flexibleServers/{serverName}",
    "dns:RecordSet": "Microsoft.Network/dnsZones/{zoneName}/{recordType}/{relativeRecordSetName}",
    "keyvault:Secret": "Microsoft.KeyVault/vaults/{vaultName}/secrets/{secretName}",
    "keyvault:Vault": "Microsoft.KeyVault/vaults/{vaultName}",
    "managedidentity:FederatedIdentityCredential": "Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}"
    "/federatedIdentityCredentials/{federatedIdentityCredentialResourceName}",
    "managedidentity:UserAssignedIdentity": "Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}",
    "monitor:ActionGroup": "Microsoft.Insights/actionGroups/{actionGroupName}",
    "monitor:DataCollectionRule": "Microsoft.Insights/dataCollectionRules/{dataCollectionRuleName}",
    "monitor:DataCollectionRuleAssociation": "{resourceUri}/providers/Microsoft.Insights"
    "/dataCollectionRuleAssociations/{associationName}",
    "monitor:DiagnosticSetting": "{resourceUri}/providers/Microsoft.Insights/diagnosticSettings/{name}",
    "monitor:MetricAlert": "Microsoft.Insights/metricAlerts/{ruleName}",
    "monitor:ScheduledQueryRule": "Microsoft.Insights/scheduledQueryRules/{ruleName}",
    "network:NatGateway": "Microsoft.Network/natGateways/{natGatewayName}",
    "network:NetworkSecurityGroup": "Microsoft.Network/networkSecurityGroups/{networkSecurityGroupName}",
    "network:PrivateDnsZoneGroup": "Microsoft.Network/privateEndpoints/{privateEndpointName}"
    "/privateDnsZoneGroups/{privateDnsZoneGroupName}",
    "network:PrivateEndpoint": "Microsoft.Network/privateEndpoints/{privateEndpointName}",
    "network:PublicIPAddress": "Microsoft.Network/publicIPAddresses/{publicIpAddressName}",
    "network:SecurityRule": "Microsoft.Network/networkSecurityGroups/{networkSecurityGroupName}"
    "/securityRules/{securityRuleName}",
    "network:Subnet": "Microsoft.Network/virtualNetworks/{virtualNetworkName}/subnets/{subnetName}",
    "network:VirtualNetwork": "Microsoft.Network/virtualNetworks/{virtualNetworkName}",
    "network:VirtualNetworkPeering": "Microsoft.Network/virtualNetworks/{virtualNetworkName}"
    "/virtualNetworkPeerings/{virtualNetworkPeeringName}",
    "operationalinsights:Workspace": "Microsoft.OperationalInsights/workspaces/{workspaceName}",
    "privatedns:PrivateZone": "Microsoft.Network/privateDnsZones/{privateZoneName}",
    "privatedns:VirtualNetworkLink": "Microsoft.Network/privateDnsZones/{privateZoneName}"
    "/virtualNetworkLinks/{virtualNetworkLinkName}",
    "redisenterprise:Database": "Microsoft.Cache/redisEnterprise/{clusterName}/databases/{databaseName}",
    "redisenterprise:RedisEnterprise": "Microsoft.Cache/redisEnterprise/{clusterName}",
    "resources:ResourceGroup": "/subscriptions/{subscription}/resourceGroups/{resourceGroupName}",
    "storage:BlobContainer": "Microsoft.Storage/storageAccounts/{accountName}/blobServices/default"
    "/containers/{containerName}",
    "storage:FileServiceProperties": "Microsoft.Storage/storageAccounts/{accountName}/fileServices/{fileServicesName}",
    "storage:FileShare": "Microsoft.Storage/storageAccounts/{accountName}/fileServices/default/shares/{shareName}",
    "storage:ManagementPolicy": "Microsoft.Storage/storageAccounts/{accountName}"
    "/managementPolicies/{managementPolicyName}",
    "storage:StorageAccount": "Microsoft.Storage/storageAccounts/{accountName}",
}
