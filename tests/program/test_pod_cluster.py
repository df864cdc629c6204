"""Whole plans of stacks without Airflow, and of the pods with GPUs that run there."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
from pydantic.alias_generators import to_camel

from components.azure.node_pools import GPU_LABEL, GPU_TAINT
from components.outputs import PodClusterOutputs
from components.settings.pins import load_pins
from components.stack_file.reader import read_config
from dryrun import cloud
from dryrun.plan import Plan
from dryrun.recorder import record_project
from tests.case_values import WORKSPACE
from tests.cases import TEAMS
from tests.cilium import HostTraffic
from tests.cluster.traffic import Endpoint, Traffic
from tests.plans import PINS_FILE, PROJECT, ROOT, changed, children, pins_from, plan_of, recorded, shipped
from tests.pod_cluster_cases import ALONE, GPU_POOL, POD_CLUSTER
from tests.program.own_stacks import problems_of_plan
from tests.program.test_remote_clusters import connections
from tests.remote_cluster_cases import changes, entry

pytestmark = pytest.mark.usefixtures("untraced")

EXAMPLE = ROOT / "examples" / "stack-files" / "gpu.yaml"
DAEMON_SET = "kubernetes:apps/v1:DaemonSet"
NAMESPACE = "kubernetes:core/v1:Namespace"
POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
POD = {"kubernetes_pod_operator": "True"}


def example() -> Plan:
    """The plan of the shipped example."""
    return recorded("gpu", read_config(EXAMPLE), PINS_FILE)


def class_names(plan: Plan) -> set[str]:
    return {one.type.rpartition(":")[2] for one in plan.resources if one.type.startswith("airflow-aks:")}


def traffic(plan: Plan) -> Traffic:
    namespaces = {one.inputs["metadata"]["name"]: one.inputs["metadata"]["labels"] for one in plan.all(NAMESPACE)}
    system = {"kube-system": {"kubernetes.io/metadata.name": "kube-system"}}
    return Traffic([policy.inputs for policy in plan.all(POLICY)], {**namespaces, **system})


def test_shipped_example_is_accepted_as_it_is_and_makes_a_whole_plan() -> None:
    plan = example()
    assert plan.warnings == ()
    assert problems_of_plan(plan, read_config(EXAMPLE), load_pins(PINS_FILE)) == []


def test_example_has_network_cluster_registry_and_namespace_and_the_plugin() -> None:
    expected = {"StackRecord", "Network", "Cluster", "Registry", "ImageImports", "PodNamespaces", "GpuPlugin"}
    assert class_names(example()) == expected


@pytest.mark.parametrize("changes", [ALONE, POD_CLUSTER, {**POD_CLUSTER, "network.private": True}])
def test_nothing_of_airflow_is_there(changes: dict[str, Any]) -> None:
    changes = {**changes, "registry": {"sku": "Premium"}}
    plan = plan_of("dev", changes)
    assert not plan.releases
    assert plan.vault == {}
    types = {resource.type for resource in plan.resources}
    absent = ("dbforpostgresql", "keyvault", ":storage:", "random:", "redisenterprise", "FederatedIdentityCredential")
    assert [type_ for type_ in types if any(word in type_ for word in absent)] == []
    assert not [name for name in plan.outputs if name.startswith(("airflow", "database", "keyVault", "logsStorage"))]


def test_outputs_are_those_that_exist() -> None:
    names = [to_camel(field.name) for field in fields(PodClusterOutputs)]
    # A stack in a network of its own has no grants for others to give.
    assert list(example().outputs) == [name for name in names if name != "requiredGrants"]


def test_a_closed_stack_has_the_registrys_zone_and_no_other() -> None:
    plan = plan_of("dev", {**POD_CLUSTER, "network.private": True, "registry": {"sku": "Premium"}})
    zones = [zone.inputs["privateZoneName"] for zone in plan.all("azure-native:privatedns:PrivateZone")]
    assert zones == ["privatelink.azurecr.io"]
    cluster = plan.one("azure-native:containerservice:ManagedCluster").inputs
    assert cluster["apiServerAccessProfile"]["enablePrivateCluster"] is True


def test_data_of_the_registry_is_protected() -> None:
    plan = plan_of("dev", {**POD_CLUSTER, "protectData": True})
    assert [one.name for one in plan.resources if one.protect] == ["registry-registry"]


@pytest.mark.parametrize("namespace", ["jobs", "training"])
def test_pods_reach_what_is_outside_and_nobody_reaches_them(namespace: str) -> None:
    policies = traffic(plan_of("dev", POD_CLUSTER))
    pod = Endpoint(namespace, POD)
    assert policies.allows(pod, Endpoint(address="203.0.113.8"), 22)
    assert policies.allows(pod, Endpoint("kube-system", {"k8s-app": "kube-dns"}), 53, "UDP")
    for secret in ("169.254.169.254", "168.63.129.16"):
        assert not policies.allows(pod, Endpoint(address=secret), 80)
    for other in (pod, Endpoint("kube-system", {}), Endpoint(address="203.0.113.8")):
        assert not policies.allows(other, pod, 8080)


def test_with_restricted_egress_pods_reach_the_named_hosts_only() -> None:
    restricted = {"network.egress": "restricted", "network.allowedHosts": ["api.example.com"]}
    plan = plan_of("dev", {**POD_CLUSTER, **restricted})
    hosts = HostTraffic(plan, "training")
    assert hosts.reaches(POD, "api.example.com", 443)
    assert not hosts.reaches(POD, "api.example.org", 443)
    assert hosts.denies(POD, "169.254.169.254")
    assert not traffic(plan).allows(Endpoint("training", POD), Endpoint(address="203.0.113.8"), 443)


def test_namespaces_enforce_restricted_pods_and_the_plugins_has_nothing_else() -> None:
    plan = plan_of("dev", POD_CLUSTER)
    levels = {
        one.inputs["metadata"]["name"]: one.inputs["metadata"]["labels"]["pod-security.kubernetes.io/enforce"]
        for one in plan.all(NAMESPACE)
    }
    assert levels == {"jobs": "restricted", "training": "restricted", "gpu-resources": "privileged"}
    assert not traffic(plan).allows(Endpoint("gpu-resources", {}), Endpoint(address="203.0.113.8"), 443)


def test_a_team_has_its_namespace_there() -> None:
    plan = plan_of("dev", {**POD_CLUSTER, "teams": [TEAMS[1]]})
    assert {one.inputs["metadata"]["name"] for one in plan.all(NAMESPACE)} >= {"dev", "jobs"}
    assert plan.all("kubernetes:rbac.authorization.k8s.io/v1:RoleBinding")


def test_monitoring_collects_the_cluster_and_the_pods_of_the_namespaces() -> None:
    plan = plan_of("dev", {**POD_CLUSTER, "monitoring": {"workspaceId": WORKSPACE}})
    rule = plan.one("azure-native:monitor:DataCollectionRule").inputs
    collected = rule["dataSources"]["extensions"][0]["extensionSettings"]["dataCollectionSettings"]["namespaces"]
    assert collected == ["jobs", "training"]
    audited = {
        one.inputs["resourceUri"].rpartition("/")[2] for one in plan.all("azure-native:monitor:DiagnosticSetting")
    }
    assert audited == {plan.outputs["clusterName"], plan.outputs["registryId"].rpartition("/")[2]}
    assert plan.outputs["logAnalyticsWorkspaceId"] == WORKSPACE
    assert not plan.all("kubernetes:core/v1:ConfigMap")


def test_the_plugin_runs_on_nodes_with_gpus_whatever_their_taints() -> None:
    plan = plan_of("dev", {**POD_CLUSTER, "cluster.pools": [{**GPU_POOL, "spot": True, "taints": ["a=b:NoExecute"]}]})
    pool = plan.one("azure-native:containerservice:AgentPool").inputs
    pod = plan.one(DAEMON_SET).inputs["spec"]["template"]["spec"]
    assert pod["nodeSelector"].items() <= pool["nodeLabels"].items()
    assert pod["nodeSelector"] == {GPU_LABEL: "true"}
    assert GPU_TAINT in pool["nodeTaints"]
    assert pod["tolerations"] == [{"operator": "Exists"}]
    mounted = [mount["mountPath"] for mount in pod["containers"][0]["volumeMounts"]]
    assert mounted == [volume["hostPath"]["path"] for volume in pod["volumes"]] == ["/var/lib/kubelet/device-plugins"]


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_a_stack_without_gpus_has_no_plugin(stack: str) -> None:
    assert not plan_of(stack).all(DAEMON_SET)
    assert not [one for one in plan_of(stack).resources if "nvidia" in one.name]


def test_a_stack_with_airflow_gets_the_plugin_and_the_namespaces_too() -> None:
    pools = [{"name": "airflow", "maxNodes": 4}, {**GPU_POOL, "purpose": "other"}]
    plan = plan_of("dev", {"cluster.pools": pools, "namespaces": ["jobs"]})
    assert len(plan.all(DAEMON_SET)) == 1
    assert {"PodNamespaces", "GpuPlugin", "AirflowRelease"} <= class_names(plan)
    assert "jobs" in {one.inputs["metadata"]["name"] for one in plan.all(NAMESPACE)}


def test_record_of_a_stack_with_airflow_is_found_by_one_without() -> None:
    stash = plan_of("dev", ALONE).one("pulumi:index:Stash")
    with_airflow = plan_of("dev").one("pulumi:index:Stash", "stack-record-made-with")
    assert stash.aliases == (with_airflow.name,)
    assert with_airflow.aliases == ()
    assert set(stash.inputs["input"]) - set(with_airflow.inputs["input"]) == {"airflow-aks:airflow"}


def test_another_stack_connects_with_the_outputs_of_such_a_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    published = {name: value for name, value in example().outputs.items() if name != "kubeconfig"}
    create = cloud.create

    def read(type_: str, name: str, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        if type_ == "pulumi:pulumi:StackReference":
            return inputs["name"], {**inputs, "outputs": published}
        return create(type_, name, inputs)

    monkeypatch.setattr(cloud, "create", read)
    config = changed(shipped("dev"), changes(entry("gpu", stack="contoso/airflow-aks/gpu", grantAccess=True)))
    # Not `plan_of`, which would keep the plan for other tests.
    with pins_from(PINS_FILE):
        plan = record_project(ROOT, project=PROJECT, stack="dev", config=config.values, secret_keys=config.secret_keys)
    server = connections(plan)["AIRFLOW_CONN_GPU"]["extra"]["kube_config"]["clusters"][0]["cluster"]["server"]
    assert published["clusterName"] in server
    roles = [one.inputs for one in children(plan, "remote-clusters") if one.type.endswith(":Role")]
    assert [role["metadata"]["namespace"] for role in roles] == ["jobs"]
