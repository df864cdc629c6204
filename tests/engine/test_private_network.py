"""A private network on a living stack: the way to its API server, and what can be closed and opened later."""

from __future__ import annotations

import base64
import json
import socket
from collections.abc import Callable
from typing import Any

import pytest

from dryrun import cloud as simulation
from tests.engine import checks

from .workspace import Workspace

PRIVATE = {"private": True}
STORAGE = "azure-native:storage:StorageAccount"


@pytest.fixture
def private_prod(prod: Workspace) -> Workspace:
    prod.change("network", **PRIVATE)
    return prod


@pytest.fixture
def out_of_reach(monkeypatch: pytest.MonkeyPatch) -> str:
    """Lets the kubeconfig name an API server of this machine that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
    answer = simulation._answer_credentials

    def answer_with_address(cluster: str, user: str) -> dict[str, Any]:
        (found,) = answer(cluster, user)["kubeconfigs"]
        config = json.loads(base64.b64decode(found["value"]))
        config["clusters"][0]["cluster"]["server"] = f"https://{address}"
        return {"kubeconfigs": [{**found, "value": base64.b64encode(json.dumps(config).encode()).decode()}]}

    monkeypatch.setattr(simulation, "_answer_credentials", answer_with_address)
    return address


def test_a_machine_without_a_way_to_the_api_server_is_told_so_and_goes_on_from_another(
    private_prod: Workspace, out_of_reach: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = private_prod.up(check=False)
    assert refused.code != 0
    assert f"the private API server {out_of_reach} is not reachable from this machine" in refused.output
    assert "docs/private-network.md" in refused.output
    assert "Traceback" not in refused.output
    there = {item.type for item in private_prod.cloud.objects.values()}
    assert "azure-native:containerservice:ManagedCluster" in there
    assert not [type_ for type_ in there if type_.startswith("kubernetes:")]

    preview = private_prod.preview(check=False)
    assert preview.code != 0
    assert f"the private API server {out_of_reach} is not reachable" in preview.output

    monkeypatch.undo()
    private_prod.up()
    checks.state_and_cloud_agree(private_prod)
    assert private_prod.up().changes.keys() == {"unchanged"}


def test_a_private_stack_opens_and_closes_what_azure_lets_it(private_prod: Workspace) -> None:
    private_prod.up()
    private_prod.change("network", private=False)
    private_prod.change("cluster", privateApiServer=True)
    opened = checks.applied(private_prod)
    assert private_prod.cloud.find(STORAGE).inputs["publicNetworkAccess"] == "Enabled"
    private_prod.change("network", private=True)
    closed = checks.applied(private_prod)
    assert private_prod.cloud.find(STORAGE).inputs["publicNetworkAccess"] == "Disabled"
    about = ("log-storage-account", "log-storage-private-blob", "network-blob-zone", "airflow-release")
    for touched in (opened, closed):
        assert touched
        assert [name for name in touched if not name.startswith(about)] == []
    checks.data_is_kept(private_prod)
    assert private_prod.up().changes.keys() == {"unchanged"}


def test_a_living_stack_with_a_public_api_server_is_refused_before_anything_changes(
    living: Callable[[str], Workspace],
) -> None:
    stack = living("prod")
    stack.change("network", **PRIVATE)
    refused = stack.up(check=False)
    assert refused.code != 0
    assert "airflow-aks:cluster.privateApiServer: is true because of airflow-aks:network.private" in refused.output
    assert checks.operations(stack, "create", "update", "delete") == []
