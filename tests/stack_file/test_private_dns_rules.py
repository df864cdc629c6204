"""Private DNS zones of others: those that the settings need, their names, and DNS servers of an own network."""

from __future__ import annotations

from typing import Any

import pytest

from components.stack_file.checker import check
from components.stack_file.problems import Problem
from tests.landing_zone_cases import EXISTING_REGISTRY, LANDING_ZONE, OF_LANDING_ZONE, VAULT, ZONES, zones
from tests.plans import PROJECT, changed, shipped

ZONE_PATH = "network.privateDns.zones"


def with_zones(mode: str = "existing", *, without: str = "", **given: str) -> dict[str, Any]:
    """The landing zone with zones of others, with other ones or without one."""
    found = {key: value for key, value in {**OF_LANDING_ZONE, **given}.items() if key != without}
    return {**LANDING_ZONE, "network.privateDns": {"mode": mode, "zones": found}}


def policy(**given: str) -> dict[str, Any]:
    return {**LANDING_ZONE, "network.privateDns": {"mode": "policy", "zones": {**zones("database"), **given}}}


def found_in(changes: dict[str, Any]) -> tuple[list[Problem], list[Problem]]:
    config = changed(shipped("prod"), changes)
    _, errors, warnings = check(config.values, set(config.secret_keys), PROJECT, "prod")
    return errors, [warning for warning in warnings if "network." in warning.path]


