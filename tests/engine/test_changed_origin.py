"""A stack whose subscription, region, name or fixed setting changes: refused before anything is planned."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import yaml

from dryrun.cloud import SUBSCRIPTION
from tests.engine import checks

from .workspace import Result, Workspace

OTHER_SUBSCRIPTION = "00000000-0000-0000-0000-0000000000aa"
FIXED = {
    "region": ("azure-native:location", "azure-native:location", None, "eastus2"),
    "prefix": ("naming", "airflow-aks:naming.prefix", {"prefix": "data"}, "data"),
    "suffix": ("naming", "airflow-aks:naming.suffix", {"suffix": "abc123"}, "abc123"),
    "database access": ("database", "airflow-aks:database.access", {"access": "private"}, "private"),
    "private API server": ("cluster", "airflow-aks:cluster.privateApiServer", {"privateApiServer": True}, "true"),
    "system pool": (
        "cluster",
        "airflow-aks:cluster.systemPool.vmSize",
        {"systemPool": {"vmSize": "Standard_D8ds_v5"}},
        "Standard_D8ds_v5",
    ),
    "soft delete": ("keyVault", "airflow-aks:keyVault.softDeleteDays", {"softDeleteDays": 60}, "60"),
}


@pytest.fixture
def unprotected(living: Callable[..., Workspace]) -> Workspace:
    """A stack that Pulumi would let anything be deleted of."""
    return living("dev")


def refuse(workspace: Workspace, *said: str) -> None:
    """Preview and update end with one clear message, and nothing was touched."""
    before = workspace.in_cloud()
    workspace.cloud.operations.clear()
    for result in (workspace.preview(check=False), workspace.up(check=False)):
        assert result.code != 0
        for text in said:
            assert text in result.output
        assert "Traceback" not in result.output
        assert planned(result) == {}
    assert checks.operations(workspace, "create", "update", "delete") == []
    assert workspace.in_cloud() == before


def planned(result: Result) -> dict[str, int]:
    """What would be done, but for what the engine keeps of itself."""
    kinds = ("create", "update", "delete", "replace", "created", "updated", "deleted", "replaced")
    return {kind: number for kind, number in result.changes.items() if kind in kinds}


@pytest.mark.parametrize("title", FIXED)
def test_a_fixed_setting_is_refused_by_its_path(unprotected: Workspace, title: str) -> None:
    section, path, changes, now = FIXED[title]
    if changes is None:
        content = yaml.safe_load(unprotected.stack_file.read_text(encoding="utf-8"))
        content["config"][section] = now
        unprotected.stack_file.write_text(yaml.safe_dump(content), encoding="utf-8")
    else:
        unprotected.change(section, **changes)
    refuse(unprotected, f"{path}: is {now}, and the stack was made with", "docs/moving-a-stack.md")


def test_another_subscription_is_refused_and_the_right_one_named(unprotected: Workspace) -> None:
    unprotected.cloud.subscription = OTHER_SUBSCRIPTION
    refuse(unprotected, f"signed in to {OTHER_SUBSCRIPTION}", f"`az account set --subscription {SUBSCRIPTION}`")
    unprotected.cloud.subscription = SUBSCRIPTION
    assert unprotected.up().changes.keys() == {"unchanged"}


def test_a_renamed_stack_is_refused_and_goes_on_under_its_old_name(unprotected: Workspace) -> None:
    unprotected.run("stack", "rename", "qa", "--stack", "dev", check=True)
    unprotected.stack = "qa"
    refuse(unprotected, "the stack's name: is qa", "`pulumi stack rename dev`")
    unprotected.run("stack", "rename", "dev", "--stack", "qa", check=True)
    unprotected.stack = "dev"
    assert unprotected.up().changes.keys() == {"unchanged"}


def test_every_difference_is_said_at_once(unprotected: Workspace) -> None:
    unprotected.cloud.subscription = OTHER_SUBSCRIPTION
    unprotected.change("naming", prefix="data")
    refuse(unprotected, "2 settings differ", "airflow-aks:naming.prefix", "azure-native:subscriptionId")


def test_a_setting_that_is_set_back_leaves_nothing_to_do(unprotected: Workspace) -> None:
    before = unprotected.stack_file.read_bytes()
    unprotected.change("naming", prefix="data")
    assert unprotected.up(check=False).code != 0
    unprotected.stack_file.write_bytes(before)
    assert unprotected.up().changes.keys() == {"unchanged"}


def test_the_suffix_of_the_state_stays_when_a_setting_repeats_it(unprotected: Workspace) -> None:
    vault = unprotected.cloud.find("azure-native:keyvault:Vault").inputs["vaultName"]
    unprotected.change("naming", suffix=vault.rpartition("-")[2])
    assert unprotected.up().changes.keys() == {"unchanged"}


def test_a_destroyed_stack_can_be_made_elsewhere(unprotected: Workspace) -> None:
    unprotected.destroy()
    unprotected.change("naming", prefix="data")
    unprotected.up()
    checks.state_and_cloud_agree(unprotected)
