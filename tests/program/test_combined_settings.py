"""Settings in pairs: what one needs of the other is there, and neither opens what the other closes."""

from __future__ import annotations

from typing import Any

import pytest

from dryrun.plan import Plan
from tests.cilium import HostTraffic
from tests.plans import plan_of

RESTRICTED = {"network.egress": "restricted", "network.outbound": "natGateway"}
TEAM = {"name": "data", "groupId": "00000000-0000-0000-0000-000000000001", "namespace": "data", "role": "developer"}
TEAMS = {"cluster.adminGroupIds": ["00000000-0000-0000-0000-000000000002"], "teams": [TEAM]}
TASKS = {**TEAMS, "teams": [{**TEAM, "runsTasks": True}]}
KEY_VAULT = {"access": {"host": "airflow.example.com", "tls": {"issuer": "keyVault", "certificate": "airflow-tls"}}}
SECRET = "kubernetes:core/v1:Secret"
POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"


def policies(plan: Plan, namespace: str) -> dict[str, Any]:
    found = (policy.inputs for policy in plan.all(POLICY))
    return {one["metadata"]["name"]: one["spec"] for one in found if one["metadata"]["namespace"] == namespace}


@pytest.mark.parametrize("executor", ["KubernetesExecutor", "CeleryExecutor"])
def test_pods_resolve_a_private_database_and_broker_with_restricted_egress(executor: str) -> None:
    plan = plan_of("prod", {**RESTRICTED, "airflow.executor": executor})
    traffic = HostTraffic(plan, "airflow")
    for component in ("migration", "pgbouncer", "scheduler"):
        assert traffic.resolves({"component": component}, plan.outputs["databaseHost"]), component
    brokers = plan.all("azure-native:redisenterprise:RedisEnterprise")
    assert len(brokers) == (executor == "CeleryExecutor")
    for broker in brokers:
        assert traffic.resolves({"component": "worker"}, broker.outputs["hostName"])


@pytest.mark.parametrize("changes", [{}, {"secrets.delivery": "csi"}])
def test_proxies_resolve_nothing_outside_with_restricted_egress(changes: dict[str, Any]) -> None:
    plan = plan_of("prod", {**RESTRICTED, **KEY_VAULT, **changes})
    traffic, proxy = HostTraffic(plan, "airflow-gateway"), {"app.kubernetes.io/component": "proxy"}
    assert "dns" not in policies(plan, "airflow-gateway")
    assert not traffic.resolves(proxy, "tunnel.example.org")
    assert traffic.resolves(proxy, "envoy-gateway.airflow-gateway.svc.cluster.local")


def test_a_team_resolves_nothing_outside_with_restricted_egress_whatever_its_policies_allow() -> None:
    plan = plan_of("prod", {**RESTRICTED, **TEAMS})
    traffic, pod = HostTraffic(plan, "data"), {"app": "anything"}
    assert set(policies(plan, "data")) == {"default-deny"}
    assert not traffic.resolves(pod, "tunnel.example.org")
    assert traffic.resolves(pod, "airflow-api-server.airflow.svc.cluster.local")
    assert traffic.denies(pod, "169.254.169.254")


def test_without_restricted_egress_a_team_has_the_policies_of_kubernetes_only() -> None:
    plan = plan_of("prod", TEAMS)
    assert set(policies(plan, "data")) == {"default-deny", "dns"}
    assert HostTraffic(plan, "data").specs == {}


@pytest.mark.parametrize("executor", ["KubernetesExecutor", "CeleryExecutor,KubernetesExecutor"])
def test_a_teams_namespace_has_every_secret_that_the_template_of_task_pods_names(executor: str) -> None:
    plan = plan_of("prod", {**TASKS, "airflow.executor": executor})
    values = plan.one("kubernetes:helm.sh/v3:Release", "airflow-release").inputs["values"]
    data = values["data"]
    named = {values["fernetKeySecretName"], values["apiSecretKeySecretName"], data["metadataSecretName"]}
    if "CeleryExecutor" in executor:
        named |= {data["brokerUrlSecretName"], data["resultBackendSecretName"]}
    made = [secret.inputs for secret in plan.all(SECRET) if secret.inputs["metadata"]["namespace"] == "data"]
    assert {secret["metadata"]["name"] for secret in made} == named


def test_stand_ins_of_the_broker_and_the_results_lead_nowhere() -> None:
    plan = plan_of("prod", {**TASKS, "airflow.executor": "CeleryExecutor,KubernetesExecutor"})
    brokers = plan.all("azure-native:redisenterprise:RedisEnterprise")
    names = ("airflow-broker-url", "airflow-result-backend")
    urls = [
        secret.inputs["stringData"]["connection"]
        for secret in plan.all(SECRET)
        if secret.inputs["metadata"]["name"] in names
    ]
    assert len(urls) == len(names)
    hosts = (plan.outputs["databaseHost"], *(broker.outputs["hostName"] for broker in brokers))
    assert not [url for url in urls for host in hosts if host in url]


def test_monitoring_watches_the_namespaces_in_which_teams_run_tasks() -> None:
    def watched(changes: dict[str, Any]) -> str:
        plan = plan_of("prod", {**changes, "monitoring": {"alertEmails": ["ops@example.com"]}})
        rules = plan.all("azure-native:monitor:DataCollectionRule")
        (extension,) = rules[0].inputs["dataSources"]["extensions"]
        return str(extension["extensionSettings"])

    assert "'data'" in watched(TASKS)
    assert "'data'" not in watched(TEAMS)