REGISTRY, CLUSTER, DATABASE = ZONES["registry"], ZONES["cluster"], ZONES["database"]
# Nothing of the stack has a private endpoint.
PUBLIC: dict[str, Any] = {
    "registry.publicAccess": True,
    "keyVault.publicAccess": True,
    "logs.publicAccess": True,
    "database.access": "public",
}
# What is changed in prod; the path that the answer names, behind `airflow-aks:`; words of the answer.
WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"network.privateDns": {"mode": "hub"}}, "network.privateDns.mode", "must be one of own, existing, policy"),
    (with_zones(vault=ZONES["keyVault"]), f"{ZONE_PATH}.vault", "unknown key; did you mean"),
    (with_zones(registry="privatelink.azurecr.io"), f"{ZONE_PATH}.registry", "must be the id of a private DNS zone"),
    (
        with_zones(registry=REGISTRY.replace("privateDnsZones", "dnsZones")),
        f"{ZONE_PATH}.registry",
        "must be the id of a private DNS zone",
    ),
    (
        with_zones(keyVault=f"{ZONES['keyVault']}/virtualNetworkLinks/hub"),
        f"{ZONE_PATH}.keyVault",
        "must be the id of a private DNS zone",
    ),
    (
        with_zones(blob=ZONES["blob"].replace("/subscriptions/", "/subscriptions/my-")),
        f"{ZONE_PATH}.blob",
        "must be the id of a private DNS zone",
    ),
    (
        with_zones(registry=ZONES["keyVault"]),
        f"{ZONE_PATH}.registry",
        "is the zone privatelink.vaultcore.azure.net, and must be privatelink.azurecr.io",
    ),
    (
        with_zones(blob=ZONES["file"]),
        f"{ZONE_PATH}.blob",
        "is the zone privatelink.file.core.windows.net, and must be privatelink.blob.core.windows.net",
    ),
    (
        with_zones(database=DATABASE.replace("contoso.postgres", "contoso.mysql")),
        f"{ZONE_PATH}.database",
        "is the zone contoso.mysql.database.azure.com, and must be <name>.postgres.database.azure.com",
    ),
    (
        with_zones(database=DATABASE.replace("contoso.", "")),
        f"{ZONE_PATH}.database",
        "is the zone postgres.database.azure.com, and must be <name>.postgres.database.azure.com",
    ),
    (
        with_zones(database=DATABASE.replace("contoso", "psql-airflow-prod-a1b2c3")),
        f"{ZONE_PATH}.database",
        "which is the host of the server psql-airflow-prod-<suffix> too: name another zone",
    ),
    (
        {**with_zones(), "naming.names": {"databaseZone": "contoso.private.postgres.database.azure.com"}},
        "naming.names.databaseZone",
        "names the zone that the program creates, and airflow-aks:network.privateDns.zones.database is a zone that",
    ),
    (
        with_zones(cluster=CLUSTER.replace("canadacentral", "eastus2")),
        f"{ZONE_PATH}.cluster",
        "is the zone privatelink.eastus2.azmk8s.io, and must be privatelink.canadacentral.azmk8s.io or "
        "<name>.privatelink.canadacentral.azmk8s.io, the name up to 32 characters",
    ),
    (with_zones(cluster=CLUSTER.replace("/privatelink.", "/a.b.privatelink.")), f"{ZONE_PATH}.cluster", "and must be"),
    (
        with_zones(cluster=CLUSTER.replace("/privatelink.", f"/{'a' * 33}.privatelink.")),
        f"{ZONE_PATH}.cluster",
        "the name up to 32 characters",
    ),
    (
        with_zones(without="registry"),
        f"{ZONE_PATH}.registry",
        "is required: airflow-aks:network.private: true needs the id of a zone privatelink.azurecr.io",
    ),
    (
        {**with_zones(without="cluster"), "network.private": False, "cluster.privateApiServer": True}
        | {"logs.publicAccess": False},
        f"{ZONE_PATH}.cluster",
        "is required: airflow-aks:cluster.privateApiServer: true needs the id of a zone privatelink.canadacentral.",
    ),
    (
        {**with_zones(), "airflow.executor": "CeleryExecutor"},
        f"{ZONE_PATH}.broker",
        "is required: airflow-aks:network.private: true and an executor with Celery needs the id of a zone",
    ),
    (
        {**with_zones(), "dags": {"delivery": "azureFiles"}},
        f"{ZONE_PATH}.file",
        "is required: airflow-aks:network.private: true and a file share needs the id of a zone privatelink.file.core",
    ),
    (
        with_zones(broker=ZONES["broker"]),
        f"{ZONE_PATH}.broker",
        "no setting needs it: remove it, or set airflow-aks:database.access: private and an executor with Celery",
    ),
    (
        with_zones(file=ZONES["file"]),
        f"{ZONE_PATH}.file",
        "no setting needs it: remove it, or set airflow-aks:logs.publicAccess: false and a file share",
    ),
    (
        {"network.privateDns": {"zones": zones("registry")}},
        f"{ZONE_PATH}.registry",
        "is a zone of others, and airflow-aks:network.privateDns.mode is own: set it to existing, or remove the zone",
    ),
    (
        {**PUBLIC, "network.privateDns": {"mode": "existing"}},
        "network.privateDns.mode",
        "is existing, and every service has a public address, so that no zone is needed: remove it, or set "
        "airflow-aks:network.private: true",
    ),
    ({**PUBLIC, "network.privateDns": {"mode": "policy"}}, "network.privateDns.mode", "is policy, and every service"),
    (
        {**LANDING_ZONE, "network.privateDns": {"mode": "policy"}},
        f"{ZONE_PATH}.database",
        "is required: airflow-aks:network.private: true needs the id of a zone <name>.postgres.database.azure.com, "
        "because the server is created with it, and has no private endpoint for Azure Policy",
    ),
    (
        policy(registry=REGISTRY),
        f"{ZONE_PATH}.registry",
        "airflow-aks:network.privateDns.mode is policy, and Azure Policy chooses the zone: remove it",
    ),
    (
        policy(broker=ZONES["broker"]),
        f"{ZONE_PATH}.broker",
        "no setting needs it: remove it, or set airflow-aks:database.access: private and an executor with Celery",
    ),
    (
        {**with_zones(), **EXISTING_REGISTRY},
        f"{ZONE_PATH}.registry",
        "airflow-aks:registry.existingId is set, so that no setting needs it: remove it",
    ),
    (
        {**with_zones(), "keyVault": {"existingId": VAULT}},
        f"{ZONE_PATH}.keyVault",
        "airflow-aks:keyVault.existingId is set, so that no setting needs it: remove it",
    ),
    (
        {**PUBLIC, "cluster.privateApiServer": True, "network.privateDns": {"mode": "policy"}},
        "network.privateDns.mode",
        "is policy, and nothing of the stack has a private endpoint but the API server, whose zone AKS makes",
    ),
    (
        {"network.privateDns": {"grantAccess": False}},
        "network.privateDns.grantAccess",
        "is about the role on airflow-aks:network.privateDns.zones.cluster, which is not set: remove it",
    ),
    (
        {"network.privateDns": {"mode": "policy", "zones": zones("database"), "grantAccess": True}},
        "network.privateDns.grantAccess",
        "which is not set: remove it",
    ),
    (
        {**LANDING_ZONE, "network.dnsServers": ["10.9.0.4"]},
        "network.dnsServers",
        "is for a network of the stack's own, and airflow-aks:network.existing is set, whose owner sets its DNS",
    ),
    ({"network.dnsServers": ["dns.example.com"]}, "network.dnsServers[0]", "must be an IPv4 address, for example"),
    ({"network.dnsServers": ["fd00::4"]}, "network.dnsServers[0]", "must be an IPv4 address"),
    ({"network.dnsServers": ["10.9.0.0/24"]}, "network.dnsServers[0]", "must be an IPv4 address"),
    ({"network.dnsServers": ["127.0.0.1"]}, "network.dnsServers[0]", "127.0.0.1 is no address that nodes reach"),
    ({"network.dnsServers": ["10.9.0.4", "10.9.0.4"]}, "network.dnsServers", "10.9.0.4 is listed twice"),
    (
        {"network.dnsServers": ["10.9.0.4", "10.0.0.10"]},
        "network.dnsServers[1]",
        "10.0.0.10 is in 10.0.0.0/16, the cluster's own range of services",
    ),
    ({"network.dnsServers": ["10.244.1.4"]}, "network.dnsServers[0]", "the cluster's own range of pods"),
    ({"network.dnsServers": [f"10.9.0.{n}" for n in range(21)]}, "network.dnsServers", "must have at most 20 entries"),
]


@pytest.mark.parametrize(("changes", "path", "words"), WRONG)
def test_a_wrong_zone_is_refused_by_its_path(changes: dict[str, Any], path: str, words: str) -> None:
    (found,), _ = found_in(changes)
    assert found.path == f"{PROJECT}:{path}"
    assert words in found.message


def test_all_problems_are_told_at_once() -> None:
    changes = {**with_zones(without="registry", blob=ZONES["file"], broker=ZONES["broker"])}
    changes["network.dnsServers"] = ["10.0.0.10"]
    errors, _ = found_in(changes)
    assert {problem.path.removeprefix(f"{PROJECT}:network.") for problem in errors} == {
        "dnsServers",
        "privateDns.zones.blob",
        "privateDns.zones.broker",
        "privateDns.zones.registry",
    }
