"""The list of hosts for the whole landing zone, line by line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from components.preflight.egress_hosts import main
from tests.landing_zone_cases import EXAMPLE_FILE
from tests.plans import ROOT


def listed(file: Path, capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    """What the command prints where nobody is signed in: the lines, and the warnings."""
    arguments = ["landing-zone", "--config", str(file), "--project", str(ROOT)]
    assert main(arguments, run=lambda _: None, environment={}) == 0
    shown = capsys.readouterr()
    return shown.out, shown.err


@pytest.fixture
def content() -> dict[str, Any]:
    """The shipped example, to change."""
    found: dict[str, Any] = yaml.safe_load(EXAMPLE_FILE.read_text(encoding="utf-8"))
    return found


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "landing-zone.yaml"


def test_only_what_the_firewall_must_let_pass_goes_directly(capsys: pytest.CaptureFixture[str]) -> None:
    directly, found, _ = listed(EXAMPLE_FILE, capsys)[0].partition("# Through the proxy")
    assert found
    hosts = {line.split()[0] for line in directly.splitlines() if not line.startswith("#")}
    assert hosts == {
        "proxy.example.com",
        "git.example.com",
        "kv-contoso-shared.vault.azure.net",
        "crcontososhared.azurecr.io",
        "*.data.azurecr.io",
    }


def test_names_that_are_known_without_a_subscription_need_no_warning(capsys: pytest.CaptureFixture[str]) -> None:
    assert listed(EXAMPLE_FILE, capsys)[1] == ""


def test_a_name_that_depends_on_the_subscription_is_warned_of(
    content: dict[str, Any], file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A storage account with a public address, named by the hash of the subscription."""
    sections, network = content["config"], content["config"]["airflow-aks:network"]
    sections["airflow-aks:naming"] = {}
    sections["airflow-aks:cluster"]["privateApiServer"] = True
    del network["private"], network["existing"]["privateEndpointSubnetId"], network["privateDns"]["zones"]["blob"]
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    lines, warnings = listed(file, capsys)
    assert "no subscription is selected" in warnings
    assert "the names of the stack's services are * below" in warnings
    assert any(line.startswith("*.blob.core.windows.net") for line in lines.splitlines())


@pytest.mark.parametrize("words", ["The registry crcontososhared exists", "The Key Vault kv-contoso-shared exists"])
def test_what_exists_needs_no_rule_with_a_private_endpoint(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    (line,) = [line for line in listed(EXAMPLE_FILE, capsys)[0].splitlines() if words in line]
    assert "With a private endpoint for these nodes" in line


def test_data_endpoints_in_other_regions_are_left_to_the_stack_file(capsys: pytest.CaptureFixture[str]) -> None:
    (line,) = [line for line in listed(EXAMPLE_FILE, capsys)[0].splitlines() if "data endpoints, that" in line]
    assert line.endswith("that in canadacentral goes around the proxy: name another one in proxy.noProxy")
