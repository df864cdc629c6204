"""A stack behind a company's proxy: it comes, changes and goes, and what AKS adds to the exceptions is no drift."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.authorities import INSPECTION, ROOT
from tests.engine import checks
from tests.engine.proxy_rules import CLUSTER
from tests.landing_zone_cases import PROXY

from .workspace import Workspace

CONFIG_MAP = "kubernetes:core/v1:ConfigMap"


def write(workspace: Workspace, section: dict[str, Any] | None) -> None:
    """Write another section `proxy`; None takes it away."""
    content = yaml.safe_load(workspace.stack_file.read_text(encoding="utf-8"))
    content["config"].pop("airflow-aks:proxy", None)
    if section is not None:
        content["config"]["airflow-aks:proxy"] = section
    workspace.stack_file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


def cluster(workspace: Workspace) -> dict[str, Any]:
    return workspace.cloud.find(CLUSTER, "cluster-cluster").outputs


@pytest.fixture
def proxied(dev: Workspace) -> Workspace:
    write(dev, PROXY)
    return dev


def test_a_stack_comes_and_goes_behind_a_proxy_and_aks_own_exceptions_are_no_drift(proxied: Workspace) -> None:
    proxied.up()
    assert proxied.up().changes.keys() == {"unchanged"}
    assert "konnectivity" in cluster(proxied)["httpProxyConfig"]["effectiveNoProxy"]
    proxied.preview("--refresh", "--expect-no-changes")
    proxied.cloud.operations.clear()
    proxied.up("--refresh")
    assert checks.operations(proxied, "create", "update", "delete") == []
    checks.state_and_cloud_agree(proxied)
    proxied.unprotect()
    proxied.destroy()
    assert proxied.in_cloud() == []


def test_another_exception_changes_the_cluster_in_place(proxied: Workspace) -> None:
    proxied.up()
    proxied.cloud.operations.clear()
    write(proxied, {**PROXY, "noProxy": [*PROXY["noProxy"], "a.example.net"]})
    proxied.up()
    assert "cluster-cluster" in checks.operations(proxied, "update")
    assert "cluster-cluster" not in checks.operations(proxied, "create", "delete")
    assert "a.example.net" in cluster(proxied)["httpProxyConfig"]["effectiveNoProxy"]
    assert proxied.up().changes.keys() == {"unchanged"}


def test_a_living_stack_moves_behind_a_proxy_and_stays_when_the_section_goes(living_dev: Workspace) -> None:
    write(living_dev, PROXY)
    living_dev.up()
    assert "cluster-cluster" not in checks.operations(living_dev, "create", "delete")
    write(living_dev, None)
    living_dev.up()
    # AKS has no way back in the interface of the provider, so that nothing claims to have taken the proxy away.
    assert cluster(living_dev)["httpProxyConfig"]["httpProxy"] == "http://proxy.example.com:3128/"
    assert not [one for one in living_dev.in_state() if one[0] == CONFIG_MAP]
    assert living_dev.up().changes.keys() == {"unchanged"}
    living_dev.preview("--refresh", "--expect-no-changes")


def test_authorities_without_a_proxy_come_and_change(dev: Workspace) -> None:
    write(dev, {"trustedCa": ROOT})
    dev.up()
    assert dev.up().changes.keys() == {"unchanged"}
    assert len(cluster(dev)["securityProfile"]["customCATrustCertificates"]) == 1
    assert "httpProxyConfig" not in cluster(dev)
    write(dev, {"trustedCa": ROOT + INSPECTION})
    dev.up()
    assert len(cluster(dev)["securityProfile"]["customCATrustCertificates"]) == 2
    dev.preview("--refresh", "--expect-no-changes")


def test_a_platform_teams_own_proxy_is_no_drift(living_dev: Workspace) -> None:
    def set_proxy(inputs: dict[str, Any]) -> None:
        inputs["httpProxyConfig"] = {"httpProxy": "http://other.example.com/", "noProxy": ["localhost"]}

    living_dev.cloud.change_outside(CLUSTER, "cluster-cluster", set_proxy)
    living_dev.cloud.operations.clear()
    living_dev.up("--refresh")
    assert checks.operations(living_dev, "create", "update", "delete") == []
