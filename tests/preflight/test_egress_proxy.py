"""The hosts for a firewall's rules behind a proxy: what goes directly, and what goes through it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.airflow.outside_hosts import OutsideHost, merge, outside_hosts
from components.preflight.egress_hosts import main
from components.settings.names import stack_names
from components.stack_file.checker import check
from tests.cases import SELECTORS
from tests.landing_zone_cases import LANDING_ZONE, PROXY
from tests.plans import PROJECT, ROOT, STACK_FILES, changed, shipped
from tests.stack_file.conftest import no_output_is_left_pending as no_output_is_left_pending

from .azure_answers import SUBSCRIPTION


def hosts(changes: dict[str, Any], stack: str = "prod") -> dict[tuple[str, int], OutsideHost]:
    config = changed(shipped(stack), changes)
    settings, errors, _ = check(config.values, set(config.secret_keys), PROJECT, stack)
    assert settings is not None, errors
    found = merge(outside_hosts(settings, stack_names(settings, SUBSCRIPTION)))
    return {(host.host, host.port): host for host in found}


def test_without_a_proxy_everything_goes_directly() -> None:
    assert not [host for host in hosts(LANDING_ZONE).values() if host.proxied]


def test_sign_in_and_images_go_through_the_proxy_which_itself_is_listed() -> None:
    found = hosts({"proxy": PROXY})
    for host in ("login.microsoftonline.com", "mcr.microsoft.com", "packages.microsoft.com", "github.com"):
        assert found[host, 443].proxied
    assert found["proxy.example.com", 3128] == OutsideHost("proxy.example.com", 3128, "the proxy")
    assert not found["proxy.example.com", 3129].proxied


def test_what_is_no_http_goes_directly() -> None:
    changes = {
        "proxy": PROXY,
        **SELECTORS["celery-public"],
        **SELECTORS["dags-git-ssh"],
        "airflow.config": {"smtp": {"smtp_host": "mail.example.com", "smtp_port": 587}},
    }
    found = hosts(changes)
    direct = {port for (_, port), host in found.items() if not host.proxied}
    assert {5432, 10000, 22, 587} <= direct
    assert not {port for (_, port), host in found.items() if host.proxied} - {80, 443}


def test_git_by_https_on_another_port_goes_through_the_proxy() -> None:
    found = hosts({"proxy": PROXY, "dags.git.repository": "https://git.example.com:8443/dags.git"})
    assert found["git.example.com", 8443].proxied


def test_exceptions_of_the_program_and_of_the_stack_file_go_directly() -> None:
    allowed = {"network.egress": "restricted", "network.allowedHosts": ["*.example.org", "api.example.com"]}
    found = hosts({"proxy": PROXY, **allowed})
    assert not found["*.hcp.canadacentral.azmk8s.io", 443].proxied
    assert not found["*.example.org", 443].proxied
    assert found["api.example.com", 443].proxied


@pytest.fixture
def stack_file(tmp_path: Path) -> Path:
    content = yaml.safe_load((STACK_FILES / "prod.yaml").read_text(encoding="utf-8"))
    content["config"] |= {"airflow-aks:proxy": PROXY, "azure-native:subscriptionId": SUBSCRIPTION}
    file = tmp_path / "proxy.yaml"
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    return file


def test_the_list_has_two_parts(stack_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prod", "--project", str(ROOT), "--config", str(stack_file)], environment={}) == 0
    directly, _, proxied = capsys.readouterr().out.partition("# Through the proxy")
    assert "proxy.example.com" in directly
    assert "login.microsoftonline.com" not in directly
    assert "login.microsoftonline.com" in proxied


def test_json_says_of_each_host_how_it_is_reached(stack_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prod", "--json", "--project", str(ROOT), "--config", str(stack_file)], environment={}) == 0
    entries = json.loads(capsys.readouterr().out)
    assert {entry["proxied"] for entry in entries} == {True, False}
    plain = str(STACK_FILES / "prod.yaml")
    assert main(["prod", "--json", "--project", str(ROOT), "--config", plain], environment={}) == 0
    assert not [entry for entry in json.loads(capsys.readouterr().out) if "proxied" in entry]
