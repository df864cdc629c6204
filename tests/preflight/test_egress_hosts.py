"""The hosts for a firewall's rules: those of the policies and those of AKS, and none that is private."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from components.airflow.outside_hosts import OutsideHost, merge, outside_hosts
from components.preflight.egress_hosts import main
from components.settings.names import stack_names
from components.stack_file.checker import check
from dryrun import cloud
from dryrun.plan import Plan
from tests.cases import SELECTORS
from tests.landing_zone_cases import INTERNAL, LANDING_ZONE
from tests.plans import PROJECT, ROOT, STACK_FILES, at, changed, plan_of, shipped

from .azure_answers import SUBSCRIPTION

CILIUM = "kubernetes:cilium.io/v2:CiliumNetworkPolicy"
RESTRICTED = {
    "public": SELECTORS["egress-restricted-public"],
    "private": SELECTORS["egress-restricted"],
    "landing zone": SELECTORS["existing-network-celery"],
    "shares": {**SELECTORS["egress-restricted-public"], "logs.delivery": "azureFiles"},
    "git and mail": {
        **SELECTORS["egress-restricted"],
        **SELECTORS["dags-git-ssh"],
        "airflow.config": {"smtp": {"smtp_host": "mail.example.com", "smtp_port": 587}},
        "network.allowedEgress": [{"host": "warehouse.example.com", "port": 1433, "for": ["workers"]}],
    },
}


def hosts(changes: dict[str, Any], stack: str = "prod", subscription: str = SUBSCRIPTION) -> dict[str, set[int]]:
    config = changed(shipped(stack), changes)
    settings, errors, _ = check(config.values, set(config.secret_keys), PROJECT, stack)
    assert settings is not None, errors
    names = stack_names(settings, subscription)
    found: dict[str, set[int]] = {}
    for host in outside_hosts(settings, names):
        found.setdefault(host.host, set()).add(host.port)
    return found


def named_by_policies(plan: Plan) -> Iterator[tuple[str, int]]:
    """Each host of Cilium's policies with its port."""
    for policy in plan.all(CILIUM):
        for entry in policy.inputs["spec"].get("egress", ()):
            for match in entry.get("toFQDNs", ()):
                for port in at(entry["toPorts"], "port"):
                    yield match.get("matchName") or match["matchPattern"], int(port)


@pytest.mark.parametrize("case", RESTRICTED)
def test_every_host_of_the_policies_is_listed_or_private(case: str) -> None:
    plan = plan_of("prod", RESTRICTED[case])
    vault = plan.one("azure-native:keyvault:Vault")
    account = plan.all("azure-native:storage:StorageAccount")[0]
    listed = hosts(RESTRICTED[case], subscription=cloud.SUBSCRIPTION)
    private = set()
    if vault.inputs["properties"]["publicNetworkAccess"].lower() == "disabled":
        private.add(f"{vault.inputs['vaultName']}.vault.azure.net")
    if account.inputs["publicNetworkAccess"] == "Disabled":
        private.add(f"{account.inputs['accountName']}.blob.core.windows.net")
    named = [(host, port) for host, port in named_by_policies(plan) if host not in private]
    assert named
    assert [(host, port) for host, port in named if port not in listed.get(host, set())] == []


def test_nothing_private_is_outside() -> None:
    found = " ".join(hosts(LANDING_ZONE))
    for domain in ("azurecr.io", "vault.azure.net", "blob.core", "postgres.database", "redis.azure", "azmk8s.io"):
        assert domain not in found


def test_what_is_public_is_listed_with_its_port() -> None:
    found = hosts({"airflow.executor": "CeleryExecutor"}, "dev")
    config = changed(shipped("dev"), {})
    settings, _, _ = check(config.values, set(config.secret_keys), PROJECT, "dev")
    assert settings is not None
    names = stack_names(settings, SUBSCRIPTION)
    location = settings.location
    assert found[f"{names.registry}.azurecr.io"] == {443}
    assert found[f"{names.registry}.{location}.data.azurecr.io"] == {443}
    assert found[f"{names.vault}.vault.azure.net"] == {443}
    assert found[f"{names.storage_account}.blob.core.windows.net"] == {443}
    assert found[f"{names.database_server}.postgres.database.azure.com"] == {5432}
    assert found[f"{names.broker}.{location}.redis.azure.net"] == {10000}
    assert found[f"*.hcp.{location}.azmk8s.io"] == {443}


@pytest.mark.parametrize(
    ("changes", "host", "port"),
    [
        ({"dags.git.repository": "https://git.example.com/team/dags.git"}, "git.example.com", 443),
        (SELECTORS["dags-git-ssh"], "git.example.com", 22),
        ({"airflow.config": {"smtp": {"smtp_host": "mail.example.com", "smtp_port": 587}}}, "mail.example.com", 587),
        ({"access": SELECTORS["access-label"]["access"]}, "acme-v02.api.letsencrypt.org", 443),
        ({"monitoring": {}}, "*.ods.opinsights.azure.com", 443),
        ({"monitoring": {}}, "canadacentral.handler.control.monitor.azure.com", 443),
        ({"network.allowedEgress": [{"cidr": "10.20.0.0/24", "port": 1433}]}, "10.20.0.0/24", 1433),
        (SELECTORS["remote-clusters"], "*.azmk8s.io", 443),
    ],
)
def test_a_setting_brings_its_host(changes: dict[str, Any], host: str, port: int) -> None:
    assert port in hosts(changes)[host]
    assert host not in hosts({"dags": {"delivery": "azureFiles"}, "monitoring": None, "access": None})


