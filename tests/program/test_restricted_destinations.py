"""With `network.egress: restricted`, pods reach the database, the broker and the hosts of other settings."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cases import SELECTORS
from tests.cilium import HostTraffic
from tests.cluster.traffic import Endpoint
from tests.plans import at, plan_of, planned
from tests.program.restricted_traffic import RESTRICTED, addresses, hosts, pod


@pytest.mark.parametrize("port", [5432, 6432])
def test_a_public_database_is_reached_by_its_name(port: int) -> None:
    plan = planned("egress-restricted-public")
    server = plan.one("azure-native:dbforpostgresql:Server").inputs["serverName"]
    host = f"{server}.postgres.database.azure.com"
    assert HostTraffic(plan, "airflow").reaches(pod("scheduler"), host, port)
    assert HostTraffic(plan, "airflow").reaches(pod("migration"), host, port) is (port == 5432)
    assert not HostTraffic(plan, "airflow").reaches(pod("statsd"), host, port)
    assert host == plan.outputs["databaseHost"]


def test_a_public_broker_is_reached_by_its_name() -> None:
    plan = planned("egress-restricted-public")
    broker = plan.one("azure-native:redisenterprise:RedisEnterprise").outputs["hostName"]
    for component in ("scheduler", "worker"):
        assert HostTraffic(plan, "airflow").reaches(pod(component), broker, 10000)
    assert not HostTraffic(plan, "airflow").reaches(pod("api-server"), broker, 10000)


def test_a_private_database_and_broker_are_reached_in_their_subnets() -> None:
    plan = plan_of("prod", {**RESTRICTED, "airflow.executor": "CeleryExecutor"})
    traffic = addresses(plan)
    assert traffic.allows(Endpoint("airflow", pod("worker")), Endpoint(address="10.60.33.4"), 10000)
    assert "airflow-to-broker" not in HostTraffic(plan, "airflow").specs


@pytest.mark.parametrize(
    ("changes", "component", "host", "port"),
    [
        (
            {"airflow.config": {"smtp": {"smtp_host": "smtp.example.net", "smtp_port": 587}}},
            "worker",
            "smtp.example.net",
            587,
        ),
        (
            {"airflow.environment": {"HTTPS_PROXY": "http://proxy.corp.example.net:3128"}},
            "worker",
            "proxy.corp.example.net",
            3128,
        ),
        ({"airflow.environment": {"VAULT_ADDR": "https://vault.example.net"}}, "scheduler", "vault.example.net", 443),
        (
            {"network.allowedEgress": [{"host": "db.example.net", "port": 1433, "for": ["workers"]}]},
            "worker",
            "db.example.net",
            1433,
        ),
        (
            {"network.allowedEgress": [{"host": "LDAP.example.net.", "port": 636}]},
            "api-server",
            "ldap.example.net",
            636,
        ),
    ],
)
def test_hosts_of_other_settings_are_reached_by_their_names(
    changes: dict[str, Any], component: str, host: str, port: int
) -> None:
    assert hosts(changes).reaches(pod(component), host, port)
    assert not hosts().resolves(pod(component), host)


def test_an_entry_for_one_component_opens_nothing_for_another() -> None:
    entry = {"network.allowedEgress": [{"host": "db.example.net", "port": 1433, "for": ["dagProcessor"]}]}
    assert hosts(entry).reaches(pod("dag-processor"), "db.example.net", 1433)
    assert not hosts(entry).reaches(pod("worker"), "db.example.net", 1433)


def test_a_range_stays_a_network_policy() -> None:
    plan = plan_of("prod", {**RESTRICTED, "network.allowedEgress": [{"cidr": "10.20.0.0/24", "port": 1433}]})
    assert addresses(plan).allows(Endpoint("airflow", pod("worker")), Endpoint(address="10.20.0.9"), 1433)
    assert not addresses(plan).allows(Endpoint("airflow", pod("worker")), Endpoint(address="10.20.1.9"), 1433)


def test_a_service_of_the_cluster_stays_open_by_its_namespace() -> None:
    plan = plan_of("prod", {**RESTRICTED, "network.allowedEgress": [{"host": "minio.kube-public.svc", "port": 9000}]})
    assert addresses(plan).allows(Endpoint("airflow", pod("worker")), Endpoint("kube-public"), 9000)
    assert not [match for match in at(HostTraffic(plan, "airflow").specs, "matchName") if "minio" in match]


@pytest.mark.parametrize("component", ["worker", "triggerer"])
def test_tasks_reach_the_api_servers_of_remote_clusters_and_others_do_not(component: str) -> None:
    plan = plan_of("prod", {**RESTRICTED, **SELECTORS["remote-clusters"]})
    traffic = HostTraffic(plan, "airflow")
    named = {match["matchName"] for rule in at(traffic.specs["tasks-to-clusters"], "toFQDNs") for match in rule}
    assert named
    for host in named:
        assert traffic.reaches(pod(component), host, 443)
        assert not traffic.reaches(pod("api-server"), host, 443)
