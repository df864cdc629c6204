"""Every container and volume of the program, in every plan: no pod can fill its node's disk."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from components.airflow.release_lines import family_of
from components.settings import nested
from dryrun.manifests import build_manifest
from dryrun.plan import Plan
from tests.cases import CASES
from tests.plans import plan_of
from tests.program.test_executor_lines import CELERY, KUBERNETES, every, planned, values

pytestmark = pytest.mark.usefixtures("untraced")

DISK = "ephemeral-storage"
# Where the newest chart keeps the resources of containers that run with every executor.
ALWAYS = (
    *("apiServer", "scheduler", "dagProcessor", "triggerer", "statsd", "pgbouncer", "pgbouncer.metricsExporterSidecar"),
    *("dags.gitSync", "scheduler.logGroomerSidecar", "dagProcessor.logGroomerSidecar", "triggerer.logGroomerSidecar"),
)


def dicts(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for item in value.values():
            yield from dicts(item)
    elif isinstance(value, list):
        for item in value:
            yield from dicts(item)


def unlimited(content: Any) -> list[Any]:
    """Requests and limits without a disk, and emptyDir volumes without a limit."""
    wrong = []
    for one in dicts(content):
        resources = one.get("resources")
        if isinstance(resources, dict) and {"cpu", "memory"} & {
            *resources.get("limits", {}),
            *resources.get("requests", {}),
        }:
            wrong += [one for part in ("requests", "limits") if DISK not in resources.get(part, {})]
        wrong += [one for key in ("emptyDir", "emptyDirConfig") if key in one and not one[key].get("sizeLimit")]
        # `securityContexts.containers` of the chart is a map.
        lists = [one[key] for key in ("containers", "initContainers") if isinstance(one.get(key), list)]
        for container in itertools.chain(*lists):
            wrong += [] if DISK in container.get("resources", {}).get("limits", {}) else [container]
    return wrong


def everything(plan: Plan) -> list[Any]:
    releases = [resource.inputs["values"] for resource in plan.resources if resource.type.endswith(":Release")]
    return [*releases, *(build_manifest(resource) for resource in plan.manifests)]


@pytest.mark.parametrize("case", CASES)
def test_every_container_and_volume_of_every_plan_has_a_limit(case: str) -> None:
    assert unlimited(everything(plan_of(*CASES[case]))) == []


@every
def test_every_executor_limits_the_disk_of_each_container(line: str, executor: str, scaler: str | None) -> None:
    plan = planned(line, executor, scaler)
    assert unlimited(everything(plan)) == []
    places = [
        *ALWAYS,
        *(["workers.celery"] if CELERY in executor else []),
        *(["workers.kubernetes", "cleanup"] if KUBERNETES in executor else []),
    ]
    for place in places:
        path = family_of(line).path(f"{place}.resources")
        assert path is not None
        resources = nested.get(values(plan), path)
        assert resources["requests"][DISK] == resources["limits"][DISK], place


@every
def test_every_executor_limits_logs_tmp_and_the_clone(line: str, executor: str, scaler: str | None) -> None:
    tree = values(planned(line, executor, scaler))
    largest = "16Gi" if executor != KUBERNETES else "8Gi"
    assert tree["logs"]["emptyDirConfig"] == {"sizeLimit": largest}
    assert tree["dags"]["gitSync"]["emptyDirConfig"] == {"sizeLimit": "2Gi"}
    assert {"name": "tmp", "emptyDir": {"sizeLimit": largest}} in tree["volumes"]


@pytest.mark.parametrize(
    ("resources", "volumes", "clone"),
    [
        ({"workers": {"disk": "60Gi"}}, "60Gi", "2Gi"),
        ({"gitSync": {"disk": "7Gi"}}, "8Gi", "7Gi"),
        ({"workers": {"disk": "1Gi"}, "scheduler": {"disk": "5000Mi"}}, "5000Mi", "2Gi"),
    ],
)
def test_volumes_are_as_large_as_the_largest_disk_that_a_stack_file_sets(
    resources: dict[str, Any], volumes: str, clone: str
) -> None:
    tree = values(plan_of("dev", {"airflow.resources": resources}))
    assert tree["logs"]["emptyDirConfig"]["sizeLimit"] == volumes
    assert tree["volumes"][0]["emptyDir"]["sizeLimit"] == volumes
    assert tree["dags"]["gitSync"]["emptyDirConfig"]["sizeLimit"] == clone


@pytest.mark.parametrize(
    "content",
    [
        {"resources": {"requests": {"cpu": "1", DISK: "1Gi"}, "limits": {"cpu": "1"}}},
        {"volumes": [{"name": "tmp", "emptyDir": {}}]},
        {"spec": {"initContainers": [{"name": "x"}]}},
    ],
)
def test_missing_limit_is_noticed(content: dict[str, Any]) -> None:
    assert unlimited(content)
