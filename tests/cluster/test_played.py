"""The rig by itself: the control plane is real, and what plays around it does as the real ones do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.cluster import checks
from tests.plans import plan_of

from .api import Api, ApiError, Object
from .azure_view import AzureView
from .binaries import kubernetes_version
from .live_cluster import LiveCluster
from .waiting import wait_until

SPACE = "played"
ON_AIRFLOW = {"airflow-aks/purpose": "airflow"}


@pytest.fixture(scope="module")
def space(cluster: LiveCluster) -> Iterator[LiveCluster]:
    """A namespace on the nodes of dev, for all of these tests."""
    cluster.clear()
    cluster.play(AzureView.of_plan(plan_of("dev")))
    labels = {"pod-security.kubernetes.io/enforce": "baseline"}
    cluster.api.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SPACE, "labels": labels}})
    wait_until(lambda: cluster.api.find("v1", "ServiceAccount", "default", SPACE))
    yield cluster
    cluster.end_playing()


@pytest.fixture
def api(space: LiveCluster) -> Api:
    return space.api


def pod(name: str, container: dict[str, Any] | None = None, **spec: Any) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": SPACE},
        "spec": {
            "nodeSelector": ON_AIRFLOW,
            "containers": [{"name": "one", "image": "example.com/one:1", **(container or {})}],
            **spec,
        },
    }


def until(api: Api, name: str, condition: Callable[[Object], bool], kind: str = "Pod", version: str = "v1") -> Object:
    found: list[Object] = []

    def met() -> bool:
        found[:] = [api.get(version, kind, name, SPACE)]
        return condition(found[0])

    wait_until(met)
    return found[0]


def waiting(item: Object) -> tuple[str, str]:
    states = [status["state"] for status in item.get("status", {}).get("containerStatuses", [])]
    found = states[0].get("waiting", {}) if states else {}
    return found.get("reason", ""), found.get("message", "")


def test_version_is_the_one_of_the_module(api: Api) -> None:
    assert api.ask("GET", "/version")["gitVersion"] == f"v{kubernetes_version()}"


def test_unknown_field_is_refused(api: Api) -> None:
    with pytest.raises(ApiError, match=r"unknown field .*contaners"):
        api.create(pod("unknown", contaners=[]))


def test_pod_security_refuses_a_privileged_pod(api: Api) -> None:
    with pytest.raises(ApiError, match="violates PodSecurity"):
        api.create(pod("privileged", {"securityContext": {"privileged": True}}))


def test_pod_waits_for_its_secret_and_says_so(api: Api) -> None:
    api.create(pod("waits", {"envFrom": [{"secretRef": {"name": "late"}}]}))
    assert waiting(until(api, "waits", lambda item: waiting(item)[0] != "")) == (
        "CreateContainerConfigError",
        'secret "late" not found',
    )
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "late", "namespace": SPACE}}
    api.create({**secret, "stringData": {"a": "b"}})
    until(api, "waits", checks.running)


def test_pod_waits_for_a_key_of_its_secret(api: Api) -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "keys", "namespace": SPACE}}
    api.create({**secret, "stringData": {"other": "b"}})
    reference = {"secretKeyRef": {"name": "keys", "key": "wanted"}}
    api.create(pod("key", {"env": [{"name": "A", "valueFrom": reference}]}))
    found = until(api, "key", lambda item: waiting(item)[0] != "")
    assert waiting(found)[1] == f"couldn't find key wanted in Secret {SPACE}/keys"


def test_pod_does_not_wait_for_what_is_optional(api: Api) -> None:
    api.create(pod("optional", {"envFrom": [{"configMapRef": {"name": "none", "optional": True}}]}))
    until(api, "optional", checks.running)


def test_pod_waits_for_its_volume_and_an_event_says_why(api: Api) -> None:
    api.create(pod("mounts", volumes=[{"name": "config", "configMap": {"name": "nowhere"}}]))
    found = until(api, "mounts", lambda item: waiting(item)[0] != "")
    problem = 'MountVolume.SetUp failed for volume "config" : configmap "nowhere" not found'
    assert waiting(found) == ("ContainerCreating", problem)
    wait_until(lambda: problem in [event["message"] for event in api.list("v1", "Event", SPACE)])


def test_claim_is_bound_to_its_volume_and_then_mounted(api: Api) -> None:
    volume = {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": "shared"},
        "spec": {
            "capacity": {"storage": "1Gi"},
            "accessModes": ["ReadWriteMany"],
            "storageClassName": "by-hand",
            "csi": {"driver": "file.csi.azure.com", "volumeHandle": "shared"},
        },
    }
    claim = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "shared", "namespace": SPACE},
        "spec": {
            "accessModes": ["ReadWriteMany"],
            "storageClassName": "by-hand",
            "volumeName": "shared",
            "resources": {"requests": {"storage": "1Gi"}},
        },
    }
    api.create(claim)
    api.create(pod("claims", volumes=[{"name": "data", "persistentVolumeClaim": {"claimName": "shared"}}]))
    api.create(volume)
    until(api, "claims", checks.running)
    api.delete(volume)


def test_jobs_end_as_they_are_told(api: Api, space: LiveCluster) -> None:
    space.played.kubelets.failing.add("fails-")
    template = {
        "spec": {"restartPolicy": "Never", "nodeSelector": ON_AIRFLOW, "containers": pod("x")["spec"]["containers"]}
    }
    for name in ("works", "fails"):
        metadata = {"name": name, "namespace": SPACE}
        api.create(
            {
                "apiVersion": "batch/v1",
                "kind": "Job",
                "metadata": metadata,
                "spec": {"backoffLimit": 0, "template": template},
            }
        )
    for name, end in (("works", "Complete"), ("fails", "Failed")):
        until(api, name, lambda job, end=end: end in _conditions(job), "Job", "batch/v1")


def _conditions(item: Object) -> list[str]:
    return [one["type"] for one in item.get("status", {}).get("conditions", []) if one["status"] == "True"]


def test_pod_that_fits_nowhere_brings_a_node_of_its_pool(api: Api, space: LiveCluster) -> None:
    selector = {"airflow-aks/purpose": "workers"}
    spot = {
        "key": "kubernetes.azure.com/scalesetpriority",
        "operator": "Equal",
        "value": "spot",
        "effect": "NoSchedule",
    }
    assert not [
        node for node in api.list("v1", "Node") if node["metadata"]["labels"].get("airflow-aks/purpose") == "workers"
    ]
    api.create(pod("task", nodeSelector=selector, tolerations=[spot]))
    found = until(api, "task", checks.running)
    assert found["spec"]["nodeName"].startswith("aks-tasks")


def test_pod_without_its_toleration_brings_none(api: Api, space: LiveCluster) -> None:
    api.create(pod("stays", nodeSelector={"airflow-aks/purpose": "nowhere"}))
    found = until(api, "stays", lambda item: "Unschedulable" in str(item.get("status", {}).get("conditions")))
    assert "nodeName" not in found["spec"]


def test_account_has_the_rights_that_it_was_given_and_no_others(api: Api) -> None:
    acting = api.acting_as("default", SPACE)
    with pytest.raises(ApiError, match='cannot list resource "secrets"'):
        acting.list("v1", "Secret", SPACE)


def test_frozen_api_server_answers_nothing_and_goes_on(space: LiveCluster) -> None:
    space.control_plane.freeze()
    space.control_plane.thaw()
    assert space.api.get("v1", "Namespace", SPACE)["status"]["phase"] == "Active"
