"""Containers that a stack file adds: what Pod Security asks of them, and what they may use."""

from __future__ import annotations

from typing import Any

import pytest

from components.airflow.values.extra_containers import RESTRICTED, complete_containers
from tests.plans import plan_of

IMAGE = "crairflowdev0a1b2c.azurecr.io/team/sidecar:1.0"


def completed(container: dict[str, Any], key: str = "extraContainers") -> dict[str, Any]:
    found: dict[str, Any] = complete_containers({"workers": {"kubernetes": {key: [container]}}})
    (one,) = found["workers"]["kubernetes"][key]
    return dict(one)


@pytest.mark.parametrize("key", ["extraContainers", "extraInitContainers"])
def test_a_bare_container_gets_the_restricted_context_and_resources(key: str) -> None:
    assert completed({"name": "a", "image": IMAGE}, key) == {
        "name": "a",
        "image": IMAGE,
        "securityContext": RESTRICTED,
        "resources": {
            "requests": {"cpu": "100m", "memory": "128Mi"},
            "limits": {"cpu": "100m", "memory": "128Mi"},
        },
    }


def test_a_context_keeps_what_it_says() -> None:
    given = {"runAsUser": 1000, "readOnlyRootFilesystem": True, "capabilities": {"add": ["NET_BIND_SERVICE"]}}
    assert completed({"name": "a", "securityContext": given})["securityContext"] == {
        **RESTRICTED,
        "runAsUser": 1000,
        "readOnlyRootFilesystem": True,
        "capabilities": {"add": ["NET_BIND_SERVICE"], "drop": ["ALL"]},
    }


@pytest.mark.parametrize(
    ("given", "requests", "limits"),
    [
        ({"requests": {"cpu": "1"}}, {"cpu": "1", "memory": "128Mi"}, {"cpu": "1", "memory": "128Mi"}),
        ({"limits": {"memory": "1Gi"}}, {"cpu": "100m", "memory": "1Gi"}, {"cpu": "100m", "memory": "1Gi"}),
        (
            {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"cpu": "2", "memory": "2Gi"}},
            {"cpu": "1", "memory": "1Gi"},
            {"cpu": "2", "memory": "2Gi"},
        ),
    ],
)
def test_what_is_missing_of_requests_and_limits_follows_the_other(given: Any, requests: Any, limits: Any) -> None:
    assert completed({"name": "a", "resources": given})["resources"] == {"requests": requests, "limits": limits}


def test_a_null_takes_nothing_of_the_restricted_context_away() -> None:
    given = {"runAsNonRoot": None, "capabilities": {"drop": None}, "seccompProfile": None}
    assert completed({"name": "a", "securityContext": given})["securityContext"] == RESTRICTED


def test_nothing_else_changes() -> None:
    values = {"scheduler": {"livenessProbe": {"timeoutSeconds": 9}, "extraVolumes": [{"name": "a", "emptyDir": {}}]}}
    assert complete_containers(values) == values


@pytest.mark.parametrize("release", ["3.3", "2.9"])
def test_a_plan_has_the_completed_container(release: str) -> None:
    values = {"scheduler": {"extraInitContainers": [{"name": "a", "image": IMAGE}]}}
    plan = plan_of("dev", {"airflow.release": release, "airflow.values": values})
    (container,) = plan.one("kubernetes:helm.sh/v3:Release", "airflow-release").inputs["values"]["scheduler"][
        "extraInitContainers"
    ]
    assert container["securityContext"]["allowPrivilegeEscalation"] is False
    assert container["resources"]["limits"] == {"cpu": "100m", "memory": "128Mi"}
