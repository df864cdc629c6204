"""What kubelets do with the pods that are scheduled on their nodes, without any container."""

from __future__ import annotations

import datetime
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from tests.cluster import references

from .api import Api, ApiError, Object
from .mirror import Mirror

KINDS: Final = (
    ("v1", "Pod"),
    ("v1", "Secret"),
    ("v1", "ConfigMap"),
    ("v1", "PersistentVolumeClaim"),
)
_ENDED: Final = ("Succeeded", "Failed")


@dataclass
class Kubelets:
    """All of them. Whatever a test wants to go wrong stands in the fields, as beginnings of pods' names.

    `mounts` say why a volume cannot be mounted yet, `probes` whether a running pod is ready.
    """

    api: Api
    mirror: Mirror
    failing: set[str] = field(default_factory=set)
    unready: set[str] = field(default_factory=set)
    endless: set[str] = field(default_factory=set)
    mounts: list[Callable[[Object], str | None]] = field(default_factory=list)
    probes: list[Callable[[Object], bool]] = field(default_factory=list)
    started: set[str] = field(default_factory=set)
    problems: dict[str, references.Problem] = field(default_factory=dict)
    _addresses: Any = field(default_factory=lambda: itertools.count(1))
    _ready_at: dict[str, float] = field(default_factory=dict)

    def step(self) -> None:
        """Look at every pod once."""
        for pod in self.mirror.all("Pod"):
            if "nodeName" not in pod["spec"]:
                continue
            try:
                self._look(pod)
            except ApiError as error:
                # The next step sees it as it is.
                if not error.is_race:
                    raise

    def _look(self, pod: Object) -> None:
        phase = pod.get("status", {}).get("phase", "Pending")
        if "deletionTimestamp" in pod["metadata"]:
            self._end(pod, phase)
        elif phase in _ENDED:
            return
        elif pod["metadata"]["uid"] not in self.started and phase == "Pending":
            self._start(pod)
        elif self._finishes(pod):
            self._finish(pod)
        else:
            self._probe(pod)

    def _start(self, pod: Object) -> None:
        uid = pod["metadata"]["uid"]
        # Volumes are mounted side by side: a driver's mount may make the Secret that another volume waits for.
        refused = [problem for mount in self.mounts if (problem := mount(pod))]
        problem = references.problem(pod, self.mirror)
        if problem is None and refused:
            problem = references.Problem("ContainerCreating", refused[0])
        if problem is not None:
            if self.problems.get(uid) != problem:
                self.problems[uid] = problem
                self._say(pod, problem)
            return
        self.problems.pop(uid, None)
        self.started.add(uid)
        self._ready_at[uid] = time.monotonic()
        ready = self._is_ready(pod) and not self._finishes(pod)
        number = next(self._addresses)
        address = f"10.244.{number // 250}.{number % 250 + 1}"
        status = {
            "phase": "Running",
            "hostIP": "127.0.0.1",
            "podIP": address,
            "podIPs": [{"ip": address}],
            "startTime": _now(),
            **_containers(pod, ready),
            "conditions": _conditions(pod, ready),
        }
        self._patch(pod, status)

    def _probe(self, pod: Object) -> None:
        ready = self._is_ready(pod)
        if ready != _condition(pod, "Ready"):
            self._patch(pod, {**_containers(pod, ready), "conditions": _conditions(pod, ready)})

    def _is_ready(self, pod: Object) -> bool:
        return not self._told(self.unready, pod) and all(probe(pod) for probe in self.probes)

    def _finishes(self, pod: Object) -> bool:
        owners = pod["metadata"].get("ownerReferences", [])
        is_task = any(owner["kind"] == "Job" for owner in owners) or pod["spec"]["restartPolicy"] != "Always"
        return is_task and not self._told(self.endless, pod)

    def _finish(self, pod: Object) -> None:
        # A moment later than it started, so that whoever watches sees it run.
        if time.monotonic() < self._ready_at.get(pod["metadata"]["uid"], 0) + 0.2:
            return
        failed = self._told(self.failing, pod)
        self._patch(pod, _ended(pod, "Failed" if failed else "Succeeded"))

    def _end(self, pod: Object, phase: str) -> None:
        """Containers end, which the Job that counts them must see before the pod is gone."""
        if phase not in _ENDED:
            self._patch(pod, _ended(pod, "Failed" if pod["spec"]["restartPolicy"] != "Always" else "Succeeded"))
        if not pod["metadata"].get("finalizers"):
            self.api.delete(pod, grace=0)

    def _say(self, pod: Object, problem: references.Problem) -> None:
        state = {"waiting": {"reason": problem.reason, "message": problem.message}}
        statuses = [{**status, "state": state, "ready": False} for status in _statuses(pod["spec"]["containers"])]
        self._patch(pod, {"containerStatuses": statuses})
        reason = "FailedMount" if problem.reason == "ContainerCreating" else "Failed"
        metadata = pod["metadata"]
        self.api.create(
            {
                "apiVersion": "v1",
                "kind": "Event",
                "metadata": {"generateName": f"{metadata['name']}.", "namespace": metadata["namespace"]},
                "involvedObject": {
                    "apiVersion": "v1",
                    "kind": "Pod",
                    **{key: metadata[key] for key in ("name", "namespace", "uid")},
                },
                "type": "Warning",
                "reason": reason,
                "message": problem.message,
                "source": {"component": "kubelet"},
                "firstTimestamp": _now(),
                "lastTimestamp": _now(),
                "count": 1,
            }
        )

    def _patch(self, pod: Object, status: Object) -> None:
        self.mirror.put(self.api.patch(pod, {"status": status}, "status"))

    @staticmethod
    def _told(beginnings: set[str], pod: Object) -> bool:
        return any(pod["metadata"]["name"].startswith(beginning) for beginning in beginnings)


