"""What Azure Policy gets to see is what the program creates."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from pulumi_azure_native import (
    compute,
    containerregistry,
    containerservice,
    dbforpostgresql,
    keyvault,
    managedidentity,
    network,
    operationalinsights,
    privatedns,
    redisenterprise,
    resources,
    storage,
)

from components.preflight.policy_subjects import API_VERSIONS, list_subjects
from tests.landing_zone_cases import SECURITY_BASELINE
from tests.plans import plan_of

from .azure_answers import TENANT
from .fake_azure import FakeAzure
from .situations import situation

# The class with which the program creates each type; AKS creates scale sets.
CLASSES = {
    "Microsoft.Cache/redisEnterprise": redisenterprise.RedisEnterprise,
    "Microsoft.Compute/virtualMachineScaleSets": compute.VirtualMachineScaleSet,
    "Microsoft.ContainerRegistry/registries": containerregistry.Registry,
    "Microsoft.ContainerService/managedClusters": containerservice.ManagedCluster,
    "Microsoft.DBforPostgreSQL/flexibleServers": dbforpostgresql.Server,
    "Microsoft.KeyVault/vaults": keyvault.Vault,
    "Microsoft.ManagedIdentity/userAssignedIdentities": managedidentity.UserAssignedIdentity,
    "Microsoft.Network/privateDnsZones": privatedns.PrivateZone,
    "Microsoft.Network/publicIPAddresses": network.PublicIPAddress,
    "Microsoft.Network/virtualNetworks": network.VirtualNetwork,
    "Microsoft.OperationalInsights/workspaces": operationalinsights.Workspace,
    "Microsoft.Resources/subscriptions/resourceGroups": resources.ResourceGroup,
    "Microsoft.Storage/storageAccounts": storage.StorageAccount,
}
# The SDK has a name of its own for this property.
RENAMED = {"supportsHttpsTrafficOnly": "enableHttpsTrafficOnly"}
VARIANTS: dict[str, tuple[str, dict[str, Any]]] = {
    "security baseline": ("prod", SECURITY_BASELINE),
    "dev": ("dev", {}),
    "prod": ("prod", {}),
    "private": ("prod", {"network.private": True}),
    "celery": ("dev", {"airflow.executor": "CeleryExecutor", "monitoring": {}, "keyVault.purgeProtection": True}),
    "shares": ("dev", {"logs.delivery": "azureFiles", "registry.adminUser": True}),
    "premium shares": ("dev", {"logs.delivery": "azureFiles", "logs.redundancy": "Premium_LRS"}),
    "gateway": ("dev", {"access": {"dnsLabel": "my-airflow", "tls": {"email": "ops@example.com"}}}),
    "entra": (
        "prod",
        {"cluster.adminGroupIds": [TENANT], "cluster.localAccounts": False, "database.geoRedundantBackup": True},
    ),
}


def leaves(value: Any, *path: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every value of a content with its path; lists are values, unless they are of mappings, such as node pools."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from leaves(item, *path, key)
    elif isinstance(value, list) and value and isinstance(value[0], Mapping):
        for index, item in enumerate(value):
            yield from leaves(item, *path, str(index))
    else:
        yield path, value


def planned(inputs: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    """The input of a resource at the path of a content. The SDK has no `properties`, except in vaults."""
    steps = path[1:] if path[0] == "properties" and "properties" not in inputs else path
    node: Any = inputs
    for step in steps:
        node = node[int(step)] if isinstance(node, list) else node[RENAMED.get(step, step)]
    return node


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize(("stack", "changes"), VARIANTS.values(), ids=VARIANTS)
def test_content_is_what_the_program_creates(azure: FakeAzure, stack: str, changes: dict[str, Any]) -> None:
    plan = plan_of(stack, changes)
    compared = 0
    for subject in list_subjects(situation(azure, stack, changes)):
        token = f"azure-native:{CLASSES[subject.kind].__module__.split('.')[1]}:{CLASSES[subject.kind].__name__}"
        if subject.kind == "Microsoft.Compute/virtualMachineScaleSets":
            continue
        found = [resource.inputs for resource in plan.all(token) if _name(resource.inputs) == _stem(subject.name)]
        assert len(found) == 1, (subject.kind, subject.name)
        for path, value in leaves(subject.content):
            if path not in (("type",), ("name",)):
                assert planned(found[0], path) == value, (subject.kind, path)
                compared += 1
    assert compared > 50


def _name(inputs: Mapping[str, Any]) -> str:
    """The physical name in a plan, whose subscription gives another suffix."""
    names = (value for key, value in inputs.items() if key.lower().endswith("name") and key != "resourceGroupName")
    return _stem(str(next(names, inputs["resourceGroupName"])))


def _stem(name: str) -> str:
    return re.sub(r"(-?[0-9a-f]{6}|-[0-9a-f]{8})$", "", name)


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize(("stack", "changes"), VARIANTS.values(), ids=VARIANTS)
def test_no_resource_of_a_listed_type_is_forgotten(azure: FakeAzure, stack: str, changes: dict[str, Any]) -> None:
    listed = {subject.kind for subject in list_subjects(situation(azure, stack, changes))}
    tokens = {resource.type for resource in plan_of(stack, changes).resources}
    for kind, one in CLASSES.items():
        if kind != "Microsoft.Compute/virtualMachineScaleSets":
            assert (kind in listed) == (f"azure-native:{one.__module__.split('.')[1]}:{one.__name__}" in tokens), kind


@pytest.mark.parametrize("kind", API_VERSIONS)
def test_versions_are_those_of_the_sdk(kind: str) -> None:
    text = inspect.getsource(inspect.getmodule(CLASSES[kind]))  # type: ignore[arg-type]
    found = re.search(r"Uses Azure REST API version ([0-9a-z-]+)\.", text)
    assert found is not None
    assert API_VERSIONS[kind] == found[1]
