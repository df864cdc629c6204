"""The preflight on the proxy of a cluster that exists."""

from __future__ import annotations

from typing import Any

import pytest

from components.preflight.findings import Status
from components.preflight.stack_in_azure import CLUSTER

from .fake_azure import FORBIDDEN, MISSING, FakeAzure
from .situations import deploy, names_of, only_problem, problems, result_of, situation

HTTP = "http://proxy.example.com:3128"
SECTION = {"proxy": {"http": HTTP}}


def living(config: dict[str, Any] | None) -> FakeAzure:
    """An Azure with the stack's cluster, which has a proxy or none."""
    azure = FakeAzure()
    deploy(azure, "dev", (CLUSTER, names_of().cluster))
    azure.answers["cluster"] = {"properties": {} if config is None else {"httpProxyConfig": config}}
    return azure


@pytest.mark.parametrize("changes", [{}, SECTION, {"proxy": {"noProxy": [], **SECTION["proxy"]}}])
def test_a_stack_that_does_not_exist_yet_has_no_problem(changes: dict[str, Any]) -> None:
    azure = FakeAzure()
    assert problems(result_of("proxy", situation(azure, changes=changes))) == []
    assert azure.asked("cluster") == []


@pytest.mark.parametrize(
    ("config", "changes"),
    [
        (None, {}),
        ({"httpProxy": f"{HTTP}/"}, SECTION),
        ({"httpProxy": f"{HTTP}/", "enabled": False}, {}),
        ({"httpProxy": f"{HTTP}/", "enabled": True}, SECTION),
    ],
)
def test_a_cluster_with_the_proxy_of_the_stack_file_has_no_problem(
    config: dict[str, Any] | None, changes: dict[str, Any]
) -> None:
    assert problems(result_of("proxy", situation(living(config), changes=changes))) == []


def test_a_proxy_that_aks_keeps_is_told_with_the_command_that_ends_it() -> None:
    found = only_problem(result_of("proxy", situation(living({"httpProxy": f"{HTTP}/"}))), Status.WARNING)
    assert f"the cluster has the proxy {HTTP}" in found
    assert "az aks update --disable-http-proxy" in found


@pytest.mark.parametrize(
    ("config", "had"),
    [
        (None, "no proxy"),
        ({"httpProxy": f"{HTTP}/", "enabled": False}, "no proxy"),
        ({"httpProxy": "http://old.example.com/"}, "the proxy http://old.example.com"),
    ],
)
def test_another_proxy_is_told_before_it_reimages_the_nodes(config: dict[str, Any] | None, had: str) -> None:
    found = only_problem(result_of("proxy", situation(living(config), changes=SECTION)), Status.WARNING)
    assert f"the cluster has {had}, and the next update sets {HTTP}" in found
    assert "reimages every node" in found


@pytest.mark.parametrize("answer", [FORBIDDEN, MISSING])
def test_a_cluster_that_does_not_answer_is_unknown(answer: Any) -> None:
    azure = living(None)
    azure.refuse["cluster"] = answer
    assert result_of("proxy", situation(azure, changes=SECTION)).status is Status.UNKNOWN
