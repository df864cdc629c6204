"""Changes on a living stack: only the operations that the change needs, and data is never replaced or deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from tests.engine import checks, recovery

from .switches import IN_PROD_TOO, NOT_IN_PROD, SWITCHES
from .workspace import Workspace

STACKS = ("dev", "prod")
each = pytest.mark.parametrize("name", STACKS)


@pytest.mark.parametrize(("name", "half"), [(name, half) for name in STACKS for half in (0, 1)])
def test_switching_back_and_forth_touches_only_what_the_switch_is_about(
    name: str, half: int, either: Callable[[str], Workspace], count: Callable[..., None]
) -> None:
    stack = either(name)
    before = stack.stack_file.read_bytes()
    for title in [title for title in SWITCHES if name == "dev" or title not in NOT_IN_PROD][half::2]:
        section, change, allowed = SWITCHES[title]
        allowed = (*allowed, *(IN_PROD_TOO.get(title, ()) if name == "prod" else ()))
        stack.change(section, **change)
        there = checks.applied(stack)
        stack.stack_file.write_bytes(before)
        back = checks.applied(stack)
        for touched in (there, back):
            assert [name for name in touched if not name.startswith(allowed or "?")] == [], title
            assert bool(touched) == bool(allowed), title
    assert stack.up().changes.keys() == {"unchanged"}
    count(resources=len(stack.cloud.objects))


@each
def test_tag_is_an_update_everywhere_and_a_replacement_nowhere(name: str, living: Callable[..., Workspace]) -> None:
    stack = living(name)
    stack.change("tags", team="data")
    stack.cloud.operations.clear()
    result = stack.up()
    assert checks.operations(stack, "create", "delete") == []
    assert result.changes["updated"] > 20


@each
def test_image_tag_is_a_new_import_a_new_migration_and_an_updated_release(
    name: str, living: Callable[..., Workspace]
) -> None:
    # The warm host reads the pins of the repository, not of the workspace.
    stack = living(name, warm=False)
    _repin(stack, lambda pins: pins["airflow"]["3.3"]["images"]["airflow"].update(tag="3.3.3"))
    touched = set(checks.applied(stack))
    assert touched == {"images-airflow", "airflow-database-migration", "airflow-database-first-user", "airflow-release"}
    assert checks.operations(stack, "update") == ["airflow-release", "images-airflow"]


@each
def test_another_release_line_keeps_the_data(name: str, living: Callable[..., Workspace]) -> None:
    stack = living(name)
    before = stack.stack_file.read_bytes()
    stack.change("airflow", release="2.9")
    back = checks.applied(stack)
    assert {"airflow-release", "airflow-database-migration", "airflow-identity-airflow-webserver"} <= set(back)
    stack.stack_file.write_bytes(before)
    there = checks.applied(stack)
    assert {"airflow-release", "airflow-database-migration", "airflow-identity-airflow-api-server"} <= set(there)
    # The vault's secrets and the random values in them are the same on both lines.
    assert not [name for name in (*back, *there) if name.startswith("airflow-secrets-")]
    assert stack.up().changes.keys() == {"unchanged"}


def _repin(workspace: Workspace, change: Callable[[dict[str, Any]], None]) -> None:
    file = workspace.project / "charts" / "pins.yaml"
    pins = yaml.safe_load(file.read_text(encoding="utf-8"))
    change(pins)
    file.write_text(yaml.safe_dump(pins), encoding="utf-8")


@each
def test_another_way_out_makes_the_cluster_and_all_in_it_anew_and_keeps_the_data(
    name: str, living: Callable[[str], Workspace]
) -> None:
    workspace = living(name)
    was = workspace.cloud.find("azure-native:containerservice:ManagedCluster").inputs["networkProfile"]
    other = "loadBalancer" if was["outboundType"] == "userAssignedNATGateway" else "natGateway"
    inside = {item.name for item in workspace.cloud.objects.values() if item.type.startswith("kubernetes:")}
    workspace.change("network", outbound=other)
    workspace.cloud.operations.clear()
    assert workspace.up(check=False).code != 0
    recovery.leave_cluster(workspace)
    workspace.up()
    checks.data_is_kept(workspace)
    checks.state_and_cloud_agree(workspace)
    order = [entry for entry in workspace.cloud.operations if entry[1] == "cluster-cluster" and entry[0] != "read"]
    assert order == [("delete", "cluster-cluster"), ("create", "cluster-cluster")]
    assert inside <= set(checks.operations(workspace, "create"))
    assert workspace.up().changes.keys() == {"unchanged"}


def test_objects_of_a_cluster_that_is_gone_are_named_and_forgotten_as_documented(living_dev: Workspace) -> None:
    living_dev.change("network", outbound="natGateway")
    refused = living_dev.up(check=False)
    assert "configured Kubernetes cluster is unreachable" in refused.output
    assert "airflow-release" in refused.output
    # With the variable, an update cannot delete the releases either.
    living_dev.environment["PULUMI_K8S_DELETE_UNREACHABLE"] = "true"
    refused = living_dev.up(check=False)
    del living_dev.environment["PULUMI_K8S_DELETE_UNREACHABLE"]
    assert "can't delete Helm Release with unreachable cluster" in refused.output
    recovery.leave_cluster(living_dev)
    living_dev.up()
    checks.data_is_kept(living_dev)
    checks.state_and_cloud_agree(living_dev)
