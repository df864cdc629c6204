"""Teams in a real cluster: what a member of each group may do, and what its pods get."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cases import SELECTORS, TEAMS
from tests.cluster import applied_plan
from tests.plans import plan_of

from .access_reviews import member_may
from .api import Api, ApiError
from .azure_view import AzureView
from .live_cluster import LiveCluster

ROLES = {team["role"]: team for team in TEAMS}
# A verb that each role may use, and one that it may not.
MAY = [
    ("viewer", "get", "pods/log", True),
    ("viewer", "create", "pods", False),
    ("viewer", "get", "secrets", False),
    ("developer", "create", "deployments", True),
    ("developer", "create", "pods/exec", True),
    ("developer", "list", "secrets", False),
    ("developer", "create", "networkpolicies", False),
    ("developer", "create", "rolebindings", False),
    ("admin", "get", "secrets", True),
    ("admin", "create", "rolebindings", True),
    ("admin", "update", "resourcequotas", False),
    ("admin", "create", "serviceaccounts/token", False),
]


@pytest.fixture(scope="module")
def api(cluster: LiveCluster, provider: Path) -> Any:
    plan = plan_of("prod", SELECTORS["teams"])
    cluster.clear()
    cluster.play(AzureView.of_plan(plan))
    applied_plan.apply(cluster, provider, plan)
    yield cluster.api
    cluster.end_playing()


@pytest.mark.parametrize(("role", "verb", "resource", "allowed"), MAY)
def test_a_member_may_do_what_the_role_says(role: str, verb: str, resource: str, allowed: bool, api: Api) -> None:
    team = ROLES[role]
    assert member_may(api, team["groupId"].lower(), verb, resource, team["namespace"]) is allowed


@pytest.mark.parametrize("role", ROLES)
def test_a_member_may_do_nothing_elsewhere(role: str, api: Api) -> None:
    group = ROLES[role]["groupId"].lower()
    own = {team["namespace"] for team in TEAMS if team["groupId"].lower() == group}
    others = {"airflow", "external-secrets", "kube-system", "default", "", *(team["namespace"] for team in TEAMS)} - own
    deeds = [("get", "pods"), ("list", "configmaps"), ("create", "deployments"), ("get", "secrets")]
    found = [(space, *deed) for space in others for deed in deeds if member_may(api, group, *deed, space)]
    assert found == []


def pod(**spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "a-pod", "namespace": "dev"},
        "spec": {"containers": [{"name": "main", "image": "registry.example.com/main:1"}], **spec},
    }


RESTRICTED = {"runAsNonRoot": True, "runAsUser": 1000, "seccompProfile": {"type": "RuntimeDefault"}}


def test_a_pod_that_runs_as_root_is_refused(api: Api) -> None:
    with pytest.raises(ApiError, match="restricted"):
        api.create(pod())


def test_a_pod_without_sizes_gets_them_and_counts_against_the_quota(api: Api) -> None:
    locked = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    content = pod(securityContext=RESTRICTED)
    content["spec"]["containers"][0]["securityContext"] = locked
    made = api.create(content)
    sizes = {"cpu": "500m", "memory": "512Mi", "ephemeral-storage": "1Gi"}
    assert made["spec"]["containers"][0]["resources"] == {"limits": sizes, "requests": sizes}
    quota = api.find("v1", "ResourceQuota", "team", "dev")
    assert quota is not None
    assert quota["status"]["used"]["requests.cpu"] == "500m"


def test_a_service_with_a_public_address_is_refused(api: Api) -> None:
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "public", "namespace": "dev"},
        "spec": {"type": "LoadBalancer", "selector": {"app": "x"}, "ports": [{"port": 80}]},
    }
    with pytest.raises(ApiError, match="exceeded quota"):
        api.create(service)