def _conditions(pod: Object, ready: bool, ended: bool = False) -> list[Object]:
    scheduled = [item for item in pod["status"].get("conditions", []) if item["type"] == "PodScheduled"]
    given = {"PodReadyToStartContainers": not ended, "Initialized": True, "ContainersReady": ready, "Ready": ready}
    old = {item["type"]: item for item in pod["status"].get("conditions", [])}
    made = []
    for type_, value in given.items():
        status = "True" if value else "False"
        since = old[type_]["lastTransitionTime"] if old.get(type_, {}).get("status") == status else _now()
        made.append({"type": type_, "status": status, "lastTransitionTime": since})
        if ended and not value:
            made[-1]["reason"] = "PodCompleted"
        elif not value:
            made[-1] |= {"reason": "ContainersNotReady", "message": "containers with unready status"}
    return [*scheduled, *made]


def _condition(pod: Object, type_: str) -> bool:
    found = pod["status"].get("conditions", [])
    return any(item["type"] == type_ and item["status"] == "True" for item in found)


def _containers(pod: Object, ready: bool) -> Object:
    running = {"running": {"startedAt": _now()}}
    done = {"terminated": {"exitCode": 0, "reason": "Completed", "startedAt": _now(), "finishedAt": _now()}}
    spec = pod["spec"]
    inits = spec.get("initContainers", [])
    always = [one.get("restartPolicy") == "Always" for one in inits]
    init_statuses = [
        {**status, "state": running if stays else done, "ready": True, "started": stays}
        for status, stays in zip(_statuses(inits), always, strict=True)
    ]
    statuses = [{**one, "state": running, "ready": ready, "started": True} for one in _statuses(spec["containers"])]
    return {"containerStatuses": statuses, **({"initContainerStatuses": init_statuses} if inits else {})}


def _ended(pod: Object, phase: str) -> Object:
    code = 0 if phase == "Succeeded" else 1
    reason = "Completed" if code == 0 else "Error"
    state = {"terminated": {"exitCode": code, "reason": reason, "startedAt": _now(), "finishedAt": _now()}}
    statuses = [
        {**status, "state": state, "ready": False, "started": False} for status in _statuses(pod["spec"]["containers"])
    ]
    return {"phase": phase, "containerStatuses": statuses, "conditions": _conditions(pod, ready=False, ended=True)}


def _statuses(containers: list[Object]) -> list[Object]:
    return [
        {"name": one["name"], "image": one["image"], "imageID": one["image"], "restartCount": 0} for one in containers
    ]


def _now() -> str:
    return datetime.datetime.now(tz=datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


__all__ = ["KINDS", "Kubelets"]
