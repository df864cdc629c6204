"""Tests which changes replace a resource, and what else they replace."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from dryrun.comparison.changes import Reason
from dryrun.comparison.propagation import KNOWN_LATER
from dryrun.comparison.replacement import deletes_first, find_forcing
from dryrun.plan import SECRET
from tests.dryrun.comparison.plans import (
    CLUSTER,
    DATABASE,
    ENDPOINT,
    GRANT,
    IDENTITY,
    JOB,
    NAMESPACE,
    POOL,
    PROVIDER,
    RELEASE,
    SERVER,
    SUBNET,
    actions,
    azure,
    change_of,
    compare,
    plan_of,
    wired,
    with_inputs,
)
from tests.dryrun.small_plan import resource


@pytest.mark.parametrize(
    ("type_", "old", "new", "forcing"),
    [
        (POOL, {"vmSize": "a"}, {"vmSize": "b"}, ["vmSize"]),
        (POOL, {"maxCount": 1}, {"maxCount": 2}, []),
        (POOL, {"agentPoolName": "a"}, {"agentPoolName": "b"}, ["agentPoolName"]),
        (SERVER, {"sku": {"name": "a"}}, {"sku": {"name": "b"}}, []),
        (
            CLUSTER,
            {"networkProfile": {"podCidr": "a"}},
            {"networkProfile": {"podCidr": "b"}},
            ["networkProfile.podCidr"],
        ),
        (CLUSTER, {"networkProfile": {"loadBalancerSku": "a"}}, {"networkProfile": {}}, []),
        ("random:index/randomId:RandomId", {"byteLength": 4}, {"byteLength": 5}, ["byteLength"]),
        (JOB, {"spec": {"template": {"a": 1}}}, {"spec": {"template": {"a": 2}}}, ["spec.template"]),
        (JOB, {"spec": {"ttlSecondsAfterFinished": 1}}, {"spec": {}}, []),
        (NAMESPACE, {"metadata": {"name": "a"}}, {"metadata": {"name": "b"}}, ["metadata.name"]),
        (NAMESPACE, {"metadata": {"name": "a"}}, {"metadata": {}}, []),
        (RELEASE, {"namespace": "a", "values": {}}, {"namespace": "b", "values": {"x": 1}}, ["namespace"]),
        (
            "pulumi-python:dynamic/airflow-aks:ImageImport",
            {"registryName": "a"},
            {"registryName": "b"},
            ["registryName"],
        ),
        ("pulumi-python:dynamic/airflow-aks:ImageImport", {"tag": "a"}, {"tag": "b"}, []),
        (PROVIDER, {"kubeconfig": "a"}, {"kubeconfig": "b"}, []),
        (PROVIDER, {"clusterIdentifier": "a"}, {"clusterIdentifier": "b"}, ["clusterIdentifier"]),
    ],
)
def test_properties_that_force_a_replacement(
    type_: str, old: dict[str, Any], new: dict[str, Any], forcing: list[str]
) -> None:
    assert find_forcing(type_, old, new) == forcing


def test_the_old_resource_goes_first_unless_the_provider_named_it() -> None:
    assert deletes_first(POOL, {}, {})
    assert not deletes_first(GRANT, {}, {})
    assert deletes_first(JOB, {"metadata": {"name": "a"}}, {"metadata": {"name": "a"}})
    assert not deletes_first(JOB, {"metadata": {"name": "a"}}, {"metadata": {"name": "b"}})


def test_a_replaced_resource_has_its_property_and_its_order() -> None:
    old = azure(POOL, "pool", "/pool/a", {"vmSize": "a", "agentPoolName": "a"}, delete_before_replace=False)
    new = replace(with_inputs(old, vmSize="b", agentPoolName="b"), id="/pool/b")
    change = change_of(compare(old, new), "pool")
    assert (change.action, change.deleted_first) == ("replaced", False)
    assert change.reasons == (Reason(path="agentPoolName", source="provider"), Reason(path="vmSize", source="provider"))


def test_an_ignored_property_replaces_nothing() -> None:
    old = azure(SERVER, "server", "/server", {"availabilityZone": "1"}, ignore_changes=("availabilityZone",))
    assert compare(old, with_inputs(old, availabilityZone="2")).is_empty


def test_a_property_that_the_program_names_replaces_too() -> None:
    old = resource("pulumi:index:Stash", "stash", inputs={"input": "a"}, replace_on_changes=("input",))
    change = change_of(compare(old, with_inputs(old, input="b")), "stash")
    assert change.reasons == (Reason(path="input", source="program"),)


def test_what_takes_the_id_of_a_replaced_resource_is_replaced() -> None:
    server = azure(SERVER, "server", "/servers/a", {"administratorLogin": "a"})
    database = wired(DATABASE, "database", {"serverName": "a"}, {"serverName": server}, id="/servers/a/db")
    found = compare(plan_of(server, database), plan_of(with_inputs(server, administratorLogin="b"), database))
    assert actions(found) == {"server": "replaced", "database": "replaced"}
    assert change_of(found, "database").reasons == (Reason(path="serverName", source="provider", cause=server.urn),)


def test_an_update_in_place_replaces_no_other_resource() -> None:
    server = azure(SERVER, "server", "/servers/a", {"sku": {"name": "a"}})
    database = wired(DATABASE, "database", {"serverName": "a"}, {"serverName": server})
    found = compare(plan_of(server, database), plan_of(with_inputs(server, sku={"name": "b"}), database))
    assert actions(found) == {"server": "changed"}


def test_replacements_follow_each_other() -> None:
    subnet = azure(SUBNET, "subnet", "/subnets/a", {"addressPrefix": "10.0.0.0/24"})
    endpoint = wired(ENDPOINT, "endpoint", {"subnet": {"id": "/subnets/a"}}, {"subnet": subnet}, id="/endpoints/a")
    zones = wired(
        "azure-native:network:PrivateDnsZoneGroup",
        "zones",
        {"privateEndpointName": "a"},
        {"privateEndpointName": endpoint},
    )
    found = compare(
        plan_of(zones, endpoint, subnet), plan_of(zones, endpoint, with_inputs(subnet, addressPrefix="10.1.0.0/24"))
    )
    assert actions(found) == dict.fromkeys(("subnet", "endpoint", "zones"), "replaced")
    assert all(change.is_refused for change in found.changes)


def test_a_nested_property_replaces_only_if_it_is_the_one_that_takes_the_id() -> None:
    subnet = azure(SUBNET, "subnet", "/subnets/a", {"addressPrefix": "10.0.0.0/24"})
    changed = with_inputs(subnet, addressPrefix="10.1.0.0/24")
    inside = wired(SERVER, "inside", {"network": {"delegatedSubnetResourceId": "/subnets/a"}}, {"network": subnet})
    beside = wired(SERVER, "beside", {"network": {"privateDnsZoneArmResourceId": "/zone"}}, {"network": subnet})
    found = compare(plan_of(subnet, inside, beside), plan_of(changed, inside, beside))
    assert actions(found) == {"subnet": "replaced", "inside": "replaced"}


def test_what_azure_assigns_anew_is_known_later() -> None:
    identity = resource(IDENTITY, "identity", inputs={"location": "a"}, outputs={"clientId": "1111-2222"}, id="/ids/a")
    account = wired(
        "kubernetes:core/v1:ServiceAccount",
        "account",
        {"metadata": {"name": "x", "annotations": {"client-id": "1111-2222"}}},
        {"metadata": identity},
    )
    found = compare(plan_of(identity, account), plan_of(with_inputs(identity, location="b"), account))
    difference = change_of(found, "account").differences[0]
    assert (difference.text, difference.new) == ("metadata.annotations.client-id", KNOWN_LATER)
    assert change_of(found, "account").action == "changed"


def in_cluster(name: str, provider: Any, namespace: str) -> Any:
    job = resource(JOB, name, inputs={"metadata": {"name": name, "namespace": namespace}})
    return replace(job, provider=f"{provider.urn}::id")


def test_objects_go_with_their_cluster() -> None:
    cluster = azure(CLUSTER, "cluster", "/clusters/a", {"dnsPrefix": "a", "resourceName": "a"})
    provider = wired(PROVIDER, "kubernetes", {"kubeconfig": SECRET, "clusterIdentifier": "a"}, {"kubeconfig": cluster})
    other = resource(PROVIDER, "remote", inputs={"kubeconfig": SECRET, "clusterIdentifier": "b"})
    objects = [provider, other, in_cluster("job", provider, "airflow"), in_cluster("far", other, "airflow")]
    found = compare(plan_of(cluster, *objects), plan_of(with_inputs(cluster, dnsPrefix="b"), *objects))
    assert actions(found) == {"cluster": "replaced", "job": "replaced"}
    assert change_of(found, "job").reasons == (Reason(path="", source="container", cause=cluster.urn),)


def test_objects_of_a_renamed_namespace_are_replaced() -> None:
    namespace = resource(NAMESPACE, "namespace", inputs={"metadata": {"name": "a"}}, id="a")
    job = wired(JOB, "job", {"metadata": {"name": "job", "namespace": "a"}}, {"metadata": namespace})
    moved = with_inputs(job, metadata={"name": "job", "namespace": "b"})
    found = compare(plan_of(namespace, job), plan_of(with_inputs(namespace, metadata={"name": "b"}), moved))
    assert actions(found) == {"namespace": "replaced", "job": "replaced"}


def test_another_cluster_of_the_provider_replaces_its_objects() -> None:
    provider = resource(PROVIDER, "kubernetes", inputs={"clusterIdentifier": "a"})
    job = in_cluster("job", provider, "a")
    found = compare(plan_of(provider, job), plan_of(with_inputs(provider, clusterIdentifier="b"), job))
    assert actions(found) == {"kubernetes": "replaced", "job": "replaced"}
    assert change_of(found, "job").reasons[0].source == "kubernetes provider"


@pytest.mark.parametrize(
    ("type_", "old", "new", "path"),
    [
        (POOL, {"maxPods": 30}, {"maxPods": 60}, "maxPods"),
        (SERVER, {"storage": {"storageSizeGB": 64}}, {"storage": {"storageSizeGB": 32}}, "storage.storageSizeGB"),
        (
            CLUSTER,
            {"agentPoolProfiles": [{"name": "system", "vmSize": "a"}]},
            {"agentPoolProfiles": [{"name": "system", "vmSize": "b"}]},
            "agentPoolProfiles[*].vmSize",
        ),
        (GRANT, {"roleDefinitionId": "a"}, {"roleDefinitionId": "b"}, "roleDefinitionId"),
    ],
)
def test_what_azure_refuses_in_place_takes_a_replacement(
    type_: str, old: dict[str, Any], new: dict[str, Any], path: str
) -> None:
    before = azure(type_, "thing", "/thing", old)
    change = change_of(compare(before, with_inputs(before, **new)), "thing")
    assert change.reasons == (Reason(path=path, source="azure"),)
    assert change.is_refused


def test_a_database_may_grow() -> None:
    old = azure(SERVER, "server", "/server", {"storage": {"storageSizeGB": 32}})
    assert actions(compare(old, with_inputs(old, storage={"storageSizeGB": 64}))) == {"server": "changed"}
