"""Nodes without a way to the Internet: which hosts are left for pods, and what preflight asks about them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from components.preflight.egress_hosts import main
from components.preflight.findings import Status
from tests.landing_zone_cases import ISOLATED, SUBNETS
from tests.plans import ROOT, changed, shipped
from tests.program.test_isolated_network import ISOLATED_PODS

from .azure_answers import CONTRIBUTOR
from .fake_azure import FakeAzure
from .situations import only_problem, problems, result_of, situation
from .test_egress_hosts import hosts
from .test_existing_subnets import NETWORK, TABLE, subnet
from .test_existing_subnets import spoke as spoke

SIGN_IN = "login.microsoftonline.com"
IMAGE: dict[str, Any] = {**ISOLATED, "dags": {"delivery": "azureFiles"}}
# Where nodes and pods of other stacks fetch what they start from.
OF_NODES = ("mcr", "packages", "acs-mirror", "management.azure.com", "azmk8s.io", "azurecr.io", "blob.core")


@pytest.mark.parametrize("secrets", ["externalSecrets", "csi"])
@pytest.mark.parametrize("logs", ["blob", "blobfuse", "azureFiles"])
def test_only_sign_in_is_left(secrets: str, logs: str) -> None:
    found = hosts({**IMAGE, "secrets.delivery": secrets, "logs.delivery": logs, "airflow.executor": "CeleryExecutor"})
    assert found == {SIGN_IN: {443}}


@pytest.mark.parametrize(
    ("changes", "host", "port"),
    [
        ({"dags": ISOLATED["dags"]}, "git.example.com", 443),
        ({"monitoring": {}}, "*.ods.opinsights.azure.com", 443),
        ({"airflow.config": {"smtp": {"smtp_host": "mail.example.com", "smtp_port": 587}}}, "mail.example.com", 587),
        ({"network.allowedEgress": [{"host": "db.example.com", "port": 1433}]}, "db.example.com", 1433),
    ],
)
def test_a_setting_brings_its_host_and_none_of_the_nodes(changes: dict[str, Any], host: str, port: int) -> None:
    found = hosts({**IMAGE, **changes})
    assert port in found[host]
    assert [name for name in found for part in OF_NODES if part in name] == []


def test_nodes_with_a_route_need_their_hosts() -> None:
    found = hosts({**IMAGE, "network.outbound": "userDefinedRouting"})
    assert {"mcr.microsoft.com", "packages.microsoft.com", "management.azure.com", SIGN_IN} <= set(found)


def test_a_stack_without_airflow_needs_no_host() -> None:
    assert hosts(ISOLATED_PODS, "dev") == {}


@pytest.mark.parametrize(("stack", "changes"), [("prod", ISOLATED), ("dev", ISOLATED_PODS)])
def test_the_list_says_what_the_hosts_are_for(
    stack: str, changes: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / f"Pulumi.{stack}.yaml"
    file.write_text(yaml.safe_dump({"config": dict(changed(shipped(stack), changes).values)}), encoding="utf-8")
    ours = ("--config", str(file), "--project", str(ROOT))
    assert main([stack, *ours], run=lambda _: "00000000-0000-0000-0000-000000000001\n", environment={}) == 0
    told = capsys.readouterr().out
    assert "# network.outbound is none: nodes start from the registry and reach none of these hosts." in told
    assert "by a proxy or a route of your network" in told
    assert [line for line in told.splitlines() if "of pods" in line] == (
        [f"{SIGN_IN} tcp   443  # sign-in of pods, airflow-to-azure"] if stack == "prod" else []
    )


def test_a_subnet_without_any_way_is_a_warning(spoke: FakeAzure) -> None:
    spoke.by_path[SUBNETS["nodeSubnetId"]] = subnet("10.200.0.0/24")
    text = only_problem(result_of("existing subnets", situation(spoke, "prod", ISOLATED)), Status.WARNING)
    assert "no route table and no NAT gateway: `pulumi up` waits for pods that cannot sign in" in text
    assert SIGN_IN in text
    assert "make egress" in text


@pytest.mark.parametrize("way", [{"routeTable": {"id": TABLE}}, {"natGateway": {"id": f"{NETWORK}/nat"}}])
def test_a_subnet_with_a_way_of_others_passes(spoke: FakeAzure, way: dict[str, Any]) -> None:
    spoke.by_path[SUBNETS["nodeSubnetId"]] = subnet("10.200.0.0/24", **way)
    assert result_of("existing subnets", situation(spoke, "prod", ISOLATED)).status is Status.OK


def test_a_subnet_without_any_way_passes_with_a_proxy(spoke: FakeAzure) -> None:
    spoke.by_path[SUBNETS["nodeSubnetId"]] = subnet("10.200.0.0/24")
    changes = {**ISOLATED, "proxy": {"http": "http://10.200.1.4:3128"}}
    assert result_of("existing subnets", situation(spoke, "prod", changes)).status is Status.OK


def test_policies_and_rights_know_the_cluster_and_the_cache(spoke: FakeAzure) -> None:
    assert result_of("policies", situation(spoke, "prod", ISOLATED)).status is Status.OK
    asked = " ".join(str(request.body) for request in spoke.asked("policies"))
    assert '"outboundType": "none"' in asked
    spoke.answers["permissions"] = [CONTRIBUTOR]
    assert result_of("rights", situation(spoke, "prod", ISOLATED)).status is Status.OK
    spoke.answers["permissions"] = [{"actions": ["*"], "notActions": ["*/cacheRules/write"]}]
    refused = "\n".join(problems(result_of("rights", situation(spoke, "prod", ISOLATED))))
    assert "Microsoft.ContainerRegistry/registries/cacheRules/write is not allowed" in refused
    changes = {**ISOLATED, "network.outbound": "userDefinedRouting"}
    assert result_of("rights", situation(spoke, "prod", changes)).status is Status.OK
