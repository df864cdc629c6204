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
from components.kubernetes.remote_access import RULES
from dryrun.cloud import SUBSCRIPTION as OWN_SUBSCRIPTION
from dryrun.files import write_plan
from dryrun.plan import Plan, Resource
from tests.cases import SELECTORS
from tests.plans import children, plan_of, synced, texts
from tests.remote_cluster_cases import ONE, SUBSCRIPTION, THREE, changes, cluster_id, entry

ROLE, BINDING = (f"kubernetes:rbac.authorization.k8s.io/v1:{kind}" for kind in ("Role", "RoleBinding"))
ASSIGNMENT = "azure-native:authorization:RoleAssignment"
CREDENTIAL = "azure-native:managedidentity:FederatedIdentityCredential"
WRITER = "a7ffa36f-339b-4b5c-8bdf-e2c188b2c0eb"
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


def principal(plan: Plan) -> str:
    name = "remote-clusters-identity-identity"
    return str(plan.one("azure-native:managedidentity:UserAssignedIdentity", name).outputs["principalId"])


def granted(plan: Plan) -> list[Resource]:
    """Role and RoleBinding in the target."""
    found = children(plan, "remote-clusters")
    return [item for kind in (ROLE, BINDING) for item in found if item.type == kind]


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


def test_granted_role_has_exactly_the_operators_verbs() -> None:
    plan = plan_of("prod", ONE)
    assert plan.outputs["remoteClusterGrants"] == {}
    role, binding = granted(plan)
    rules = role.inputs["rules"]
    rights = {(resource, verb) for rule in rules for resource in rule["resources"] for verb in rule["verbs"]}
    assert rights == {
        *(("pods", verb) for verb in ("create", "get", "list", "watch", "patch", "delete")),
        ("pods/log", "get"),
        ("pods/exec", "get"),
        ("pods/exec", "create"),
        ("events", "list"),
        ("events", "watch"),
    }
    assert role.inputs["metadata"]["namespace"] == binding.inputs["metadata"]["namespace"] == "jobs"
    (subject,) = binding.inputs["subjects"]
    assert (subject["kind"], subject["name"]) == ("User", principal(plan))
    provider = plan.one("pulumi:providers:kubernetes", "remote-clusters-gpu-afc792-kubernetes")
    assert provider.urn in str(role.provider)


def test_granted_azure_role_is_scoped_to_the_namespace_in_the_targets_subscription() -> None:
    plan = plan_of("prod", changes(entry("arm", grantAccess=True, azureRbac=True)))
    (role,) = [item for item in plan.all(ASSIGNMENT) if item.inputs["roleDefinitionId"].endswith(WRITER)]
    assert role.inputs["scope"] == f"{cluster_id('arm')}/namespaces/jobs"
    assert role.inputs["roleDefinitionId"].startswith(f"/subscriptions/{SUBSCRIPTION}/")
    assert role.inputs["principalId"] == principal(plan)
    assert not granted(plan)


def test_rights_that_are_not_granted_are_an_output_ready_for_kubectl() -> None:
    plan = plan_of("prod", changes(entry("gpu")))
    assert not granted(plan)
    assert list(plan.outputs["remoteClusterGrants"]) == ["gpu"]
    role, binding = yaml.safe_load_all(plan.outputs["remoteClusterGrants"]["gpu"])
    assert role["rules"] == list(RULES)
    assert binding["subjects"][0]["name"] == principal(plan)
    made = granted(plan_of("prod", ONE))
    keys = {*role, *binding}
    for item in made:
        # The program forces its own apply; who applies the text decides for oneself.
        item.inputs["metadata"].pop("annotations")
    assert [role, binding] == [{key: item.inputs[key] for key in keys & set(item.inputs)} for item in made]


def test_rights_that_are_not_granted_are_an_output_ready_for_az() -> None:
    plan = plan_of("prod", changes(entry("arm", azureRbac=True)))
    command = plan.outputs["remoteClusterGrants"]["arm"]
    assert command.startswith(f"az role assignment create --assignee-object-id {principal(plan)} ")
    assert command.endswith(f" --role {WRITER} --scope {cluster_id('arm')}/namespaces/jobs")
    assert not [item for item in plan.all(ASSIGNMENT) if item.inputs["roleDefinitionId"].endswith(WRITER)]


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


def test_replaced_target_replaces_the_rights_and_a_gone_one_does_not_block() -> None:
    provider = plan_of("prod", ONE).one("pulumi:providers:kubernetes", "remote-clusters-gpu-afc792-kubernetes")
    assert provider.inputs["clusterIdentifier"] == "https://gpu.dry-run.invalid:443"
    assert provider.inputs["deleteUnreachable"] in (True, "true")


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


def test_manifests_of_another_cluster_are_apart_from_those_of_the_own(tmp_path: Path) -> None:
    write_plan(plan_of("prod", changes(entry("gpu", grantAccess=True), entry("arm", grantAccess=True))), tmp_path)
    folders = [folder for folder in (tmp_path / "manifests").iterdir() if folder.is_dir()]
    assert sorted(folder.name.rpartition("-")[0].rpartition("-")[0] for folder in folders) == [
        "remote-clusters-arm",
        "remote-clusters-gpu",
    ]
    names = {"Role-id-airflow-prod-remote.yaml", "RoleBinding-id-airflow-prod-remote.yaml"}
    assert all({file.name for file in folder.iterdir()} == names for folder in folders)
    assert not names & {file.name for file in (tmp_path / "manifests").iterdir()}
