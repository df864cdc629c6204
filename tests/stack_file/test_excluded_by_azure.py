"""What Azure's documentation excludes and a stack file may say: refused by its path, with what would be right."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest

from components.stack_file.checker import check
from components.stack_file.problems import Problem
from tests.plans import PROJECT, changed, plan_of, shipped


def problems(changes: dict[str, Any], stack: str = "dev") -> list[Problem]:
    config = changed(shipped(stack), changes)
    return check(config.values, set(config.secret_keys), PROJECT, stack)[1]


def the_problem(changes: dict[str, Any], path: str, stack: str = "dev") -> str:
    (found,) = problems(changes, stack)
    assert found.path == f"{PROJECT}:{path}"
    return found.message


def database(sku: str, tier: str, access: str = "public") -> dict[str, Any]:
    return {"database.sku": sku, "database.tier": tier, "database.access": access}


@pytest.mark.parametrize(
    ("sku", "tier", "words"),
    [
        ("Standard_D2_v3", "GeneralPurpose", "for example Standard_D2s_v3"),
        ("Standard_B1s", "Burstable", "for example Standard_B"),
        ("Standard_D4s_v5", "GeneralPurpose", "for example Standard_D4ds_v5"),
        ("Standard_D2as_v4", "GeneralPurpose", "for example Standard_D2"),
        ("Standard_E20s_v3", "MemoryOptimized", "is not a database size"),
        ("Standard_D96ds_v4", "GeneralPurpose", "is not a database size"),
        ("Standard_B2ats_v2", "Burstable", "is not a database size"),
        ("Standard_DS2_v2", "GeneralPurpose", "is not a database size"),
        ("Standard_D2ds_v7", "GeneralPurpose", "for example Standard_D2ds_v"),
        ("Standard_E2ds_v5", "GeneralPurpose", "belongs to airflow-aks:database.tier: MemoryOptimized"),
        ("Standard_B4ms", "MemoryOptimized", "belongs to airflow-aks:database.tier: Burstable"),
    ],
)
def test_a_database_size_is_in_the_table_of_its_tier(sku: str, tier: str, words: str) -> None:
    assert words in the_problem(database(sku, tier), "database.sku")


@pytest.mark.parametrize(
    ("sku", "tier", "instead"),
    [
        ("Standard_D2ds_v6", "GeneralPurpose", "Standard_D2ds_v5"),
        ("Standard_D96ads_v6", "GeneralPurpose", "Standard_D96ads_v5"),
        ("Standard_E20ads_v6", "MemoryOptimized", "Standard_E20ads_v5"),
    ],
)
def test_version_6_does_not_join_a_network(sku: str, tier: str, instead: str) -> None:
    message = the_problem(database(sku, tier, "private"), "database.sku")
    assert "airflow-aks:database.access: private" in message
    assert f"use {instead}" in message
    assert problems(database(sku, tier, "public")) == []
    assert problems(database(instead, tier, "private")) == []


@pytest.mark.parametrize(
    ("label", "reserved"),
    [
        ("node.kubernetes.io/instance-type", True),
        ("topology.kubernetes.io/zone", True),
        ("beta.kubernetes.io/os", True),
        ("node-role.kubernetes.io/airflow", True),
        ("failure-domain.beta.kubernetes.io/zone", True),
        ("node.k8s.io/pool", True),
        ("topology.disk.csi.azure.com/zone", True),
        ("agentpool", True),
        ("team", False),
        ("contoso.com/kubernetes.io", False),
        ("mykubernetes.io/team", False),
    ],
)
@pytest.mark.parametrize("key", ["labels", "taints"])
def test_labels_and_taints_of_kubernetes_are_reserved(label: str, reserved: bool, key: str) -> None:
    value = {label: "a"} if key == "labels" else [f"{label}=a:NoSchedule"]
    pools = [{"name": "airflow", "minNodes": 1, "maxNodes": 2}, {"name": "x", "purpose": "other", key: value}]
    found = problems({"cluster.pools": pools})
    path = f"airflow-aks:cluster.pools[1].{key}" + (f".{label}" if key == "labels" else "[0]")
    assert [problem.path for problem in found] == ([path] if reserved else [])
    assert all("is reserved" in problem.message for problem in found)


@pytest.mark.parametrize(
    ("ranges", "path", "words"),
    [
        (["10.0.0.0/8"], "[0]", "inside 10.0.0.0/8"),
        (["203.0.113.0/24", "192.168.10.0/24"], "[1]", "inside 192.168.0.0/16"),
        (["100.64.1.0/24"], "[0]", "inside 100.64.0.0/10"),
        (["127.0.0.1/32"], "[0]", "which no request from the Internet comes from"),
        (["172.0.0.0/8"], "[0]", "holds 172.16.0.0/12"),
        (["0.0.0.0/0"], "[0]", "is every address: leave the list empty"),
        (["0.0.0.0/32", "203.0.113.0/24"], "[0]", "stands alone"),
        (["203.0.113.7/32", "0.0.0.0/32"], "[1]", "stands alone"),
    ],
)
def test_ranges_of_the_api_server_are_public(ranges: list[str], path: str, words: str) -> None:
    assert words in the_problem({"cluster.authorizedIpRanges": ranges}, f"cluster.authorizedIpRanges{path}")


def test_ranges_that_are_everything_together_are_said_as_a_whole() -> None:
    found = problems({"cluster.authorizedIpRanges": ["0.0.0.0/1", "128.0.0.0/1"]})
    assert "airflow-aks:cluster.authorizedIpRanges" in {problem.path for problem in found}


@pytest.mark.parametrize("ranges", [["0.0.0.0/32"], ["203.0.113.0/24", "198.51.100.7/32"], ["11.0.0.0/8"], []])
def test_public_ranges_pass(ranges: list[str]) -> None:
    assert problems({"cluster.authorizedIpRanges": ranges}) == []


def test_the_load_balancers_range_needs_a_load_balancer() -> None:
    message = the_problem({"cluster.authorizedIpRanges": ["0.0.0.0/32"]}, "cluster.authorizedIpRanges[0]", "prod")
    assert "airflow-aks:network.outbound: natGateway" in message


@pytest.mark.parametrize("tag", ["1st", "9", "cost:center", "a#b", "größe", "team(a)", "a+b", "Ünit", "a@b", "-a"])
def test_tag_names_are_those_that_dns_zones_take(tag: str) -> None:
    assert "as DNS zones demand" in the_problem({"tags": {tag: "x"}}, f"tags.{tag}")


@pytest.mark.parametrize("tag", ["team", "cost-center", "cost_center", "a1", "Cost.Center"])
def test_plain_tag_names_pass(tag: str) -> None:
    assert problems({"tags": {tag: "größe: 1#(a)"}}) == []


@pytest.mark.parametrize("offset", ["+14:59", "+14:01", "+15:00", "-12:01", "-13:00", "-14:00", "+00:60", "00:00"])
def test_an_offset_is_one_that_exists(offset: str) -> None:
    message = the_problem({"cluster.maintenance": {"utcOffset": offset}}, "cluster.maintenance.utcOffset")
    assert "from -12:00 to +14:00" in message


@pytest.mark.parametrize("offset", ["+14:00", "+13:45", "-12:00", "-11:30", "+00:00", "+05:45"])
def test_offsets_that_exist_pass(offset: str) -> None:
    assert problems({"cluster.maintenance": {"utcOffset": offset}}) == []


@pytest.mark.parametrize(
    ("ignored", "path", "words"),
    [
        (["Environment"], "ignoredTags[0]", "is set by airflow-aks:tags.environment"),
        (["owner", "project"], "ignoredTags[1]", "is set by the program"),
        (["a", "A"], "ignoredTags", "is listed twice"),
        (["a/b"], "ignoredTags[0]", "must not contain"),
        ([""], "ignoredTags[0]", "must not be empty"),
    ],
)
def test_an_ignored_tag_is_somebody_elses(ignored: list[str], path: str, words: str) -> None:
    assert words in the_problem({"ignoredTags": ignored}, path)


def test_every_limit_comes_at_once_in_the_whole_plan() -> None:
    changes = {
        **database("Standard_D2_v3", "GeneralPurpose"),
        "cluster.authorizedIpRanges": ["10.1.0.0/16"],
        "cluster.maintenance": {"utcOffset": "+14:59"},
        "tags": {"1st": "x"},
        "ignoredTags": ["stack"],
    }
    with pytest.raises(pulumi.RunError) as refused:
        plan_of("dev", changes)
    said = str(refused.value)
    for path in (
        "database.sku",
        "cluster.authorizedIpRanges[0]",
        "cluster.maintenance.utcOffset",
        "tags.1st",
        "ignoredTags[0]",
    ):
        assert said.count(f"airflow-aks:{path}: ") == 1
