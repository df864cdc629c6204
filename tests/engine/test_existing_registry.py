"""A stack with the registry of others: it imports and pulls there, changes nothing else of it, and leaves it."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import yaml

from tests.engine import checks
from tests.engine.existing_registry import OTHERS, REGISTRY_TYPE, SERVER, images, lend_registry
from tests.landing_zone_cases import EXISTING_REGISTRY, REGISTRY

from .workspace import Workspace

ROLE = "azure-native:authorization:RoleAssignment"
IDENTITY = "azure-native:managedidentity:UserAssignedIdentity"
REPOSITORY_READER = "b93aa761-3e63-49ed-ac28-beffa264f7ac"
OWN = "registry-registry"
PREFIX = EXISTING_REGISTRY["registry"]["prefix"]


def set_registry(workspace: Workspace, section: dict[str, Any]) -> None:
    content = yaml.safe_load(workspace.stack_file.read_text(encoding="utf-8"))
    content["config"]["airflow-aks:registry"] = section
    workspace.stack_file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


def use_existing(workspace: Workspace, **more: Any) -> dict[str, Any]:
    """Write the section of the existing registry, and return the section before."""
    before = yaml.safe_load(workspace.stack_file.read_text(encoding="utf-8"))["config"]["airflow-aks:registry"]
    set_registry(workspace, {**EXISTING_REGISTRY["registry"], **more})
    return dict(before)


def urn_of(workspace: Workspace, name: str) -> str:
    (found,) = [item["urn"] for item in workspace.export() if item["urn"].endswith(f"::{name}")]
    return str(found)


def pulled(workspace: Workspace) -> set[str]:
    """The registries that the charts' values name."""
    releases = [item for item in workspace.cloud.objects.values() if item.type.endswith(":Release")]
    text = str([item.inputs["values"] for item in releases])
    return {word for word in text.replace("'", " ").replace("/", " ").split() if word.endswith(".azurecr.io")}


@pytest.fixture
def shared(prod: Workspace) -> Workspace:
    lend_registry(prod.cloud)
    use_existing(prod)
    return prod


def test_a_stack_comes_and_goes_and_the_registry_stays_with_its_images(shared: Workspace) -> None:
    lent = shared.cloud.objects[REGISTRY]
    before = copy.deepcopy(lent.inputs)
    shared.up()
    assert shared.up().changes.keys() == {"unchanged"}
    shared.preview("--refresh", "--expect-no-changes")
    assert (REGISTRY_TYPE, OWN) not in shared.in_state()
    assert pulled(shared) == {SERVER}
    imported = [image for image in images(shared.cloud) if image != OTHERS]
    assert len(imported) >= 5
    assert {image for image in imported if not image.startswith(f"{PREFIX}/")} == set()
    shared.unprotect()
    shared.destroy()
    assert lent.inputs == before
    # The images stay too: others may run them.
    assert images(shared.cloud) == [OTHERS, *imported]
    assert set(shared.cloud.objects) == {REGISTRY}


def test_a_registry_that_does_not_exist_is_told_by_the_preview(prod: Workspace) -> None:
    use_existing(prod)
    refused = prod.preview(check=False)
    assert refused.code != 0
    assert "crContosoShared" in refused.output
    assert checks.operations(prod, "create") == []


def test_what_others_change_of_the_registry_is_no_drift(shared: Workspace) -> None:
    shared.up()
    shared.cloud.objects[REGISTRY].inputs["tags"] = {"owner": "platform"}
    images(shared.cloud).append("another/team:1")
    shared.cloud.operations.clear()
    shared.up("--refresh")
    assert checks.operations(shared, "create", "update", "delete") == []
    assert "another/team:1" in images(shared.cloud)


def test_roles_that_others_assign_are_waited_for(shared: Workspace) -> None:
    use_existing(shared, grantAccess=False)
    refused = shared.up(check=False)
    assert refused.code != 0
    assert "403 Forbidden" in refused.output
    # The command that is missing stands in the output of the update that fails.
    assert f"--scope {REGISTRY}" in refused.output
    principal = shared.cloud.find(IDENTITY, "cluster-kubelet-identity").outputs["principalId"]
    inputs = {"principalId": principal, "roleDefinitionId": "x/7f951dda-4ed3-4680-a7ca-43fe172d538d", "scope": REGISTRY}
    shared.cloud.create_outside(ROLE, "theirs", inputs)
    shared.up()
    assert shared.up().changes.keys() == {"unchanged"}
    outputs = shared.run("stack", "output", "requiredGrants", "--stack", "prod", check=True).output
    assert principal in outputs
    shared.unprotect()
    shared.destroy()
    assert {item.name for item in shared.cloud.objects.values() if item.type == ROLE} == {"theirs"}