def test_volumes_are_mounted_from_public_accounts_only() -> None:
    shares = {"logs.delivery": "azureFiles"}
    assert 445 in set().union(*hosts(shares).values())
    assert 445 not in set().union(*hosts({**shares, "logs.publicAccess": False}).values())


def test_a_self_signed_certificate_needs_nobody() -> None:
    assert not [host for host in hosts({"access": INTERNAL}) if "letsencrypt" in host]


def test_a_stack_without_airflow_reaches_what_nodes_need() -> None:
    sections = {key.removeprefix(f"{PROJECT}:"): None for key in shipped("dev").values if key.startswith(PROJECT)}
    found = hosts({**sections, "airflow": "", "network": {"allowedHosts": ["api.example.com"], "egress": "restricted"}})
    assert found["mcr.microsoft.com"] == {443}
    assert found["api.example.com"] == {443}
    assert not [host for host in found if "postgres" in host or "vault" in host]


def test_a_host_stands_once_with_all_of_its_purposes() -> None:
    found = merge([OutsideHost("a", 443, "one"), OutsideHost("a", 443, "two"), OutsideHost("a", 80, "one")])
    assert found == [OutsideHost("a", 80, "one"), OutsideHost("a", 443, "one, two")]


def run(*options: str, subscription: str | None = SUBSCRIPTION, stack: str = "dev") -> int:
    def answer(command: Sequence[str]) -> str | None:
        return f"{subscription}\n" if subscription and list(command[:3]) == ["az", "account", "show"] else None

    ours = ("--config", str(STACK_FILES / f"{stack}.yaml"), "--project", str(ROOT))
    return main([stack, *ours, *options], run=answer, environment={})


def test_lines_name_host_protocol_port_and_purpose(capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if not line.startswith("#")]
    assert len(lines) > 10
    for line in lines:
        host, protocol, port, *purpose = line.split()
        assert (protocol, port.isdigit(), purpose[0]) == ("tcp", True, "#")
        assert "." in host


def test_json_has_the_same_hosts(capsys: pytest.CaptureFixture[str]) -> None:
    run()
    lines = [line.split() for line in capsys.readouterr().out.splitlines() if not line.startswith("#")]
    run("--json")
    content = json.loads(capsys.readouterr().out)
    assert [(line[0], int(line[2])) for line in lines] == [(entry["host"], entry["port"]) for entry in content]
    assert {entry["protocol"] for entry in content} == {"tcp"}


def test_without_a_subscription_the_names_are_wildcards(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(subscription=None) == 0
    told = capsys.readouterr()
    assert "no subscription is selected" in told.err
    assert "unknown" not in told.out
    assert [line for line in told.out.splitlines() if line.startswith("*.vault.azure.net ")]
    # The images of the registry and the logs of Airflow: one line for both.
    assert len([line for line in told.out.splitlines() if line.startswith("*.blob.core.windows.net ")]) == 1


def test_a_suffix_that_is_not_at_the_end_of_a_name_is_a_wildcard_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "Pulumi.dev.yaml"
    text = (STACK_FILES / "dev.yaml").read_text(encoding="utf-8")
    pattern = '  airflow-aks:naming: {pattern: "{type}-{suffix}-{environment}"}\n'
    file.write_text(text.replace("config:\n", f"config:\n{pattern}", 1), encoding="utf-8")
    assert run("--config", str(file), subscription=None) == 0
    told = capsys.readouterr()
    assert "unknown" not in told.out
    assert [line for line in told.out.splitlines() if line.startswith("*.vault.azure.net ")]


def test_what_the_list_cannot_know_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    run()
    told = capsys.readouterr().out
    assert "# network.egress is open: the hosts that DAGs call are not among these" in told
    assert "# Pods call the API server by its address too" in told


def test_a_wrong_stack_file_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "Pulumi.dev.yaml"
    file.write_text("config:\n  azure-native:location: canadacentral\n  airflow-aks:network: {outbound: nat}\n")
    assert main(["dev", "--config", str(file), "--project", str(ROOT)], environment={}) == 1
    assert "airflow-aks:network.outbound: must be one of" in capsys.readouterr().err


def test_dns_servers_of_the_stacks_own_network_are_listed() -> None:
    assert (
        hosts({"network.dnsServers": ["10.9.0.4", "10.9.0.5"]}).items() >= {"10.9.0.4": {53}, "10.9.0.5": {53}}.items()
    )
    assert 53 not in set.union(*hosts({}).values())


@pytest.mark.parametrize("case", ["private-dns-existing", "private-dns-policy"])
def test_whose_the_zones_are_changes_no_host(case: str) -> None:
    assert hosts(SELECTORS[case]) == hosts(LANDING_ZONE)
