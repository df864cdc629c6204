"""What the program sends where Azure's documentation excludes a combination, or the SDK sends too much."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from components.azure.database_sizes import TIER_OF_SIZE, joins_network, sizes_of
from tests.cases import CASES
from tests.plans import plan_of

CLUSTER = "azure-native:containerservice:ManagedCluster"
SUBNET = "azure-native:network:Subnet"


@pytest.mark.parametrize(
    ("tier", "plan"),
    [("Free", "KubernetesOfficial"), ("Standard", "KubernetesOfficial"), ("Premium", "AKSLongTermSupport")],
)
def test_long_term_support_and_the_premium_tier_go_together(tier: str, plan: str) -> None:
    cluster = plan_of("prod", {"cluster.tier": tier}).one(CLUSTER).inputs
    assert (cluster["sku"]["tier"], cluster["supportPlan"]) == (tier, plan)


def in_own_network(changes: dict[str, Any]) -> bool:
    return "network.existing" not in changes and "existing" not in changes.get("network", {})


@pytest.mark.parametrize("case", [name for name, (_, changes) in CASES.items() if in_own_network(changes)])
def test_every_subnet_has_a_security_group_of_its_own(case: str) -> None:
    plan = plan_of(*CASES[case])
    groups = [subnet.inputs["networkSecurityGroup"]["id"] for subnet in plan.all(SUBNET)]
    assert len(groups) == len(set(groups)) == 4
    assert {
        group.inputs["networkSecurityGroupName"] for group in plan.all("azure-native:network:NetworkSecurityGroup")
    } == {group.rpartition("/")[2] for group in groups}


def test_nodes_and_database_have_the_default_rules_of_azure() -> None:
    plan = plan_of("prod")
    for name in ("network-nodes-security", "network-database-security"):
        assert "securityRules" not in plan.one("azure-native:network:NetworkSecurityGroup", name).inputs


def empty_texts(value: Any, path: str = "") -> Iterator[str]:
    if value == "":
        yield path
    for key, item in value.items() if isinstance(value, Mapping) else ():
        yield from empty_texts(item, f"{path}.{key}")
    for item in value if isinstance(value, list | tuple) else ():
        yield from empty_texts(item, f"{path}[]")


@pytest.mark.parametrize("case", CASES)
def test_no_empty_text_is_sent_to_azure(case: str) -> None:
    for resource in plan_of(*CASES[case]).resources:
        if resource.type.startswith("azure-native:"):
            assert list(empty_texts(resource.inputs, resource.name)) == []


def test_private_endpoints_send_no_policies_of_their_subnet() -> None:
    endpoints = plan_of("prod").all("azure-native:network:PrivateEndpoint")
    assert endpoints
    assert [set(endpoint.inputs["subnet"]) for endpoint in endpoints] == [{"id"}] * len(endpoints)


@pytest.mark.parametrize(
    ("size", "tier", "private"),
    [
        ("Standard_B1ms", "Burstable", True),
        ("Standard_B2s", "Burstable", True),
        ("Standard_D64s_v3", "GeneralPurpose", True),
        ("Standard_D96ads_v5", "GeneralPurpose", True),
        ("Standard_DC4ads_v5", "GeneralPurpose", True),
        ("Standard_D4ds_v6", "GeneralPurpose", False),
        ("Standard_E20ds_v4", "MemoryOptimized", True),
        ("Standard_E96ads_v6", "MemoryOptimized", False),
    ],
)
def test_a_size_has_its_tier_and_access(size: str, tier: str, private: bool) -> None:
    assert TIER_OF_SIZE[size] == tier
    assert size in sizes_of(tier)
    assert joins_network(size) is private