def test_a_registry_with_repository_permissions_needs_their_role(prod: Workspace) -> None:
    lend_registry(prod.cloud, mode="AbacRepositoryPermissions")
    use_existing(prod)
    refused = prod.up(check=False)
    assert refused.code != 0
    assert "403 Forbidden" in refused.output
    use_existing(prod, pullRole="Container Registry Repository Reader")
    prod.up()
    assert prod.up().changes.keys() == {"unchanged"}
    (role,) = [item for item in prod.cloud.objects.values() if item.inputs.get("scope") == REGISTRY]
    assert role.inputs["roleDefinitionId"].endswith(REPOSITORY_READER)


def test_a_protected_registry_of_its_own_stops_the_move_before_it_begins(living_prod: Workspace) -> None:
    lend_registry(living_prod.cloud)
    use_existing(living_prod)
    refused = living_prod.preview(check=False)
    assert refused.code != 0
    assert "registry-registry" in refused.output
    assert "protected" in refused.output
    assert checks.operations(living_prod, "create", "update", "delete") == []
    assert images(living_prod.cloud) == [OTHERS]


def test_a_living_stack_moves_to_an_existing_registry_and_back(living_prod: Workspace) -> None:
    lend_registry(living_prod.cloud)
    own = living_prod.cloud.find(REGISTRY_TYPE, OWN)
    server = own.outputs["loginServer"]
    assert pulled(living_prod) == {server}
    before = use_existing(living_prod)
    living_prod.run("state", "unprotect", urn_of(living_prod, OWN), "--yes", "--stack", "prod", check=True)
    told = living_prod.preview()
    assert "registry-registry" in told.output
    assert "delete" in told.output

    living_prod.up()
    done = living_prod.cloud.operations
    assert ("create", OWN) not in done
    # The old registry goes when every pod has its image from the other one.
    assert done.index(("delete", OWN)) > done.index(("update", "airflow-release"))
    assert done.index(("create", "images-airflow")) < done.index(("update", "airflow-release"))
    assert not living_prod.cloud.exists(own.id)
    assert pulled(living_prod) == {SERVER}
    assert not {("create", name) for name in ("database-server", "key-vault-vault", "cluster-cluster")} & set(done)
    lent = living_prod.cloud.objects.pop(REGISTRY)
    checks.state_and_cloud_agree(living_prod)
    living_prod.cloud.objects[REGISTRY] = lent
    assert living_prod.up().changes.keys() == {"unchanged"}

    imported = list(images(living_prod.cloud))
    living_prod.cloud.operations.clear()
    set_registry(living_prod, before)
    living_prod.up()
    assert pulled(living_prod) == {server}
    assert ("create", OWN) in living_prod.cloud.operations
    assert images(living_prod.cloud) == imported
    assert [item for item in living_prod.cloud.objects.values() if item.inputs.get("scope") == REGISTRY] == []
    assert living_prod.up().changes.keys() == {"unchanged"}
    living_prod.preview("--refresh", "--expect-no-changes")


def test_a_stack_with_a_private_registry_opens_it_first_or_its_zone_hides_the_other_one(living_prod: Workspace) -> None:
    lend_registry(living_prod.cloud, endpoint=True)
    private = use_existing(living_prod)
    living_prod.run("state", "unprotect", urn_of(living_prod, OWN), "--yes", "--stack", "prod", check=True)
    refused = living_prod.up(check=False)
    assert refused.code != 0
    assert "no such host" in refused.output
    assert ("delete", OWN) not in living_prod.cloud.operations
    set_registry(living_prod, {**private, "publicAccess": True})
    living_prod.up()
    use_existing(living_prod)
    # The update before has protected the registry again.
    living_prod.run("state", "unprotect", urn_of(living_prod, OWN), "--yes", "--stack", "prod", check=True)
    living_prod.up()
    assert pulled(living_prod) == {SERVER}
    assert living_prod.up().changes.keys() == {"unchanged"}


def test_another_prefix_imports_the_images_there_and_leaves_the_earlier_ones(shared: Workspace) -> None:
    shared.up()
    earlier = list(images(shared.cloud))
    shared.cloud.operations.clear()
    use_existing(shared, prefix="data")
    shared.up()
    assert [name for name in checks.operations(shared, "delete") if name.startswith(("images-", "registry-"))] == []
    assert images(shared.cloud)[: len(earlier)] == earlier
    assert {image.partition("/")[0] for image in images(shared.cloud)[len(earlier) :]} == {"data"}
    assert shared.up().changes.keys() == {"unchanged"}


def test_two_stacks_share_the_registry_and_a_prefix(prod: Workspace, dev: Workspace) -> None:
    lend_registry(prod.cloud)
    # One registry in both clouds, as it is one in Azure.
    dev.cloud.objects[REGISTRY] = prod.cloud.objects[REGISTRY]
    for workspace in (prod, dev):
        use_existing(workspace)
        workspace.up()
    everything = list(images(prod.cloud))
    dev.unprotect()
    dev.destroy()
    assert images(prod.cloud) == everything
    assert prod.up().changes.keys() == {"unchanged"}
