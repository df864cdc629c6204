"""How Kubernetes objects are applied: fields that others own, stale answers, and what Helm alone knows."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.engine import apply_rules, checks

from .test_drift import setting
from .test_state import edit
from .workspace import Workspace

Living = Callable[[str], Workspace]
PASSWORD = "**::airflow-secrets-admin-password"
EXTERNAL_SECRET = "secret-sync-external-secrets-externalsecret-airflow-admin"
POLICY = ("kubernetes:networking.k8s.io/v1:NetworkPolicy", "airflow-namespace-default-deny")
OPENED = setting("spec", {"podSelector": {}, "policyTypes": ["Ingress"]})
CONFLICT = 'conflict with "an-operator" using networking.k8s.io/v1: .spec.policyTypes'
READY = '"pulumi.com/waitFor": "condition=Ready"'
NOT_FORCED = '"pulumi.com/patchForce": "false"'
RELEASES = ["airflow-release", "secret-sync-external-secrets-operator"]


def test_update_after_a_changed_secret_is_the_last_one(living_dev: Workspace) -> None:
    for _ in range(2):
        living_dev.cloud.operations.clear()
        living_dev.up("--replace", PASSWORD)
        assert EXTERNAL_SECRET in checks.operations(living_dev, "update")
        living_dev.preview("--expect-no-changes")
        assert living_dev.up().changes.keys() == {"unchanged"}


def test_rig_answers_with_the_old_object_when_its_conditions_hold_already(edited_dev: Workspace) -> None:
    edit(edited_dev, "components/kubernetes/external_secrets.py", '"pulumi.com/waitFor": wait_for', READY)
    edited_dev.up()
    edited_dev.up("--replace", PASSWORD)
    assert "updated" in edited_dev.up().changes, "the state kept the annotation of before the update"


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_object_takes_back_a_field_that_another_manager_owns(stack: str, living: Living) -> None:
    workspace = living(stack)
    workspace.cloud.change_outside(*POLICY, OPENED, manager="an-operator")
    workspace.preview("--refresh")
    assert workspace.up("--refresh").changes["updated"] == 1
    assert workspace.cloud.find(*POLICY).owners == []
    assert workspace.up("--refresh").changes.keys() == {"unchanged"}


def test_rig_refuses_a_field_that_another_manager_owns(edited_dev: Workspace) -> None:
    edit(edited_dev, "components/kubernetes/labels_and_annotations.py", '"pulumi.com/patchForce": "true"', NOT_FORCED)
    edited_dev.up()
    edited_dev.cloud.change_outside(*POLICY, OPENED, manager="an-operator")
    for refused in (edited_dev.preview("--refresh", check=False), edited_dev.up("--refresh", check=False)):
        assert refused.code != 0
        assert CONFLICT in refused.output
    assert "conflict" in edited_dev.up(check=False).output, "without a refresh, too"


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_change_inside_a_release_is_seen_by_nobody_until_the_releases_are_applied_again(
    stack: str, living: Living
) -> None:
    workspace = living(stack)
    for release in RELEASES:
        workspace.cloud.damage_release(release, "a Deployment is gone")
    assert workspace.up("--refresh").changes.keys() == {"unchanged"}
    assert all(_damage(workspace, release) for release in RELEASES)
    for count in ("1", "2"):
        workspace.set("airflow-aks:reapplyReleases", count)
        workspace.cloud.operations.clear()
        workspace.up()
        assert checks.operations(workspace, "create", "update", "delete") == RELEASES
        assert not any(_damage(workspace, release) for release in RELEASES)
        assert workspace.up("--refresh").changes.keys() == {"unchanged"}


def _damage(workspace: Workspace, release: str) -> list[str]:
    return workspace.cloud.find(apply_rules.RELEASE, release).damage
