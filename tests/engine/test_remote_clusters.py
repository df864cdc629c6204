"""Remote clusters on a living stack: added, changed, removed, made again, and gone."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from tests.engine import checks
from tests.remote_cluster_cases import IMAGE, cluster_id, entry

from .workspace import Workspace

ROLE = "remote-clusters-gpu-afc792-jobs-role"
RIGHTS = [ROLE, f"{ROLE}-binding"]


@pytest.fixture
def stack(living_dev: Workspace) -> Workspace:
    """One with the image that remote clusters need, beside a cluster of somebody else."""
    living_dev.others.make("gpu")
    living_dev.others.make("arm")
    living_dev.change("airflow", image=IMAGE)
    living_dev.up()
    living_dev.cloud.operations.clear()
    return living_dev


def connect(stack: Workspace, *entries: dict[str, Any]) -> None:
    """Write the entries into the stack file."""
    content = yaml.safe_load(stack.stack_file.read_text(encoding="utf-8"))
    content["config"]["airflow-aks:remoteClusters"] = list(entries)
    stack.stack_file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


def server(stack: Workspace, connection: str = "gpu") -> str:
    """The address in the newest connection that the vault holds."""
    name = f"airflow-secrets-remote-cluster-{connection}-secret"
    text = stack.cloud.find("azure-native:keyvault:Secret", name).inputs["properties"]["value"]
    return str(json.loads(text)["extra"]["kube_config"]["clusters"][0]["cluster"]["server"])


GPU = entry("gpu", grantAccess=True)


def test_added_cluster_gets_its_connection_and_its_rights_and_nothing_else_changes(stack: Workspace) -> None:
    connect(stack, GPU)
    touched = checks.applied(stack)
    allowed = ("remote-clusters-", "airflow-secrets-remote-", "airflow-release", "images-xcom-sidecar", "secret-sync-")
    assert [name for name in touched if not name.startswith(allowed)] == []
    assert stack.others.kinds("gpu") == ["Role", "RoleBinding"]
    assert server(stack) == "https://gpu-1.dry-run.invalid:443"
    assert stack.up().changes.keys() == {"unchanged"}
    checks.no_secret_in_state(stack)


def test_first_preview_of_an_entry_knows_the_target(stack: Workspace) -> None:
    connect(stack, GPU)
    assert ROLE in stack.preview().output


def test_changed_entry_moves_the_rights(stack: Workspace) -> None:
    connect(stack, GPU)
    stack.up()
    connect(stack, entry("gpu", clusterId=cluster_id("arm"), grantAccess=True))
    stack.up()
    assert (stack.others.kinds("gpu"), stack.others.kinds("arm")) == ([], ["Role", "RoleBinding"])
    assert server(stack) == "https://arm-1.dry-run.invalid:443"


def test_rights_that_the_program_may_no_longer_grant_are_taken_back(stack: Workspace) -> None:
    connect(stack, GPU)
    stack.up()
    connect(stack, entry("gpu"))
    assert set(RIGHTS) <= set(checks.applied(stack))
    assert stack.others.kinds("gpu") == []
    grants = json.loads(stack.run("stack", "output", "remoteClusterGrants", "--json", check=True).output)
    assert "kind: RoleBinding" in grants["gpu"]


def test_removed_entry_leaves_nothing_in_the_target(stack: Workspace) -> None:
    connect(stack, GPU)
    stack.up()
    connect(stack)
    stack.up()
    assert stack.others.kinds("gpu") == []
    assert not [name for _, name in stack.in_state() if "remote" in name]
    assert stack.up().changes.keys() == {"unchanged"}


def test_update_names_a_target_that_is_gone(stack: Workspace) -> None:
    connect(stack, GPU)
    stack.up()
    stack.others.delete("gpu")
    result = stack.up(check=False)
    assert result.code
    assert "ResourceNotFound: cluster gpu" in result.output


def test_entry_of_a_target_that_is_gone_can_be_removed(stack: Workspace) -> None:
    connect(stack, GPU)
    stack.up()
    stack.others.delete("gpu")
    connect(stack)
    stack.up()
    assert not [name for _, name in stack.in_state() if "remote" in name]


def test_target_that_was_made_again_gets_its_rights_and_a_new_connection(stack: Workspace) -> None:
    connect(stack, GPU)
    stack.up()
    stack.others.delete("gpu")
    stack.others.make("gpu")
    stack.up()
    assert stack.others.kinds("gpu") == ["Role", "RoleBinding"]
    assert server(stack) == "https://gpu-2.dry-run.invalid:443"
    assert stack.up().changes.keys() == {"unchanged"}


def test_missing_namespace_stops_the_update_and_the_next_one_goes_on(stack: Workspace) -> None:
    connect(stack, entry("gpu", namespace="batch", grantAccess=True))
    result = stack.up(check=False)
    assert 'namespaces "batch" not found' in result.output
    stack.others.namespaces = ("jobs", "batch")
    stack.up()
    assert stack.others.kinds("gpu") == ["Role", "RoleBinding"]


def test_state_holds_no_credential_of_the_target(stack: Workspace) -> None:
    connect(stack, GPU)
    stack.up()
    for file in (file for file in stack.state.rglob("*") if file.is_file()):
        text = file.read_text(encoding="utf-8", errors="replace")
        assert "client-key-data" not in text
        assert "client-certificate-data" not in text
