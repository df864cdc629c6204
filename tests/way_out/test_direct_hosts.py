"""What goes around the proxy: the program's list, and how real clients read it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import urllib.request
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
import pytest
import requests

from components.airflow.direct_hosts import direct_for_nodes, direct_for_pods, goes_directly
from components.kubernetes.way_out import PROXY_VARIABLES, proxy_variables
from components.settings.names import physical_names
from components.stack_file.checker import check
from tests.cases import SELECTORS
from tests.landing_zone_cases import EXISTING_REGISTRY, ISOLATED, LANDING_ZONE, VAULT
from tests.plans import PROJECT, changed, shipped
from tests.pod_cluster_cases import POD_CLUSTER

PROXY: Final = "http://proxy.example.com:3128"
GO: Final = Path(__file__).parent / "call" / "main.go"
# What Airflow's containers call inside the cluster, by the names and addresses that they use.
INSIDE: Final = (
    "http://airflow-api-server:8080/execution/",
    "http://airflow-api-server.airflow.svc.cluster.local:8080/execution/",
    "https://10.0.0.1:443/api",
    "https://kubernetes.default.svc/api",
    "http://localhost:8974/health",
    "http://169.254.169.254/metadata",
    "https://abc.hcp.canadacentral.azmk8s.io:443/api",
    "https://git.example.org/dags.git",
)
# The UI reads logs of running tasks from the address of their pod. Airflow does it with requests, which knows ranges.
POD: Final = "http://10.244.3.17:8793/log/x"
# The settings of single services that `network.private` stands for.
CLOSED: Final[dict[str, Any]] = {
    "network.private": None,
    "cluster.privateApiServer": True,
    "database.access": "private",
    "logs.publicAccess": False,
}
OUTSIDE: Final = ("https://login.microsoftonline.com/x", "https://api.example.com/", "http://example.org.evil.com/")


def lists(changes: dict[str, Any], stack: str = "prod", **section: Any) -> tuple[list[str], list[str]]:
    config = changed(shipped(stack), {**changes, "proxy": {"http": PROXY, **section}})
    settings, errors, _ = check(config.values, set(config.secret_keys), PROJECT, stack)
    assert settings is not None, errors
    names = physical_names(settings, "a1b2c3")
    return direct_for_nodes(settings, names), direct_for_pods(settings, names)


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    for name in [name for name in os.environ if name.upper().endswith("_PROXY")]:
        monkeypatch.delenv(name)
    config = changed(shipped("prod"), {"proxy": {"http": PROXY, "noProxy": [".example.org"]}})
    settings, _, _ = check(config.values, set(config.secret_keys), PROJECT, "prod")
    assert settings is not None
    variables = proxy_variables(settings.proxy, direct_for_pods(settings, physical_names(settings, "a1b2c3")))
    assert set(variables) == set(PROXY_VARIABLES)
    for name, text in variables.items():
        monkeypatch.setenv(name, text)
    return variables


def goes_by_httpx(address: str) -> bool:
    with httpx.Client() as client:
        transport = client._transport_for_url(httpx.URL(address))
        return transport is not client._transport


@pytest.mark.parametrize(("addresses", "proxied"), [((*INSIDE,), False), (OUTSIDE, True)])
def test_clients_in_python_agree_on_what_goes_through_the_proxy(
    addresses: tuple[str, ...], proxied: bool, environment: dict[str, str]
) -> None:
    for address in addresses:
        place = urlsplit(address)
        assert bool(requests.utils.get_environ_proxies(address)) is proxied, address
        assert goes_by_httpx(address) is proxied, address
        assert bool(urllib.request.proxy_bypass(place.netloc)) is not proxied, address


def test_the_ui_reads_logs_from_pods_without_the_proxy(environment: dict[str, str]) -> None:
    assert requests.utils.get_environ_proxies(POD) == {}


def test_go_agrees(environment: dict[str, str]) -> None:
    if shutil.which("go") is None:
        pytest.skip("go is not on this machine")
    command = ["go", "run", str(GO), *INSIDE, POD, *OUTSIDE]
    lines = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300).stdout.splitlines()
    assert [line.split(" ")[0] for line in lines if line.split(" ")[1] == "<nil>"] == [*INSIDE, POD]
    assert [line.split(" ")[1] for line in lines[-len(OUTSIDE) :]] == [PROXY] * len(OUTSIDE)


def test_the_programs_entries_come_first_and_the_stack_files_after_them_each_once() -> None:
    nodes, pods = lists({}, noProxy=["z.example.com", ".example.org", "localhost", "10.0.0.0/16"])
    for found, domain in ((nodes, "example.org"), (pods, ".example.org")):
        assert found[:4] == ["localhost", "127.0.0.1", "169.254.169.254", "168.63.129.16"]
        assert found[-2:] == [domain, "z.example.com"]
        assert len(found) == len(set(found))


def test_nodes_get_the_names_of_hosts_alone_as_aks_demands() -> None:
    nodes, _ = lists(LANDING_ZONE, noProxy=[".example.org", "example.org", "10.70.0.0/16"])
    names = [entry for entry in nodes if not entry.partition("/")[0].replace(".", "").isdigit()]
    label = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
    assert [name for name in names if not re.fullmatch(rf"{label}(\.{label})*", name)] == []
    assert nodes.count("example.org") == 1


def test_the_order_of_the_stack_file_changes_nothing() -> None:
    entries = [".example.org", "192.0.2.0/24", "a.example.com"]
    assert lists({}, noProxy=entries) == lists({}, noProxy=entries[::-1])


def test_private_services_go_around_the_proxy_and_public_ones_do_not() -> None:
    _, private = lists(LANDING_ZONE)
    ends = (".azurecr.io", ".vault.azure.net", ".blob.core.windows.net", ".privatelink.canadacentral.azmk8s.io")
    assert all(any(entry.endswith(end) for entry in private) for end in ends)
    _, public = lists({"registry": None}, "dev")
    assert not [entry for entry in public if entry.endswith(ends)]
    assert ".hcp.canadacentral.azmk8s.io" in public


@pytest.mark.parametrize("zone", [LANDING_ZONE, {**ISOLATED, **CLOSED}], ids=["private", "isolated"])
def test_an_existing_registry_and_vault_of_a_closed_stack_go_around_the_proxy(zone: dict[str, Any]) -> None:
    nodes, pods = lists({**zone, **EXISTING_REGISTRY, "keyVault": {"existingId": VAULT}})
    assert {"crcontososhared.azurecr.io", "kv-platform.vault.azure.net"} <= set(nodes) & set(pods)
    # The registry may be in another region than the stack, and have replicas in several.
    assert goes_directly("crcontososhared.westeurope.data.azurecr.io", pods)
    assert goes_directly("crcontososhared.westeurope.data.azurecr.io", nodes)


def test_pods_reach_database_and_broker_directly_and_nodes_need_not_know() -> None:
    nodes, pods = lists(SELECTORS["celery-executor"])
    ends = (".postgres.database.azure.com", ".redis.azure.net")
    assert len([entry for entry in pods if entry.endswith(ends)]) == 2
    assert not [entry for entry in nodes if entry.endswith(ends)]
    # A move of the database to another server must not reimage every node.
    restored = {**SELECTORS["celery-executor"], **SELECTORS["database-restored"]}
    assert lists(restored)[0] == nodes


def test_shares_with_a_private_endpoint_go_around_the_proxy() -> None:
    _, pods = lists({**LANDING_ZONE, "logs.delivery": "azureFiles"})
    assert [entry for entry in pods if entry.endswith(".file.core.windows.net")]


def test_a_cluster_without_airflow_knows_no_service_of_airflow() -> None:
    nodes, pods = lists(POD_CLUSTER, "dev")
    assert nodes == [entry.removeprefix(".") for entry in pods]
    assert not [entry for entry in pods if "airflow-" in entry]


def test_without_a_proxy_there_are_no_variables() -> None:
    assert proxy_variables(None, ["localhost"]) == {}


def test_the_gateways_own_host_goes_around_the_proxy() -> None:
    _, pods = lists({"access": {"host": "airflow.example.com"}})
    assert "airflow.example.com" in pods
