"""What must hold of a cluster."""

from __future__ import annotations

from .api import Api, Object
from .waiting import wait_until

# Made by the control plane and the nodes by themselves, or on the way to something else.
_OF_ITSELF = {"Event", "Node", "Lease", "ControllerRevision", "ComponentStatus", "CSINode"}


def objects(api: Api) -> set[tuple[str, str, str]]:
    """Kind, namespace and name of everything in the cluster that somebody asked for."""
    found = set()
    versions = [group["preferredVersion"]["groupVersion"] for group in api.ask("GET", "/apis")["groups"]]
    for version in ("v1", *versions):
        for kind in _listable(api, version) - _OF_ITSELF:
            for item in api.list(version, kind):
                found.add((kind, item["metadata"].get("namespace", ""), item["metadata"]["name"]))
    return found


def running(pod: Object) -> bool:
    """Whether a pod is ready, or has done what it was for."""
    status = pod.get("status", {})
    if status.get("phase") == "Succeeded":
        return True
    conditions = status.get("conditions", [])
    return any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)


def why_not(pod: Object) -> str:
    """What keeps a pod from running."""
    status = pod.get("status", {})
    said = [one.get("message", "") for one in status.get("conditions", []) if one["status"] == "False"]
    for container in status.get("containerStatuses", []):
        said.append(container.get("state", {}).get("waiting", {}).get("message", ""))
    return f"{pod['metadata']['name']}: {status.get('phase')} {'; '.join(filter(None, said))}"


def every_pod_runs(api: Api) -> None:
    """Every pod in the cluster runs, or has succeeded."""
    stuck = [why_not(pod) for pod in api.list("v1", "Pod") if not running(pod)]
    assert not stuck, stuck


def wait_until_every_pod_runs(api: Api, seconds: float = 60.0) -> None:
    """The same, once what was replaced is gone."""
    try:
        wait_until(lambda: all(running(pod) for pod in api.list("v1", "Pod")), seconds)
    except AssertionError:
        every_pod_runs(api)


def wait_until_there(api: Api, version: str, kind: str, name: str, namespace: str) -> None:
    """An object is there, and is not about to go."""

    def there() -> bool:
        found = api.find(version, kind, name, namespace)
        return found is not None and "deletionTimestamp" not in found["metadata"]

    wait_until(there)


def versions(api: Api) -> dict[tuple[str, str, str], int]:
    """The generation of every object that has one: a change of what somebody asked for is another."""
    found = {}
    for version, kind in (("apps/v1", "Deployment"), ("apps/v1", "StatefulSet"), ("batch/v1", "Job")):
        for item in api.list(version, kind):
            metadata = item["metadata"]
            found[(kind, metadata["namespace"], metadata["name"])] = metadata["generation"]
    return found


def pods(api: Api) -> int:
    """How many pods there are."""
    return len(api.list("v1", "Pod"))


def _listable(api: Api, version: str) -> set[str]:
    path = f"/api/{version}" if "/" not in version else f"/apis/{version}"
    resources = api.ask("GET", path)["resources"]
    return {item["kind"] for item in resources if "/" not in item["name"] and "list" in item["verbs"]}


__all__ = [
    "every_pod_runs",
    "objects",
    "pods",
    "running",
    "versions",
    "wait_until_every_pod_runs",
    "wait_until_there",
    "why_not",
]
