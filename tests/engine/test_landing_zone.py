"""The whole landing zone of the shipped example: it comes, stays and goes, and what the company has stays as it was."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from tests import landing_zone_example
from tests.engine import checks
from tests.landing_zone_cases import FIXED
from tests.plans import STACK_FILES

from .existing_zones import GROUP as ZONE_GROUP
from .existing_zones import attach_by_policy
from .landing_zone import assign, commands, contents, example, lend_landing_zone
from .workspace import Workspace

CLUSTER = "azure-native:containerservice:ManagedCluster"
ROLE = "azure-native:authorization:RoleAssignment"
SETTING = "azure-native:monitor:DiagnosticSetting"
SECRET = "azure-native:keyvault:Secret"


SHARED = ("registry", "keyVault")


def replace_sections(sections: dict[str, Any], others: dict[str, Any]) -> None:
    """Put the sections of another stack file in the place of all that there are."""
    sections.clear()
    sections.update(others)


def edit(workspace: Workspace, change: Callable[[dict[str, Any]], None]) -> None:
    """Change the sections of the stack file."""
    content = yaml.safe_load(workspace.stack_file.read_text(encoding="utf-8"))
    change(content["config"])
    workspace.stack_file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


def grant_access(sections: dict[str, Any]) -> None:
    """Let the program assign every role that it can."""
    network = sections["airflow-aks:network"]
    for granted in (network["existing"], network["privateDns"], *(sections[f"airflow-aks:{one}"] for one in SHARED)):
        granted["grantAccess"] = True


def attach_by_policies(workspace: Workspace) -> None:
    """Do what policies of the company do: tags on everything, a diagnostic setting on everything that can have one."""
    tags = dict.fromkeys(landing_zone_example.section("ignoredTags"), "by-policy")
    for item in list(workspace.cloud.objects.values()):
        if item.type.startswith("azure-native:") and "tags" in item.inputs and not item.name.startswith("lent-"):
            workspace.cloud.change_outside(item.type, item.name, lambda inputs: inputs["tags"].update(tags))
    for type_ in (CLUSTER, "azure-native:dbforpostgresql:Server", "azure-native:storage:StorageAccount"):
        found = workspace.cloud.find(type_)
        inputs = {
            "resourceUri": found.id,
            "name": "setByPolicy",
            "workspaceId": landing_zone_example.section("monitoring")["workspaceId"],
            "logs": [{"categoryGroup": "allLogs", "enabled": True}],
        }
        workspace.cloud.create_outside(SETTING, f"policy-{found.name}", inputs)
    workspace.cloud.operations.clear()


@pytest.fixture
def zone(workspaces: Callable[..., Workspace]) -> Workspace:
    """The shipped example, as a person copies it, and a cloud with what it names."""
    workspace = workspaces(landing_zone_example.STACK)
    with workspace.stack_file.open("a", encoding="utf-8") as file:
        file.write(example())
    lend_landing_zone(workspace.cloud)
    return workspace


def test_the_owners_are_told_what_to_assign_and_everything_of_theirs_stays_as_it_was(zone: Workspace) -> None:
    lent = set(zone.cloud.objects)
    before = contents(zone.cloud, lent)
    granted: set[tuple[str, str, str]] = set()
    updates = 0
    while (result := zone.up(check=False)).code != 0:
        told = commands(result.output) - granted
        assert told, result.output
        lent |= assign(zone.cloud, told)
        granted |= told
        updates += 1
        print(updates, sorted(told), result.output[-3000:])
        assert updates < 4
    assert zone.up().changes.keys() == {"unchanged"}
    zone.preview("--refresh", "--expect-no-changes")
    outputs = json.loads(zone.run("stack", "output", "--json", "--stack", zone.stack, check=True).output)
    assert commands("\n".join(outputs["requiredGrants"].values())) == granted
    before = {**contents(zone.cloud, lent), **before}
    assert contents(zone.cloud, lent) == before

    attach_by_policies(zone)
    zone.preview("--refresh", "--expect-no-changes")
    zone.up("--refresh")
    assert checks.operations(zone, "create", "update", "delete") == []

    zone.unprotect()
    zone.destroy()
    assert contents(zone.cloud, lent) == before
    left = {item.type for key, item in zone.cloud.objects.items() if key not in lent}
    # The example leaves the stack's secrets in the vault, and Azure keeps the settings of policies.
    assert left == {SECRET, SETTING}


def test_whoever_may_assign_roles_needs_one_update_and_does_not_move_out_again(zone: Workspace) -> None:
    lent = set(zone.cloud.objects)
    before = contents(zone.cloud, lent)
    edit(zone, grant_access)
    zone.up()
    inside = zone.stack_file.read_bytes()
    zone.cloud.operations.clear()
    own = yaml.safe_load((STACK_FILES / "prod.yaml").read_text(encoding="utf-8"))["config"]
    edit(zone, lambda sections: replace_sections(sections, own))
    told = [zone.preview(check=False), zone.up(check=False)]
    for refused in told:
        assert refused.code != 0
        assert [setting for setting in FIXED if f"airflow-aks:{setting}: is" not in refused.output] == []
        assert f"{len(FIXED)} settings differ from what the stack landing-zone was made with" in refused.output
    assert checks.operations(zone, "create", "update", "delete") == []
    zone.stack_file.write_bytes(inside)
    zone.up()
    assert checks.operations(zone, "create", "update", "delete") == []
    assert contents(zone.cloud, lent) == before
    zone.unprotect()
    zone.destroy()
    assert contents(zone.cloud, lent) == before
    assert {item.type for key, item in zone.cloud.objects.items() if key not in lent} == {SECRET}


def test_a_living_stack_that_moves_in_is_told_every_refusal_at_once(living_prod: Workspace) -> None:
    lend_landing_zone(living_prod.cloud)
    edit(living_prod, lambda sections: replace_sections(sections, yaml.safe_load(example())["config"]))
    for refused in (living_prod.preview(check=False), living_prod.up(check=False)):
        assert refused.code != 0
        assert [setting for setting in FIXED if f"airflow-aks:{setting}: is" not in refused.output] == []
        assert f"{len(FIXED)} settings differ from what the stack prod was made with" in refused.output
    assert checks.operations(living_prod, "create", "update", "delete") == []


def test_zone_groups_of_a_policy_are_no_drift_beside_its_tags_and_settings(zone: Workspace) -> None:
    def to_policy(sections: dict[str, Any]) -> None:
        grant_access(sections)
        private = sections["airflow-aks:network"]["privateDns"]
        private["mode"] = "policy"
        del private["zones"]["blob"]

    edit(zone, to_policy)
    zone.up()
    groups = attach_by_policy(zone.cloud)
    assert len(groups) == 1
    attach_by_policies(zone)
    zone.preview("--refresh", "--expect-no-changes")
    zone.up("--refresh")
    assert checks.operations(zone, "create", "update", "delete") == []
    zone.unprotect()
    zone.destroy()
    assert [item for item in zone.cloud.objects.values() if item.type == ZONE_GROUP] == []
