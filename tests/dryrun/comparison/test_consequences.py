"""Tests what a comparison is loud about."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from dryrun.comparison.airflow_pods import find_restarted
from dryrun.comparison.changes import Comparison
from dryrun.comparison.differences import list_differences
from dryrun.plan import Resource
from tests.dryrun.comparison.plans import (
    ACCOUNT,
    CLUSTER,
    DATABASE,
    POOL,
    RELEASE,
    SERVER,
    SHARE,
    azure,
    compare,
    plan_of,
    texts,
    wired,
    with_inputs,
)
from tests.dryrun.small_plan import VALUES, resource

HOLDING_DATA = [
    "azure-native:containerregistry:Registry",
    DATABASE,
    SERVER,
    "azure-native:keyvault:Vault",
    "azure-native:resources:ResourceGroup",
    "azure-native:storage:BlobContainer",
    SHARE,
    ACCOUNT,
]


def without(*resources: Resource) -> Comparison:
    """A comparison in which resources are removed."""
    return compare(plan_of(*resources), plan_of())


@pytest.mark.parametrize("type_", HOLDING_DATA)
def test_removing_what_holds_data_loses_data(type_: str) -> None:
    found = without(azure(type_, "thing", "/thing", {}))
    assert found.loses_data
    assert "is removed, and with it" in texts(found, "data")[0]


@pytest.mark.parametrize("type_", [POOL, CLUSTER, "azure-native:network:Subnet", "kubernetes:batch/v1:Job"])
def test_removing_other_resources_loses_no_data(type_: str) -> None:
    assert not without(azure(type_, "thing", "/thing", {"metadata": {"name": "x"}})).loses_data


def test_replacing_what_holds_data_loses_data_and_what_is_inside() -> None:
    server = azure(SERVER, "server", "/servers/a", {"administratorLogin": "a"}, protect=True)
    database = wired(DATABASE, "database", {"serverName": "a"}, {"serverName": server}, id="/servers/a/db")
    found = compare(plan_of(server, database), plan_of(with_inputs(server, administratorLogin="b"), database))
    loss = texts(found, "data")
    assert len(loss) == 2
    assert "protected: `pulumi up` refuses" in loss[0]


def test_changing_what_holds_data_in_place_loses_none() -> None:
    server = azure(SERVER, "server", "/servers/a", {"sku": {"name": "a"}})
    found = compare(server, with_inputs(server, sku={"name": "b"}))
    assert not found.loses_data
    assert "the server restarts" in texts(found, "stops")[0]


def test_a_retained_share_stays_with_its_data() -> None:
    account = azure(ACCOUNT, "account", "/accounts/a", {})
    share = azure(SHARE, "share", "/accounts/a/shares/s", {}, retain_on_delete=True)
    found = compare(plan_of(account, share), plan_of(account))
    assert not found.loses_data
    assert "stays in Azure with its data" in texts(found, "note")[0]


def test_a_retained_share_goes_with_its_account() -> None:
    account = azure(ACCOUNT, "account", "/accounts/a", {})
    share = azure(SHARE, "share", "/accounts/a/shares/s", {}, retain_on_delete=True)
    assert len(texts(without(account, share), "data")) == 2


def test_a_rename_without_an_alias_collides_with_its_own_name() -> None:
    old, new = (azure(SERVER, name, "/servers/a", {"serverName": "a"}) for name in ("one", "two"))
    found = compare(old, new)
    assert found.loses_data
    assert "An alias makes this a rename" in texts(found, "refused")[0]


def test_a_rename_with_an_alias_loses_nothing() -> None:
    old, new = (azure(SERVER, name, "/servers/a", {"serverName": "a"}) for name in ("one", "two"))
    found = compare(old, replace(new, alias_urns=(old.urn,)))
    assert [(change.action, change.former_name) for change in found.changes] == [("renamed", "one")]
    assert not found.loses_data


def test_what_the_stack_was_made_with_cannot_change() -> None:
    record = resource(
        "pulumi:index:Stash", "record", inputs={"input": {"airflow-aks:naming.prefix": "a"}}, ignore_changes=("input",)
    )
    found = compare(record, with_inputs(record, input={"airflow-aks:naming.prefix": "b"}))
    assert texts(found, "refused") == [
        "airflow-aks:naming.prefix is b, and the stack was made with a: `pulumi up` refuses it"
    ]


@pytest.mark.parametrize(
    ("new_id", "words"),
    [("/pool/b", "new nodes come first, then the old ones are drained"), ("/pool/a", "its nodes are drained")],
)
def test_a_replaced_pool_stops_the_tasks_on_it(new_id: str, words: str) -> None:
    old = azure(POOL, "pool", "/pool/a", {"vmSize": "a"})
    found = compare(old, replace(with_inputs(old, vmSize="b"), id=new_id))
    assert words in texts(found, "stops")[0]


def test_a_replaced_cluster_stops_everything_and_is_said_once() -> None:
    cluster = azure(CLUSTER, "cluster", "/clusters/a", {"dnsPrefix": "a"})
    pool = wired(POOL, "pool", {"resourceName": "a"}, {"resourceName": cluster}, id="/clusters/a/pools/a")
    found = compare(plan_of(cluster, pool), plan_of(with_inputs(cluster, dnsPrefix="b"), pool))
    assert len(texts(found, "stops")) == 1
    assert "everything in the cluster stops" in texts(found, "stops")[0]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {"httpProxyConfig": {"httpProxy": "http://a/"}}),
        ({"httpProxyConfig": {"noProxy": ["a"]}}, {"httpProxyConfig": {"noProxy": ["a", "b"]}}),
        ({"securityProfile": {}}, {"securityProfile": {"customCATrustCertificates": ["a"]}}),
    ],
)
def test_a_proxy_or_an_authority_of_nodes_reimages_all_of_them(before: dict[str, Any], after: dict[str, Any]) -> None:
    cluster = azure(CLUSTER, "cluster", "/clusters/a", before)
    assert "AKS reimages every node" in texts(compare(cluster, with_inputs(cluster, **after)), "stops")[0]


@pytest.mark.parametrize(
    ("before", "after", "ignored", "words"),
    [
        ({"httpProxyConfig": {"httpProxy": "http://a/"}}, {"httpProxyConfig": None}, "httpProxyConfig", "its proxy"),
        (
            {"securityProfile": {"customCATrustCertificates": ["a"]}},
            {"securityProfile": {}},
            "securityProfile.customCATrustCertificates",
            "the authorities",
        ),
    ],
)
def test_what_aks_keeps_of_a_proxy_is_said(
    before: dict[str, Any], after: dict[str, Any], ignored: str, words: str
) -> None:
    old = azure(CLUSTER, "cluster", "/clusters/a", before)
    new = replace(with_inputs(old, **after), ignore_changes=(ignored,))
    found = compare(old, new)
    assert f"keeps {words}" in texts(found, "note")[0]
    assert texts(found, "stops") == []
    assert texts(compare(new, new), "note") == []


def test_protection_that_is_taken_off_is_said() -> None:
    old = azure(SERVER, "server", "/server", {}, protect=True)
    assert "no longer protected" in texts(compare(old, replace(old, protect=False)), "note")[0]


@pytest.mark.parametrize(("new", "count"), [(2, 1), (9, 0)])
def test_only_a_lower_maximum_of_nodes_drains_some(new: int, count: int) -> None:
    old = azure(POOL, "pool", "/pool", {"maxCount": 5})
    assert len(texts(compare(old, with_inputs(old, maxCount=new)), "stops")) == count


def test_an_object_of_the_same_name_is_deleted_in_the_end() -> None:
    old, new = (azure("kubernetes:core/v1:Namespace", name, "a", {"metadata": {"name": "a"}}) for name in "xy")
    assert "so Pulumi deletes it at the end" in texts(compare(old, new), "refused")[0]


def test_a_retained_secret_stays_in_its_vault() -> None:
    vault = azure("azure-native:keyvault:Vault", "vault", "/vaults/a", {})
    secret = azure(
        "azure-native:keyvault:Secret", "secret", "/vaults/a/secrets/s", {"secretName": "s"}, retain_on_delete=True
    )
    kept = compare(plan_of(vault, secret), plan_of(vault))
    assert not kept.loses_data
    assert texts(kept, "note")[0].startswith("1 Key Vault secret (s): no longer used")
    assert "1 Key Vault secret (s): deleted" in texts(without(vault, secret), "data")


def test_a_new_warning_is_said() -> None:
    old = plan_of(azure(SERVER, "server", "/server", {}))
    new = replace(old, warnings=("airflow-aks:x: is old",))
    assert "new warning: airflow-aks:x: is old" in texts(compare(old, new), "note")
    assert not any("new warning" in text for text in texts(compare(new, new), "note"))


def release(**values: Any) -> Resource:
    inputs = {"name": "airflow", "namespace": "airflow", "chart": "airflow", "version": "1", "values": values}
    return resource(RELEASE, "airflow-release", inputs=inputs)


def test_another_executor_is_said_with_what_to_do() -> None:
    found = compare(release(**VALUES), release(**{**VALUES, "executor": "CeleryExecutor"}))
    assert "from KubernetesExecutor to CeleryExecutor" in texts(found, "stops")[0]
    assert "Pause the DAGs" in texts(found, "stops")[0]


def test_a_new_secret_version_restarts_the_pods() -> None:
    old, new = ({"airflowPodAnnotations": {"airflow-aks/secret-versions": version}} for version in ("a", "b"))
    found = compare(release(**old), release(**new))
    assert texts(found, "stops") == ["Airflow restarts: all pods, because a secret has a new version"]


@pytest.mark.parametrize(
    ("old", "new", "pods"),
    [
        ({"scheduler": {"replicas": 1}}, {"scheduler": {"replicas": 2}}, []),
        ({"scheduler": {"resources": {}}}, {"scheduler": {"resources": {"limits": {}}}}, ["scheduler"]),
        ({"workers": {"keda": {"max": 1}}}, {"workers": {"keda": {"max": 2}}}, []),
        ({"triggerer": {"enabled": False}}, {"triggerer": {"enabled": True}}, []),
        ({"config": {"core": {"x": 1}}}, {"config": {"core": {"x": 2}}}, ["all pods"]),
        ({"cleanup": {"enabled": False}}, {"cleanup": {"enabled": True}}, []),
        (
            {"pgbouncer": {"a": 1}, "statsd": {"a": 1}},
            {"pgbouncer": {"a": 2}, "statsd": {"a": 2}},
            ["PgBouncer", "StatsD"],
        ),
    ],
)
def test_pods_that_a_changed_value_restarts(old: dict[str, Any], new: dict[str, Any], pods: list[str]) -> None:
    assert find_restarted(tuple(list_differences({"values": old}, {"values": new}))) == pods


def test_another_chart_version_restarts_all_pods() -> None:
    assert find_restarted(tuple(list_differences({"version": "1"}, {"version": "2"}))) == ["all pods"]


def test_it_is_said_that_the_change_of_a_secret_cannot_be_seen() -> None:
    old = azure(SERVER, "server", "/server", {"administratorLoginPassword": "[secret]", "version": "16"})
    assert "cannot be seen here" in texts(compare(old, with_inputs(old, version="17")), "note")[-1]
