"""Rights in the remote clusters: granted by the program, or put out for somebody else to grant."""

from __future__ import annotations

from pathlib import Path

import yaml

from components.kubernetes.remote_access import RULES
from dryrun.files import write_plan
from dryrun.plan import Plan, Resource
from tests.plans import children, plan_of
from tests.remote_cluster_cases import ONE, SUBSCRIPTION, changes, cluster_id, entry

ROLE, BINDING = (f"kubernetes:rbac.authorization.k8s.io/v1:{kind}" for kind in ("Role", "RoleBinding"))
ASSIGNMENT = "azure-native:authorization:RoleAssignment"
WRITER = "a7ffa36f-339b-4b5c-8bdf-e2c188b2c0eb"


def principal(plan: Plan) -> str:
    name = "remote-clusters-identity-identity"
    return str(plan.one("azure-native:managedidentity:UserAssignedIdentity", name).outputs["principalId"])


def granted(plan: Plan) -> list[Resource]:
    """Role and RoleBinding in the target."""
    found = children(plan, "remote-clusters")
    return [item for kind in (ROLE, BINDING) for item in found if item.type == kind]


def test_granted_role_has_exactly_the_operators_verbs() -> None:
    plan = plan_of("prod", ONE)
    assert plan.outputs["remoteClusterGrants"] == {}
    role, binding = granted(plan)
    rules = role.inputs["rules"]
    rights = {(resource, verb) for rule in rules for resource in rule["resources"] for verb in rule["verbs"]}
    assert rights == {
        *(("pods", verb) for verb in ("create", "get", "list", "watch", "patch", "delete")),
        ("pods/log", "get"),
        ("pods/exec", "get"),
        ("pods/exec", "create"),
        ("events", "list"),
        ("events", "watch"),
    }
    assert role.inputs["metadata"]["namespace"] == binding.inputs["metadata"]["namespace"] == "jobs"
    (subject,) = binding.inputs["subjects"]
    assert (subject["kind"], subject["name"]) == ("User", principal(plan))
    provider = plan.one("pulumi:providers:kubernetes", "remote-clusters-gpu-afc792-kubernetes")
    assert provider.urn in str(role.provider)


def test_granted_azure_role_is_scoped_to_the_namespace_in_the_targets_subscription() -> None:
    plan = plan_of("prod", changes(entry("arm", grantAccess=True, azureRbac=True)))
    (role,) = [item for item in plan.all(ASSIGNMENT) if item.inputs["roleDefinitionId"].endswith(WRITER)]
    assert role.inputs["scope"] == f"{cluster_id('arm')}/namespaces/jobs"
    assert role.inputs["roleDefinitionId"].startswith(f"/subscriptions/{SUBSCRIPTION}/")
    assert role.inputs["principalId"] == principal(plan)
    assert not granted(plan)


def test_rights_that_are_not_granted_are_an_output_ready_for_kubectl() -> None:
    plan = plan_of("prod", changes(entry("gpu")))
    assert not granted(plan)
    assert list(plan.outputs["remoteClusterGrants"]) == ["gpu"]
    role, binding = yaml.safe_load_all(plan.outputs["remoteClusterGrants"]["gpu"])
    assert role["rules"] == list(RULES)
    assert binding["subjects"][0]["name"] == principal(plan)
    made = granted(plan_of("prod", ONE))
    keys = {*role, *binding}
    for item in made:
        # The program forces its own apply; who applies the text decides for oneself.
        item.inputs["metadata"].pop("annotations")
    assert [role, binding] == [{key: item.inputs[key] for key in keys & set(item.inputs)} for item in made]


def test_rights_that_are_not_granted_are_an_output_ready_for_az() -> None:
    plan = plan_of("prod", changes(entry("arm", azureRbac=True)))
    command = plan.outputs["remoteClusterGrants"]["arm"]
    assert command.startswith(f"az role assignment create --assignee-object-id {principal(plan)} ")
    assert command.endswith(f" --role {WRITER} --scope {cluster_id('arm')}/namespaces/jobs")
    assert not [item for item in plan.all(ASSIGNMENT) if item.inputs["roleDefinitionId"].endswith(WRITER)]


def test_replaced_target_replaces_the_rights_and_a_gone_one_does_not_block() -> None:
    provider = plan_of("prod", ONE).one("pulumi:providers:kubernetes", "remote-clusters-gpu-afc792-kubernetes")
    assert provider.inputs["clusterIdentifier"] == "https://gpu.dry-run.invalid:443"
    assert provider.inputs["deleteUnreachable"] in (True, "true")


def test_manifests_of_another_cluster_are_apart_from_those_of_the_own(tmp_path: Path) -> None:
    write_plan(plan_of("prod", changes(entry("gpu", grantAccess=True), entry("arm", grantAccess=True))), tmp_path)
    folders = [folder for folder in (tmp_path / "manifests").iterdir() if folder.is_dir()]
    assert sorted(folder.name.rpartition("-")[0].rpartition("-")[0] for folder in folders) == [
        "remote-clusters-arm",
        "remote-clusters-gpu",
    ]
    names = {"Role-id-airflow-prod-remote.yaml", "RoleBinding-id-airflow-prod-remote.yaml"}
    assert all({file.name for file in folder.iterdir()} == names for folder in folders)
    assert not names & {file.name for file in (tmp_path / "manifests").iterdir()}
