from typing import Any

import pytest

from components.airflow.values.containers import (
    RESOURCE_PLACES,
    airflow_image,
    container_resources,
    resource_values,
    sidecar_images,
)
from components.airflow.values.pod_sizes import pod_sizes
from components.azure.node_packing import Pods, pack
from components.azure.node_room import NodeRoom, node_room
from components.azure.vm_sizes import vm_size
from components.settings.airflow_sections import AirflowSettings, DagsSettings
from components.settings.azure_sections import LogsSettings


def settings(**airflow: Any) -> AirflowSettings:
    return AirflowSettings.model_validate(airflow)


@pytest.mark.parametrize("place", [place for places in RESOURCE_PLACES.values() for place in places])
def test_every_container_has_requests_equal_to_its_limits(place: str) -> None:
    resources: Any = resource_values(settings(executor="CeleryExecutor,KubernetesExecutor"))
    for part in place.split("."):
        resources = resources[part]
    assert set(resources["requests"]) == {"cpu", "memory", "ephemeral-storage"}
    assert resources["requests"] == resources["limits"]


def test_a_component_can_be_sized_in_part() -> None:
    sized = settings(resources={"triggerer": {"memory": "3Gi"}})
    assert container_resources("triggerer", sized)["limits"] == {
        "cpu": "500m",
        "memory": "3Gi",
        "ephemeral-storage": "4Gi",
    }


def test_one_size_covers_every_log_groomer() -> None:
    tree = resource_values(settings(resources={"logGroomer": {"cpu": "70m"}}))
    groomers = [tree[part]["logGroomerSidecar"] for part in ("scheduler", "dagProcessor", "triggerer")]
    assert {groomer["resources"]["limits"]["cpu"] for groomer in groomers} == {"70m"}


@pytest.mark.parametrize(("executor", "memory"), [("KubernetesExecutor", "1536Mi"), ("LocalExecutor", "4Gi")])
def test_a_scheduler_that_runs_tasks_is_larger(executor: str, memory: str) -> None:
    assert container_resources("scheduler", settings(executor=executor))["limits"]["memory"] == memory


def test_the_migration_has_a_size_but_no_place_in_the_chart() -> None:
    assert container_resources("migration", settings())["limits"] == {
        "cpu": "1",
        "memory": "1Gi",
        "ephemeral-storage": "1Gi",
    }
    assert "migration" not in RESOURCE_PLACES


@pytest.mark.parametrize("digest", ["", f"@sha256:{'a' * 64}"])
@pytest.mark.parametrize("registry", ["cr.azurecr.io", "localhost:5000"])
def test_a_digest_travels_behind_the_tag(registry: str, digest: str) -> None:
    assert airflow_image({"airflow": f"{registry}/apache/airflow:3.3.2{digest}"}) == {
        "defaultAirflowRepository": f"{registry}/apache/airflow",
        "defaultAirflowTag": f"3.3.2{digest}",
    }


def test_only_wanted_sidecars_are_named() -> None:
    images = {"statsd": "cr.azurecr.io/statsd:v1", "gitSync": "cr.azurecr.io/git-sync:v4"}
    assert sidecar_images(images, "statsd") == {
        "images": {"statsd": {"repository": "cr.azurecr.io/statsd", "tag": "v1"}}
    }


@pytest.mark.parametrize("reference", ["cr.azurecr.io/apache/airflow", "localhost:5000/apache/airflow"])
def test_an_image_without_a_tag_is_refused(reference: str) -> None:
    with pytest.raises(ValueError, match="has no tag"):
        airflow_image({"airflow": reference})


@pytest.mark.parametrize(
    ("executor", "sections"),
    [
        ("KubernetesExecutor", {"kubernetes"}),
        ("CeleryExecutor", {"celery"}),
        ("CeleryExecutor,KubernetesExecutor", {"celery", "kubernetes"}),
        ("LocalExecutor", set()),
    ],
)
def test_only_workers_that_run_are_sized(executor: str, sections: set[str]) -> None:
    assert set(resource_values(settings(executor=executor)).get("workers", {})) == sections


@pytest.mark.parametrize(("executor", "section"), [("KubernetesExecutor", "kubernetes"), ("CeleryExecutor", "celery")])
def test_workers_are_the_pods_that_tasks_run_in(executor: str, section: str) -> None:
    tree = resource_values(settings(executor=executor, resources={"workers": {"memory": "7Gi"}}))
    assert tree["workers"][section]["resources"]["limits"]["memory"] == "7Gi"


def test_task_pods_beside_workers_have_a_size_of_their_own() -> None:
    sized = {"workers": {"cpu": "3"}, "taskPods": {"cpu": "2"}}
    tree = resource_values(settings(executor="CeleryExecutor,KubernetesExecutor", resources=sized))
    assert tree["workers"]["celery"]["resources"]["limits"]["cpu"] == "3"
    assert tree["workers"]["kubernetes"]["resources"]["limits"]["cpu"] == "2"


def test_a_worker_is_larger_than_a_task_pod() -> None:
    assert container_resources("workers", settings(executor="CeleryExecutor"))["limits"]["memory"] == "4Gi"
    assert container_resources("workers", settings())["limits"]["memory"] == "1Gi"


@pytest.mark.parametrize(
    ("executor", "component", "place"),
    [
        ("KubernetesExecutor", "workers", "workers.kubernetes"),
        ("CeleryExecutor", "workers", "workers.celery"),
        ("CeleryExecutor,KubernetesExecutor", "taskPods", "workers.kubernetes"),
        ("LocalExecutor", "scheduler", "scheduler"),
        ("LocalExecutor", "gitSync", "dags.gitSync"),
    ],
)
def test_the_disk_of_a_component_can_be_set(executor: str, component: str, place: str) -> None:
    resources: Any = resource_values(settings(executor=executor, resources={component: {"disk": "60Gi"}}))
    for part in (*place.split("."), "resources"):
        resources = resources[part]
    assert resources["requests"]["ephemeral-storage"] == resources["limits"]["ephemeral-storage"] == "60Gi"


@pytest.mark.parametrize("release", ["3.3", "2.9"])
@pytest.mark.parametrize(("vm_size_name", "workers"), [("Standard_D4ds_v5", 2), ("Standard_D8ds_v5", 4)])
def test_default_workers_leave_no_half_of_a_default_node_idle(release: str, vm_size_name: str, workers: int) -> None:
    size = vm_size(vm_size_name)
    assert size is not None
    celery = settings(executor="CeleryExecutor", release=release)
    pods = pod_sizes(celery, DagsSettings(), LogsSettings(), "pgbouncer")
    (worker,) = (pod for pod in pods if pod.runs_tasks)
    needed = Pods(worker.name, NodeRoom(worker.cpu, worker.memory, worker.disk), workers)
    assert pack([node_room(size, 110)], [needed]) == ()
