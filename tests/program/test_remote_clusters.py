"""Whole plans with none, one and three remote clusters."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.airflow.traffic.addresses import Address
from components.airflow.traffic.policy_evaluation import may_reach
from components.airflow.traffic.port_numbers import HTTPS_PORT
from dryrun.cloud import SUBSCRIPTION as OWN_SUBSCRIPTION
from dryrun.files import write_plan
from dryrun.plan import Plan
from tests.cases import SELECTORS
from tests.plans import children, plan_of, synced, texts
from tests.remote_cluster_cases import ONE, SUBSCRIPTION, THREE, changes, cluster_id, entry

ASSIGNMENT = "azure-native:authorization:RoleAssignment"
CREDENTIAL = "azure-native:managedidentity:FederatedIdentityCredential"
ACR_PULL = "7f951dda-4ed3-4680-a7ca-43fe172d538d"
EXECUTORS = {
    "KubernetesExecutor": {"airflow-worker", "airflow-triggerer"},
    "CeleryExecutor": {"airflow-worker", "airflow-triggerer"},
    "CeleryExecutor,KubernetesExecutor": {"airflow-worker", "airflow-triggerer"},
    "LocalExecutor": {"airflow-scheduler", "airflow-triggerer"},
}


def values(plan: Plan) -> dict[str, Any]:
    found: dict[str, Any] = plan.one("kubernetes:helm.sh/v3:Release", "airflow-release").inputs["values"]
    return found


def connections(plan: Plan) -> dict[str, dict[str, Any]]:
    """The connections as containers get them: by environment variable, out of the simulated vault."""
    held = synced(plan).get("airflow-remote-clusters", {})
    return {
        item["envName"]: json.loads(plan.vault[held[item["secretKey"]]])
        for item in values(plan)["secret"]
        if item["secretName"] == "airflow-remote-clusters"
    }


def test_stack_without_remote_clusters_has_nothing_of_them() -> None:
    plan = plan_of("prod")
    assert not [resource.name for resource in plan.resources if "remote" in resource.name]
    assert plan.outputs["remoteClusterGrants"] == {}


@pytest.mark.parametrize("delivery", ["externalSecrets", "csi"])
@pytest.mark.parametrize("executor", EXECUTORS)
def test_containers_get_each_connection_through_the_secret_delivery(executor: str, delivery: str) -> None:
    plan = plan_of("prod", {**THREE, "airflow.executor": executor, "secrets.delivery": delivery})
    found = connections(plan)
    assert set(found) == {"AIRFLOW_CONN_GPU", "AIRFLOW_CONN_ARM", "AIRFLOW_CONN_OWN"}
    assert {connection["conn_type"] for connection in found.values()} == {"kubernetes"}
    servers = {
        name: connection["extra"]["kube_config"]["clusters"][0]["cluster"]["server"]
        for name, connection in found.items()
    }
    assert len(set(servers.values())) == 3


@pytest.mark.parametrize("executor", EXECUTORS)
def test_identity_trusts_exactly_the_accounts_of_tasks_and_triggerer(executor: str) -> None:
    plan = plan_of("prod", {**ONE, "airflow.executor": executor})
    trusted = {
        item.inputs["subject"].rpartition(":")[2]
        for item in children(plan, "remote-clusters-identity")
        if item.type == CREDENTIAL
    }
    assert trusted == EXECUTORS[executor]
    rendered = values(plan)
    running = {
        section["serviceAccount"]["name"]
        for section in (rendered["triggerer"], rendered["scheduler"], *rendered.get("workers", {}).values())
        if isinstance(section, dict) and "serviceAccount" in section
    }
    assert trusted <= running


@pytest.mark.parametrize("executor", EXECUTORS)
def test_pods_that_call_a_remote_cluster_carry_the_label_of_the_webhook(executor: str) -> None:
    rendered = values(plan_of("prod", {**ONE, "airflow.executor": executor}))
    kinds = [rendered["triggerer"]]
    workers = (rendered["workers"].get(kind, {}) for kind in ("celery", "kubernetes"))
    kinds += [section for section in workers if "serviceAccount" in section]
    if executor == "LocalExecutor":
        kinds.append(rendered["scheduler"])
    assert [kind["labels"]["azure.workload.identity/use"] for kind in kinds] == ["true"] * len(kinds)


def test_without_triggerers_only_tasks_are_trusted() -> None:
    plan = plan_of("prod", {**ONE, "airflow.triggerers": 0})
    accounts = [
        item.inputs["subject"] for item in children(plan, "remote-clusters-identity") if item.type == CREDENTIAL
    ]
    assert accounts == ["system:serviceaccount:airflow:airflow-worker"]


def test_audience_of_every_credential_is_the_one_of_the_webhooks_tokens() -> None:
    credentials = [
        item for item in children(plan_of("prod", ONE), "remote-clusters-identity") if item.type == CREDENTIAL
    ]
    assert {tuple(item.inputs["audiences"]) for item in credentials} == {("api://AzureADTokenExchange",)}


def test_credentials_of_the_identity_are_created_one_after_another() -> None:
    plan = plan_of("prod", ONE)
    first, second = (item for item in children(plan, "remote-clusters-identity") if item.type == CREDENTIAL)
    assert first.urn in second.dependencies


def test_tasks_sign_in_as_the_remote_identity_and_pods_keep_airflows() -> None:
    plan = plan_of("prod", ONE)
    remote = plan.one("azure-native:managedidentity:UserAssignedIdentity", "remote-clusters-identity-identity")
    (connection,) = connections(plan).values()
    arguments = connection["extra"]["kube_config"]["users"][0]["user"]["exec"]["args"]
    assert arguments[arguments.index("--client-id") + 1] == remote.outputs["clientId"]
    account = plan.one("kubernetes:core/v1:ServiceAccount", "airflow-namespace-airflow-worker")
    annotation = account.inputs["metadata"]["annotations"]["azure.workload.identity/client-id"]
    assert annotation == plan.outputs["airflowIdentityClientId"] != remote.outputs["clientId"]


def test_target_is_read_in_its_own_subscription() -> None:
    plan = plan_of("prod", THREE)
    providers = {item.name: item.inputs["subscriptionId"] for item in plan.all("pulumi:providers:azure-native")}
    assert sorted(providers.values()) == sorted([SUBSCRIPTION, SUBSCRIPTION, OWN_SUBSCRIPTION])


def test_nodes_of_each_target_pull_the_sidecar_from_the_stacks_registry_once() -> None:
    two_of_one = entry("gpu_two", clusterId=cluster_id("gpu"), namespace="other")
    plan = plan_of("prod", changes(entry("gpu"), two_of_one, entry("arm")))
    pulls = [item for item in plan.all(ASSIGNMENT) if item.name.endswith("-pulls-images")]
    assert len({item.inputs["principalId"] for item in pulls}) == len(pulls) == 2
    assert {item.inputs["scope"] for item in pulls} == {plan.outputs["registryId"]}
    assert all(item.inputs["roleDefinitionId"].endswith(ACR_PULL) for item in pulls)
    images = {connection["extra"]["xcom_sidecar_container_image"] for connection in connections(plan).values()}
    (image,) = images
    assert image.startswith(f"{plan.outputs['registryLoginServer']}/library/alpine:")


def test_api_server_on_443_is_open_for_every_pod_that_calls_it() -> None:
    for executor in EXECUTORS:
        plan = plan_of("prod", {**ONE, "airflow.executor": executor})
        policies = {
            item.inputs["metadata"]["name"]: item.inputs["spec"]
            for item in plan.all("kubernetes:networking.k8s.io/v1:NetworkPolicy")
        }
        caller = "scheduler" if executor == "LocalExecutor" else "worker"
        for component in (caller, "triggerer"):
            assert may_reach(policies, component, Address(host="gpu.hcp.example.com", port=HTTPS_PORT)), executor


def test_no_credential_of_a_target_stands_in_any_file(tmp_path: Path) -> None:
    plan = plan_of("prod", THREE)
    write_plan(plan, tmp_path)
    written = "\n".join(file.read_text(encoding="utf-8") for file in tmp_path.rglob("*") if file.is_file())
    everything = written + "\n".join(text for connection in connections(plan).values() for text in texts(connection))
    for word in ("client-key-data", "client-certificate-data", "token:", "clientSecret", "client-secret"):
        assert word not in everything
    (provider,) = [item for item in plan.all("pulumi:providers:kubernetes") if "remote" in item.name]
    users = yaml.safe_load(provider.inputs["kubeconfig"])["users"]
    assert [list(user["user"]) for user in users] == [["exec"]]


def test_another_executor_changes_no_connection() -> None:
    plans = [plan_of("prod", {**ONE, **SELECTORS[name]}) for name in ("celery-executor", "local-executor")]
    assert connections(plans[0]) == connections(plans[1])
