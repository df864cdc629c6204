"""A stack whose names are a company's own: made with them, kept with them, and refused with others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from components.azure.recorded_names import MADE, NAMES, PATTERN
from tests.engine import checks

from .test_changed_origin import refuse
from .workspace import Workspace

CHOSEN = {"cluster": "AKS_contoso", "vault": "contoso-airflow-kv", "databaseServer": "contoso-airflow-db"}
NAMING: dict[str, Any] = {"pattern": "{type}-{workload}-{environment}-{suffix}", "names": CHOSEN}
CLUSTER = "azure-native:containerservice:ManagedCluster"
VAULT = "azure-native:keyvault:Vault"


@pytest.fixture
def named(workspaces: Callable[..., Workspace]) -> Workspace:
    """A stack that is made with names of its own."""
    workspace = workspaces("dev")
    workspace.change("naming", **NAMING)
    workspace.up()
    return workspace


def test_chosen_names_are_made_once_and_others_are_refused(named: Workspace) -> None:
    assert named.cloud.find(CLUSTER).inputs["resourceName"] == "AKS_contoso"
    assert named.cloud.find(VAULT).inputs["vaultName"] == "contoso-airflow-kv"
    registry = named.cloud.find("azure-native:containerregistry:Registry").inputs["registryName"]
    assert registry.startswith("crairflowdev")
    assert (
        named.cloud.find("azure-native:network:NetworkSecurityGroup", "network-nodes-security")
        .inputs["networkSecurityGroupName"]
        .startswith("nsg-airflow-dev-")
    )
    checks.state_and_cloud_agree(named)
    assert named.up().changes.keys() == {"unchanged"}

    named.change("naming", names={**CHOSEN, "vault": "contoso-other-kv"})
    refuse(
        named,
        f"{NAMES}.vault: is contoso-other-kv, and the stack was made with contoso-airflow-kv",
        "the change would replace the Key Vault contoso-airflow-kv",
        "docs/moving-a-stack.md",
    )
    named.change("naming", pattern="{type}-contoso-{environment}-{suffix}", names=CHOSEN)
    refuse(named, f"{PATTERN}: is {{type}}-contoso-", "the container registry cr", "Set it back to {type}-{workload}-")
    named.change("naming", pattern=None, names={})
    refuse(
        named, f"{PATTERN}: is not set", f"{NAMES}.vault: is not set", f"{NAMES}.cluster: is not set", "settings differ"
    )
    named.change("naming", **NAMING)
    assert named.up().changes.keys() == {"unchanged"}


def test_a_stack_from_before_the_settings_refuses_them(living_dev: Workspace) -> None:
    (record,) = [entry for entry in living_dev.export() if entry["urn"].endswith("::stack-record-made-with")]
    assert not {NAMES, PATTERN, MADE} & record["inputs"]["input"].keys()
    vault = living_dev.cloud.find(VAULT).inputs["vaultName"]
    living_dev.change("naming", names={"vault": "contoso-airflow-kv"})
    refuse(
        living_dev, f"{NAMES}.vault: is contoso-airflow-kv, and the stack was made with {vault}", f"Set it to {vault}"
    )
    living_dev.change("naming", pattern="{type}-{workload}-{suffix}", names={})
    refuse(living_dev, f"{PATTERN}: is", "was made without", f"the Key Vault {vault}", "Remove it")
    living_dev.change("naming", pattern=None, names={"vault": vault})
    assert living_dev.up().changes.keys() == {"unchanged"}


def test_names_stay_recorded_beside_numbers_that_go_up(named: Workspace) -> None:
    named.change("secrets", rotate={"apiSecretKey": 2})
    named.up()
    assert named.up().changes.keys() == {"unchanged"}
    named.change("naming", pattern=None, names={})
    refuse(named, f"{NAMES}.vault: is not set, and the stack was made with contoso-airflow-kv")
