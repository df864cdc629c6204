"""A company's proxy and authorities in what Helm renders: each container that names the file mounts it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.kubernetes.way_out import BUNDLE_FILE, CONFIG_MAP, FOLDER, PROXY_VARIABLES
from tests.cases import SELECTORS
from tests.cluster import applied_plan
from tests.landing_zone_cases import PROXY
from tests.plans import plan_of

LINES = {
    "3.3": {"airflow.executor": "CeleryExecutor,KubernetesExecutor"},
    "2.9 with task pods": {"airflow.release": "2.9", "airflow.executor": "KubernetesExecutor"},
    "2.9 with Celery": {"airflow.release": "2.9", "airflow.executor": "CeleryExecutor"},
}
# They call nothing outside, or only what is inside the cluster.
WITHOUT = ("log-groomer", "pgbouncer", "metrics-exporter", "statsd", "cert-manager-webhook", "cert-manager-cainjector")
WITHOUT += ("cert-manager-startupapicheck", "envoy-gateway")


def pods_of(item: Any) -> Iterator[dict[str, Any]]:
    """Every pod spec in an object, and in the template of task pods inside a ConfigMap."""
    if isinstance(item, dict):
        if "containers" in item and "volumes" in item | {"volumes": None}:
            yield item
        for key, value in item.items():
            if key == "pod_template_file.yaml":
                yield yaml.safe_load(value)["spec"]
            else:
                yield from pods_of(value)
    elif isinstance(item, list):
        for value in item:
            yield from pods_of(value)


def containers(pod: dict[str, Any]) -> list[dict[str, Any]]:
    return [*pod.get("initContainers", []), *pod["containers"]]


def variables(container: dict[str, Any]) -> dict[str, Any]:
    return {one["name"]: one.get("value") for one in container.get("env") or []}


@pytest.mark.parametrize("line", LINES)
def test_every_container_that_calls_something_outside_has_the_proxy_and_the_file(line: str, provider: Path) -> None:
    changes = {**SELECTORS["proxy"], **LINES[line], "proxy": PROXY}
    seen = 0
    for release in plan_of("prod", changes).releases:
        for item in applied_plan.rendered(provider, release):
            for pod in pods_of(item):
                files = [one["name"] for one in pod.get("volumes") or [] if CONFIG_MAP in str(one.get("configMap"))]
                for container in containers(pod):
                    name, found = container["name"], variables(container)
                    mounted = {one["mountPath"] for one in container.get("volumeMounts") or [] if one["name"] in files}
                    if BUNDLE_FILE in found.values():
                        assert mounted == {FOLDER}, f"{release.name}: {name}"
                    if not any(part in name or part in str(container.get("args")) for part in WITHOUT):
                        assert set(PROXY_VARIABLES) <= set(found), f"{release.name}: {name}"
                        assert BUNDLE_FILE in found.values() or "cleanup" in name, f"{release.name}: {name}"
                        seen += 1
    assert seen > 10
