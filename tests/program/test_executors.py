"""Whole programs with each executor: what it brings, what it leaves out, and what a switch changes."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest

from components.airflow.executors import supports_several_executors
from components.settings.airflow_sections import AirflowSettings
from components.stack_file.checker import check
from components.stack_file.rules.context import Context
from components.stack_file.rules.executor_rules import release_supports_the_executor
from dryrun.plan import Plan
from tests.cases import SELECTORS
from tests.plans import PROJECT, plan_of, shipped, subjects

EXECUTORS = ("KubernetesExecutor", "CeleryExecutor", "CeleryExecutor,KubernetesExecutor", "LocalExecutor")
CELERY = EXECUTORS[1:3]
BROKER = "azure-native:redisenterprise:RedisEnterprise"
REDIS = "azure-native:redisenterprise:Database"
CLUSTER = "azure-native:containerservice:ManagedCluster"
RELEASE = ("kubernetes:helm.sh/v3:Release", "airflow-release")
each = pytest.mark.parametrize("executor", EXECUTORS)
each_celery = pytest.mark.parametrize("executor", CELERY)
each_other = pytest.mark.parametrize("executor", [executor for executor in EXECUTORS if executor not in CELERY])


def planned(executor: str, stack: str = "prod", **more: Any) -> Plan:
    return plan_of(stack, {"airflow.executor": executor, **more})


def values(plan: Plan) -> Any:
    return plan.one(*RELEASE).inputs["values"]


def keda_is_on(plan: Plan) -> bool:
    return bool(plan.one(CLUSTER).inputs["workloadAutoScalerProfile"]["keda"]["enabled"])


def vault_names(plan: Plan) -> set[str]:
    return {re.sub(r"-[0-9a-f]{8}$", "", name) for name in plan.vault}


@each_other
def test_without_celery_there_is_no_broker_and_nothing_around_it(executor: str) -> None:
    plan = planned(executor)
    assert not [resource.name for resource in plan.resources if "redis" in resource.type or "broker" in resource.name]
    assert not {"airflow-broker-url", "airflow-result-backend", "airflow-keda-connection"} & vault_names(plan)
    assert not keda_is_on(plan)
    assert "airflow-result-backend" not in plan.vault[pgbouncer_ini(plan)]


def pgbouncer_ini(plan: Plan) -> str:
    return next(name for name in plan.vault if name.startswith("airflow-pgbouncer-ini"))


@each_celery
def test_celery_brings_broker_secrets_and_keda(executor: str) -> None:
    plan = planned(executor)
    assert plan.one(BROKER)
    assert {"airflow-broker-url", "airflow-result-backend", "airflow-keda-connection"} <= vault_names(plan)
    assert keda_is_on(plan)
    assert "airflow-result-backend = host=" in plan.vault[pgbouncer_ini(plan)]


def test_broker_policy_is_the_one_that_celery_works_with() -> None:
    redis = planned("CeleryExecutor").one(REDIS).inputs
    assert redis["clusteringPolicy"] == "NoCluster"
    assert redis["evictionPolicy"] == "NoEviction"
    assert redis["clientProtocol"] == "Encrypted"
    assert redis["accessKeysAuthentication"] == "Enabled"
    assert (redis["databaseName"], redis["port"]) == ("default", 10000)


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_broker_is_never_told_its_zones(stack: str) -> None:
    assert "zones" not in planned("CeleryExecutor", stack).one(BROKER).inputs


@pytest.mark.parametrize(("given", "sent"), [(True, "Enabled"), (False, "Disabled")])
def test_high_availability_of_the_broker_is_a_setting(given: bool, sent: str) -> None:
    plan = planned("CeleryExecutor", "dev", broker={"sku": "Balanced_B1", "highAvailability": given})
    assert plan.one(BROKER).inputs["highAvailability"] == sent
    assert plan.one(BROKER).inputs["sku"] == {"name": "Balanced_B1"}


def test_broker_is_private_where_the_database_is() -> None:
    plan = planned("CeleryExecutor", "prod")
    assert plan.one(BROKER).inputs["publicNetworkAccess"] == "Disabled"
    endpoint = plan.one("azure-native:network:PrivateEndpoint", "broker-private-endpoint").inputs
    assert endpoint["privateLinkServiceConnections"][0]["groupIds"] == ["redisEnterprise"]
    zone = plan.one("azure-native:privatedns:PrivateZone", "network-broker-zone").inputs
    assert zone["privateZoneName"] == "privatelink.redis.azure.net"


def test_security_group_of_private_endpoints_lets_the_broker_in() -> None:
    def ports(executor: str) -> list[str]:
        group = "network-private-endpoints-security"
        rules = planned(executor).one("azure-native:network:NetworkSecurityGroup", group).inputs["securityRules"]
        return [port for rule in rules if rule["access"] == "Allow" for port in rule["destinationPortRanges"]]

    assert ports("CeleryExecutor") == ["443", "10000"]
    assert ports("KubernetesExecutor") == ["443"]


def test_broker_is_public_where_the_database_is() -> None:
    plan = planned("CeleryExecutor", "dev")
    assert plan.one(BROKER).inputs["publicNetworkAccess"] == "Enabled"
    assert not plan.all("azure-native:network:PrivateEndpoint")


def test_broker_url_reaches_the_pods_through_the_vault_and_asks_for_a_certificate() -> None:
    plan = planned("CeleryExecutor", "dev")
    url = next(value for name, value in plan.vault.items() if name.startswith("airflow-broker-url"))
    host = re.escape(plan.one(BROKER).outputs["hostName"])
    assert re.fullmatch(rf"rediss://:[0-9a-f]+%3D@{host}:10000/0\?ssl_cert_reqs=required", url)


def test_results_go_to_the_database_and_never_to_redis() -> None:
    plan = planned("CeleryExecutor")
    backend = next(value for name, value in plan.vault.items() if name.startswith("airflow-result-backend"))
    assert backend.startswith("db+postgresql+psycopg2://")
    assert backend.endswith("@airflow-pgbouncer.airflow:6543/airflow-result-backend")


def test_kedas_connection_has_the_scheme_that_its_driver_knows() -> None:
    plan = planned("CeleryExecutor")
    counted = next(value for name, value in plan.vault.items() if name.startswith("airflow-keda-connection"))
    assert counted.startswith("postgresql://")


def test_broker_key_is_a_secret_output() -> None:
    plan = planned("CeleryExecutor")
    broker = plan.one("airflow-aks:azure:Broker")
    assert plan.component_outputs[broker.urn]["key"] == "[secret]"


def test_pods_wait_for_the_private_endpoint_of_the_broker() -> None:
    plan = planned("CeleryExecutor")
    (secret,) = [item for item in plan.all("azure-native:keyvault:Secret") if item.name.endswith("broker-url-secret")]
    endpoint = plan.one("azure-native:network:PrivateDnsZoneGroup", "broker-private-zone-group")
    assert endpoint.urn in secret.dependencies


def test_keda_is_never_on_without_workload_identity() -> None:
    cluster = planned("CeleryExecutor").one(CLUSTER).inputs
    assert cluster["securityProfile"]["workloadIdentity"]["enabled"] is True


@each
def test_workers_have_an_account_where_there_are_workers(executor: str) -> None:
    plan = planned(executor)
    accounts = {account.outputs["metadata"]["name"] for account in plan.all("kubernetes:core/v1:ServiceAccount")}
    assert ("airflow-worker" in accounts) is ("airflow-worker" in subjects(plan)) is (executor != "LocalExecutor")


@pytest.mark.parametrize(
    ("executor", "callers"),
    [
        ("KubernetesExecutor", {"api-server", "scheduler", "triggerer", "worker"}),
        ("CeleryExecutor", {"triggerer", "worker"}),
        ("CeleryExecutor,KubernetesExecutor", {"api-server", "scheduler", "triggerer", "worker"}),
        ("LocalExecutor", {"scheduler", "triggerer"}),
    ],
)
def test_no_token_is_mounted_where_the_kubernetes_api_is_not_called(executor: str, callers: set[str]) -> None:
    accounts = planned(executor).all("kubernetes:core/v1:ServiceAccount")
    mounted = {
        account.inputs["metadata"]["name"] for account in accounts if account.inputs["automountServiceAccountToken"]
    }
    assert mounted == {f"airflow-{caller}" for caller in callers}


def test_local_executor_has_no_pool_for_tasks_unless_one_is_asked_for() -> None:
    def pools(plan: Plan) -> set[str]:
        return {pool.name for pool in plan.all("azure-native:containerservice:AgentPool")}

    assert pools(planned("LocalExecutor", "dev", **{"cluster.pools": None})) == {"cluster-pool-airflow"}
    assert pools(planned("LocalExecutor", "dev")) == {"cluster-pool-airflow", "cluster-pool-tasks"}
    assert "cluster-pool-tasks" in pools(planned("KubernetesExecutor", "dev", **{"cluster.pools": None}))


@pytest.mark.parametrize(("executor", "said"), [("KubernetesExecutor", True), ("CeleryExecutor", False)])
def test_a_broker_that_nothing_uses_is_a_warning(executor: str, said: bool) -> None:
    warnings = planned(executor, "prod", broker={"sku": "Balanced_B1"}).warnings
    assert any(warning.startswith("airflow-aks:broker: is not used") for warning in warnings) is said


@pytest.mark.parametrize(("line", "knows"), [("2.9", False), ("2.10", False), ("2.11", True), ("3.3", True)])
def test_two_executors_need_a_line_that_runs_them(line: str, knows: bool) -> None:
    assert supports_several_executors(line) is knows
    config = shipped("dev")
    settings, _, _ = check(config.values, set(), PROJECT, "dev")
    assert settings is not None
    pins = settings.pins.model_copy(update={"airflow": dict.fromkeys(("3.3", line), settings.release_line)})
    airflow = AirflowSettings(release=line, executor="CeleryExecutor,KubernetesExecutor")
    context = Context(
        settings=settings.model_copy(update={"pins": pins, "airflow": airflow}),
        config_keys=frozenset(),
        today=datetime.date(2026, 11, 21),
    )
    found = [str(problem) for problem in release_supports_the_executor(context)]
    assert bool(found) is not knows
    assert all(f"Airflow {line} supports only one" in problem and "to 3.3" in problem for problem in found)


def test_selectors_hold_a_plan_for_each_executor_and_scaler() -> None:
    chosen = [plan_of("prod", changes) for name, changes in SELECTORS.items() if "executor" in name or "celery" in name]
    assert {plan.outputs["airflowExecutor"] for plan in chosen} == set(EXECUTORS)
    assert any(values(plan)["workers"]["celery"].get("hpa", {}).get("enabled") for plan in chosen)
