"""What platform teams, policies and Azure set on the stack's resources: untouched by `pulumi up --refresh`."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from tests.engine import checks

from .faults import Fault
from .recovery import existing, take_over
from .workspace import Workspace

Change = Callable[[dict[str, Any]], None]
Living = Callable[[str], Workspace]
both = pytest.mark.parametrize("stack", ["dev", "prod"])

ELSEWHERE = "/subscriptions/00000000-0000-0000-0000-0000000000aa/resourceGroups/platform/providers"
IGNORED_TAGS = ["CostCenter", "owner.team", "Created By"]
RULE = {
    "name": "no-ssh",
    "priority": 100,
    "direction": "Inbound",
    "access": "Deny",
    "protocol": "Tcp",
    "sourceAddressPrefix": "*",
    "sourcePortRange": "*",
    "destinationAddressPrefix": "*",
    "destinationPortRange": "22",
}
TAGS = {"CostCenter": "4711", "owner.team": "platform", "Created By": "policy"}
VNET = "azure-native:network:VirtualNetwork"
SUBNET = "azure-native:network:Subnet"
GROUP = "azure-native:network:NetworkSecurityGroup"
CLUSTER = "azure-native:containerservice:ManagedCluster"
POOL = "azure-native:containerservice:AgentPool"
ACCOUNT = "azure-native:storage:StorageAccount"
VAULT = "azure-native:keyvault:Vault"
SERVER = "azure-native:dbforpostgresql:Server"
REGISTRY = "azure-native:containerregistry:Registry"
ADDRESS = "azure-native:network:PublicIPAddress"
ENDPOINT = "azure-native:network:PrivateEndpoint"


def put(path: str, value: Any) -> Change:
    """Set a value below the inputs, with the maps that are missing on the way."""

    def change(inputs: dict[str, Any]) -> None:
        *parents, last = path.split(".")
        place: Any = inputs
        for part in parents:
            place = place[int(part)] if part.isdigit() else place.setdefault(part, {})
        place[last] = value

    return change


def _add_tags(inputs: dict[str, Any]) -> None:
    inputs["tags"] = {**inputs["tags"], **TAGS}


# Title to type, logical name and change. `tests/azure/test_foreign_changes.py` holds the list itself.
FOREIGN: dict[str, tuple[str, str, Change]] = {
    "DNS servers": (VNET, "network-network", put("dhcpOptions", {"dnsServers": ["10.1.0.4"]})),
    "a DDoS plan": (VNET, "network-network", put("ddosProtectionPlan", {"id": f"{ELSEWHERE}/ddos"})),
    "tags of a policy": (VNET, "network-network", _add_tags),
    "tags on the group": ("azure-native:resources:ResourceGroup", "resource-group", _add_tags),
    "a route table": (SUBNET, "network-nodes", put("routeTable", {"id": f"{ELSEWHERE}/to-firewall"})),
    "another security group": (SUBNET, "network-nodes", put("networkSecurityGroup", {"id": f"{ELSEWHERE}/strict"})),
    "routes of the database": (SUBNET, "network-database", put("routeTable", {"id": f"{ELSEWHERE}/to-firewall"})),
    "a NAT gateway": (SUBNET, "network-gateway", put("natGateway", {"id": f"{ELSEWHERE}/nat"})),
    "a delegation": (SUBNET, "network-gateway", put("delegations", [{"name": "agc", "serviceName": "x"}])),
    "service endpoints": (SUBNET, "network-nodes", put("serviceEndpoints", [{"service": "Microsoft.Sql"}])),
    "rules of a policy": (GROUP, "network-nodes-security", put("securityRules", [RULE])),
    "rules for the database": (GROUP, "network-database-security", put("securityRules", [RULE])),
    "Defender": (
        CLUSTER,
        "cluster-cluster",
        put("securityProfile.defender", {"securityMonitoring": {"enabled": True}}),
    ),
    "Azure Policy": (CLUSTER, "cluster-cluster", put("addonProfiles.azurepolicy", {"enabled": True})),
    "Prometheus": (CLUSTER, "cluster-cluster", put("azureMonitorProfile", {"metrics": {"enabled": True}})),
    "a profile of Windows": (CLUSTER, "cluster-cluster", put("windowsProfile", {"adminUsername": "azureuser"})),
    "outbound addresses": (CLUSTER, "cluster-cluster", put("networkProfile.loadBalancerProfile", {"idle": 30})),
    "tags of the system pool": (CLUSTER, "cluster-cluster", put("agentPoolProfiles.0.tags", TAGS)),
    "tags of a pool": (POOL, "cluster-pool-airflow", _add_tags),
    "a firewall of the account": (ACCOUNT, "log-storage-account", put("networkRuleSet", {"defaultAction": "Deny"})),
    "a key of the account": (ACCOUNT, "log-storage-account", put("encryption", {"keySource": "Microsoft.Keyvault"})),
    "ranges of the vault": (
        VAULT,
        "key-vault-vault",
        put("properties.networkAcls.ipRules", [{"value": "203.0.113.1"}]),
    ),
    "a window of the server": (SERVER, "database-server", put("maintenanceWindow", {"customWindow": "Enabled"})),
    "swapped zones": (SERVER, "database-server", put("availabilityZone", "2")),
    "tags of a secret": ("azure-native:keyvault:Secret", "airflow-secrets-fernet-key-secret", _add_tags),
}
# Prod has an outbound address, private endpoints and a Premium registry.
FOREIGN_PROD: dict[str, tuple[str, str, Change]] = {
    "IP tags": (ADDRESS, "network-outbound-ip", put("ipTags", [{"ipTagType": "RoutingPreference", "tag": "Internet"}])),
    "DDoS of the address": (ADDRESS, "network-outbound-ip", put("ddosSettings", {"protectionMode": "Enabled"})),
    "any tag of the address": (ADDRESS, "network-outbound-ip", put("tags.unknown", "to the stack file")),
    "application groups": (ENDPOINT, "registry-private-endpoint", put("applicationSecurityGroups", [{"id": "asg"}])),
    "Azure's trust policy": (REGISTRY, "registry-registry", put("policies.trustPolicy", {"status": "disabled"})),
    "address prefixes": (
        "azure-native:network:NatGateway",
        "network-nat-gateway",
        put("publicIpPrefixes", [{"id": "p"}]),
    ),
}


def foreign_of(stack: str) -> dict[str, tuple[str, str, Change]]:
    return {**FOREIGN, **(FOREIGN_PROD if stack == "prod" else {})}


def configure(workspace: Workspace, key: str, value: Any) -> None:
    """Set a key of the stack file that is not a section."""
    content = yaml.safe_load(workspace.stack_file.read_text(encoding="utf-8"))
    content["config"][f"airflow-aks:{key}"] = value
    workspace.stack_file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


def changed_by_others(workspace: Workspace) -> dict[str, dict[str, Any]]:
    """Make every foreign change, and return what the resources look like then."""
    foreign = foreign_of(workspace.stack)
    before = {name: copy.deepcopy(workspace.cloud.find(type_, name).inputs) for type_, name, _ in foreign.values()}
    for type_, name, change in foreign.values():
        workspace.cloud.change_outside(type_, name, change)
    after = {name: copy.deepcopy(workspace.cloud.find(type_, name).inputs) for type_, name, _ in foreign.values()}
    assert [name for name in before if before[name] == after[name]] == []
    return after


def inputs(workspace: Workspace) -> dict[str, dict[str, Any]]:
    return {name: workspace.cloud.find(type_, name).inputs for type_, name, _ in foreign_of(workspace.stack).values()}


@both
def test_what_others_own_is_untouched_by_a_refresh_and_an_update(
    stack: str, living: Living, count: Callable[..., None]
) -> None:
    workspace = living(stack)
    configure(workspace, "ignoredTags", IGNORED_TAGS)
    after = changed_by_others(workspace)
    workspace.cloud.operations.clear()
    workspace.preview("--refresh", "--expect-no-changes")
    workspace.up("--refresh")
    assert checks.operations(workspace, "create", "update", "delete") == []
    assert inputs(workspace) == after
    count(drifts=len(foreign_of(stack)))


@both
def test_what_the_stack_file_says_is_still_brought_there_beside_it(stack: str, living: Living) -> None:
    workspace = living(stack)
    configure(workspace, "ignoredTags", IGNORED_TAGS)
    after = changed_by_others(workspace)
    configure(workspace, "tags", {"environment": stack, "team": "data"})
    workspace.up("--refresh")
    expected = copy.deepcopy(after)
    for name, found in expected.items():
        # The outbound address keeps the tags that it was made with.
        if "tags" in found and name != "network-outbound-ip":
            found["tags"]["team"] = "data"
    assert inputs(workspace) == expected


def test_a_tag_that_nobody_names_is_drift(living_dev: Workspace) -> None:
    configure(living_dev, "ignoredTags", ["CostCenter"])
    living_dev.cloud.change_outside(VNET, "network-network", _add_tags)
    living_dev.up("--refresh")
    tags = living_dev.cloud.find(VNET, "network-network").inputs["tags"]
    assert "CostCenter" in tags
    assert "owner.team" not in tags


def test_a_security_rule_of_ours_is_brought_back(living_dev: Workspace) -> None:
    before = copy.deepcopy(living_dev.cloud.find(GROUP, "network-gateway-security").inputs)
    living_dev.cloud.change_outside(GROUP, "network-gateway-security", put("securityRules", []))
    living_dev.up("--refresh")
    assert living_dev.cloud.find(GROUP, "network-gateway-security").inputs == before


KEPT = [
    ("azure-native:storage:StorageAccount", "log-storage-account"),
    ("azure-native:storage:BlobContainer", "log-storage-container"),
    ("azure-native:dbforpostgresql:Server", "database-server"),
    ("azure-native:dbforpostgresql:Database", "database-database"),
    ("azure-native:keyvault:Vault", "key-vault-vault"),
    ("azure-native:containerregistry:Registry", "registry-registry"),
    ("azure-native:resources:ResourceGroup", "resource-group"),
]


def test_a_replacement_of_data_fails_instead_of_deleting(living_dev: Workspace) -> None:
    """Dev does not protect its data, so that nothing but the order of the replacement keeps it."""
    before = living_dev.in_cloud()
    urns = {resource["urn"].rpartition("::")[2]: resource["urn"] for resource in living_dev.export()}
    for type_, name in KEPT:
        living_dev.cloud.operations.clear()
        refused = living_dev.up("--replace", urns[name], check=False)
        assert refused.code != 0
        assert "cannot create already existing resource" in refused.output
        assert checks.operations(living_dev, "delete") == []
        assert living_dev.cloud.find(type_, name)
    assert living_dev.in_cloud() == before


def test_an_imported_cluster_is_not_replaced_for_what_aks_filled_in(dev: Workspace) -> None:
    dev.cloud.faults.append(Fault("create", "cluster-cluster", after=True, error="connection reset by peer"))
    assert dev.up(check=False).code != 0
    take_over(dev, existing(dev, dev.up(check=False).output))
    dev.up()
    (cluster,) = [resource for resource in dev.export() if resource["type"] == CLUSTER]
    assert "windowsProfile" in cluster["inputs"], "the import read what AKS filled in"
    assert dev.cloud.clusters_made == 1
    dev.preview("--expect-no-changes")
