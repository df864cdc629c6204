"""What others change in the cluster, and what brings it back: an update, or the releases applied again."""

from __future__ import annotations

import os
from collections.abc import Callable

from tests.cluster import checks
from tests.engine import recovery
from tests.engine.test_state import edit

from .api import Api, Object
from .workspace import ClusterWorkspace

Make = Callable[..., ClusterWorkspace]
Living = Callable[[str], ClusterWorkspace]
NAMESPACE = "airflow"
# Rounds of updates that each change every ExternalSecret of dev.
ROUNDS = 25 if os.environ.get("FULL") else 3
ENFORCED = "pod-security.kubernetes.io/enforce"
AUDITED = "pod-security.kubernetes.io/audit"


def test_fields_that_another_manager_owns_are_taken_back(living: Living, count: Callable[..., None]) -> None:
    workspace = living("dev")
    workspace.change("secrets", delivery="csi")
    workspace.up()
    api = workspace.cluster.api
    keeper = _deployment(api, "airflow-secret-keeper")
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}
    # With its preview, which asks the API server too; and without, in the two steps of an operator who looks first.
    for way in (["up --refresh"], ["refresh --skip-preview", "up --skip-preview"]):
        api.patch(keeper, {"spec": {"replicas": 1}}, "scale", fieldManager="kubectl")
        api.patch(namespace, {"metadata": {"labels": {ENFORCED: "privileged"}}}, fieldManager="kubectl-label")
        api.patch(namespace, {"metadata": {"labels": {AUDITED: "privileged", "team": "data"}}}, fieldManager="policies")
        for command in way:
            workspace.run(*command.split(), "--yes", "--stack", "dev", check=True)
        assert _deployment(api, "airflow-secret-keeper")["spec"]["replicas"] == 2
        labels = api.get("v1", "Namespace", NAMESPACE)["metadata"]["labels"]
        assert (labels[ENFORCED], labels[AUDITED]) == ("restricted", "restricted")
        assert labels["team"] == "data", "a label that the program does not set"
    workspace.preview("--expect-no-changes", "--refresh")
    count(faults=6)


def test_label_that_kubectl_added_goes_with_the_next_change_of_its_object(
    living: Living, count: Callable[..., None]
) -> None:
    workspace = living("dev")
    api = workspace.cluster.api
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}
    api.patch(namespace, {"metadata": {"labels": {"team": "data"}}}, fieldManager="kubectl-label")
    assert workspace.up("--refresh").changes.keys() == {"unchanged"}, "the program does not set it"
    assert api.get("v1", "Namespace", NAMESPACE)["metadata"]["labels"]["team"] == "data"
    api.patch(namespace, {"metadata": {"labels": {ENFORCED: "privileged"}}}, fieldManager="kubectl-label")
    workspace.up("--refresh")
    assert "team" not in api.get("v1", "Namespace", NAMESPACE)["metadata"]["labels"]
    count(faults=2)


def test_change_inside_a_release_comes_back_when_the_releases_are_applied_again(
    living: Living, count: Callable[..., None]
) -> None:
    workspace = living("dev")
    api = workspace.cluster.api
    before = checks.versions(api)
    service = {"apiVersion": "v1", "kind": "Service", **api.get("v1", "Service", "airflow-api-server", NAMESPACE)}
    operator = _deployment(api, "external-secrets", "external-secrets")
    for deleted in (_deployment(api, "airflow-triggerer"), service, operator):
        api.delete(deleted)
    scaled = _deployment(api, "airflow-scheduler")
    api.patch(scaled, {"spec": {"replicas": 0}}, "scale", fieldManager="kubectl")
    config = {"apiVersion": "v1", "kind": "ConfigMap", **api.get("v1", "ConfigMap", "airflow-config", NAMESPACE)}
    api.patch(config, {"data": {"airflow.cfg": "[core]", "added": "by hand"}})
    assert workspace.up("--refresh").changes.keys() == {"unchanged"}, "Pulumi asks for the release's record only"
    assert api.find("v1", "Service", "airflow-api-server", NAMESPACE) is None
    recovery.run(workspace, "pulumi config set airflow-aks:reapplyReleases 1 --stack STACK")
    applied = recovery.run(workspace, "pulumi up --yes --skip-preview --stack STACK")
    assert applied.changes["updated"] == 2
    checks.wait_until_every_pod_runs(api)
    assert api.get("v1", "Service", "airflow-api-server", NAMESPACE)["spec"]["ports"] == service["spec"]["ports"]
    assert _deployment(api, "airflow-scheduler")["spec"]["replicas"] == scaled["spec"]["replicas"]
    data = api.get("v1", "ConfigMap", "airflow-config", NAMESPACE)["data"]
    assert data == {**config["data"], "added": "by hand"}, "what the chart does not set stays"
    after = checks.versions(api)
    assert after.keys() == before.keys()
    assert {key[2] for key in after if after[key] != before[key]} <= {"airflow-scheduler"}, "no pod template changed"
    assert workspace.up().changes.keys() == {"unchanged"}
    count(faults=5)


def test_update_after_changed_secrets_is_empty(workspaces: Make, count: Callable[..., None]) -> None:
    workspace = workspaces("dev", warm=False)
    edit(
        workspace,
        "components/kubernetes/external_secrets.py",
        "{ROTATION_ANNOTATION: self._args.source.versions[secret]}",
        "{ROTATION_ANNOTATION: __import__('os').environ['VERSION']}",
    )
    workspace.environment["VERSION"] = "0"
    workspace.up()
    updated = 0
    for number in range(1, ROUNDS + 1):
        workspace.environment["VERSION"] = str(number)
        updated += workspace.up().changes["updated"]
        kept = [resource["outputs"] for resource in workspace.export() if resource["type"].endswith(":ExternalSecret")]
        versions = [outputs["metadata"]["annotations"]["airflow-aks/secret-versions"] for outputs in kept]
        assert versions == [str(number)] * len(kept)
    assert updated == ROUNDS * len(kept)
    workspace.preview("--expect-no-changes")
    count(faults=updated)


def _deployment(api: Api, name: str, namespace: str = NAMESPACE) -> Object:
    return {"apiVersion": "apps/v1", "kind": "Deployment", **api.get("apps/v1", "Deployment", name, namespace)}
