"""The hosts of a registry that exists: they are listed, because only its owners know whether it is private."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from components.preflight.egress_hosts import main
from tests.landing_zone_cases import EXISTING_REGISTRY, LANDING_ZONE
from tests.plans import ROOT, STACK_FILES

from .test_egress_hosts import hosts

HOSTS = {"crcontososhared.azurecr.io", "*.data.azurecr.io", "*.blob.core.windows.net"}


def of_registries(changes: dict[str, Any]) -> set[str]:
    return {host for host in hosts(changes) if "azurecr.io" in host or host == "*.blob.core.windows.net"}


@pytest.mark.parametrize("changes", [{}, LANDING_ZONE])
def test_the_existing_registry_is_listed_and_no_other(changes: dict[str, Any]) -> None:
    found = hosts({**changes, **EXISTING_REGISTRY})
    assert of_registries({**changes, **EXISTING_REGISTRY}) == HOSTS
    assert all(found[host] == {443} for host in HOSTS)


def test_a_prefix_brings_no_host() -> None:
    assert hosts({"registry.prefix": "airflow"}) == hosts({})


def test_the_list_says_where_the_hosts_are_known(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = yaml.safe_load((STACK_FILES / "prod.yaml").read_text(encoding="utf-8"))
    content["config"]["airflow-aks:registry"] = EXISTING_REGISTRY["registry"]
    file = tmp_path / "Pulumi.prod.yaml"
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    assert main(["prod", "--config", str(file), "--project", str(ROOT)], run=lambda _: None, environment={}) == 0
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "show-endpoints" in line]
    assert line.startswith("# The registry crContosoShared exists")
