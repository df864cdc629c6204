"""The numbers of the page on sizing, held against the code."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from components.airflow.values.chart import STATIC_VALUES
from components.airflow.values.executors import LOCAL_PARALLELISM
from components.airflow.values.pod_sizes import PGBOUNCER_PODS, PodSize, pod_sizes
from components.airflow.vault import connections
from components.azure.node_pools import worker_purpose
from components.azure.node_room import SYSTEM_DISK, SYSTEM_PODS_CPU, SYSTEM_PODS_MEMORY, node_room
from components.azure.subnet_plan import plan_subnets
from components.azure.vm_sizes import vm_size
from components.settings.airflow_sections import AirflowSettings, DagsSettings
from components.settings.azure_sections import LogsSettings
from components.settings.model import Settings
from components.stack_file.checker import check
from components.stack_file.rules import pool_rules
from tests.plans import PROJECT, ROOT, changed, shipped

pytestmark = pytest.mark.usefixtures("untraced")

PAGE = (ROOT / "docs" / "sizing.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
MAX_PODS = 110


def table(section: str, number: int = 0) -> list[list[str]]:
    """The cells of a table of a section, without its head and without the marks for code."""
    tables = re.findall(r"(?:^\|.*\n)+", SECTIONS[section], re.MULTILINE)
    rows = [
        [cell.strip().replace("`", "") for cell in line.strip("|").split("|")] for line in tables[number].split("\n")
    ]
    return [row for row in rows[2:] if row != [""]]


def settings_of(stack: str, changes: dict[str, Any] | None = None) -> Settings:
    config = changed(shipped(stack), changes or {})
    settings, errors, _ = check(config.values, set(config.secret_keys), PROJECT, stack)
    assert settings is not None, errors
    return settings


def example() -> dict[str, Any]:
    content = yaml.safe_load(re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[1])  # type: ignore[index]
    return {key.partition(":")[2]: value for key, value in content["config"].items()}


def defaults(**airflow: Any) -> dict[str, PodSize]:
    return {
        pod.name: pod
        for pod in pod_sizes(AirflowSettings.model_validate(airflow), DagsSettings(), LogsSettings(), "pgbouncer")
    }


@pytest.mark.parametrize("row", table("What a node has left for Airflow"), ids=lambda row: row[0])
def test_room_of_each_size_is_that_of_the_code(row: list[str]) -> None:
    size = vm_size(row[0])
    assert size is not None
    room, task = node_room(size, MAX_PODS), defaults()["task"]
    fitting = min(room.cpu // task.cpu, room.memory // task.memory, room.disk // task.disk)
    left = [f"{room.cpu}m", f"{room.memory}Mi", f"{room.disk}Mi"]
    expected = [size.vcpus, size.memory_mib // 1024, *left, fitting]
    assert row[1:] == [str(cell) for cell in expected]


def test_default_sizes_of_nodes_are_in_the_table() -> None:
    listed = {row[0] for row in table("What a node has left for Airflow")}
    used = {pool.vm_size for stack in ("dev", "prod") for pool in settings_of(stack).cluster.pools}
    assert used <= listed


def test_page_names_what_the_pods_of_aks_take() -> None:
    assert f"{SYSTEM_PODS_CPU}m and {SYSTEM_PODS_MEMORY} MiB" in PAGE
    assert f"images take {SYSTEM_DISK // 1024} GiB" in PAGE


@pytest.mark.parametrize(("name", "words"), [("Standard_D4ds_v5", "twice"), ("Standard_D8ds_v5", "four times")])
def test_page_names_how_many_default_workers_a_node_takes(name: str, words: str) -> None:
    size, worker = vm_size(name), defaults(executor="CeleryExecutor")["Celery worker"]
    assert size is not None
    room = node_room(size, MAX_PODS)
    most = min(room.cpu // worker.cpu, room.memory // worker.memory, room.disk // worker.disk)
    assert f"`{name}` {words}" in PAGE
    assert most == {"twice": 2, "four times": 4}[words]


def test_every_pod_is_listed_with_its_request() -> None:
    pods = {**defaults(), **defaults(executor="CeleryExecutor")}
    replicas = {
        "migration": "a Job",
        "task": "one for each running task",
        "Celery worker": "as [airflow.workers](executors.md#how-workers-scale) says",
    }
    expected = [
        [
            name,
            ", ".join(pod.sized_by),
            *(f"{pod.cpu}m", f"{pod.memory}Mi", f"{pod.disk}Mi"),
            replicas.get(name, str(pod.replicas)),
        ]
        for name, pod in pods.items()
    ]
    assert sorted(table("What each pod requests")) == sorted(expected)


def test_page_names_the_scheduler_that_runs_tasks() -> None:
    pod = defaults(executor="LocalExecutor")["scheduler"]
    text = " ".join(PAGE.split())
    assert f"requests {pod.cpu}m and {pod.memory}Mi for {LOCAL_PARALLELISM} tasks" in text
    assert f"and {pod.disk}Mi of disk, git-sync included" in text


def test_page_names_the_request_of_the_cleanup() -> None:
    request = yaml.safe_load(STATIC_VALUES.read_text(encoding="utf-8"))["cleanup"]["resources"]["requests"]
    assert f"requests {request['cpu']} and {request['memory']}" in PAGE


@pytest.mark.parametrize("row", table("What each pod requests", 1), ids=lambda row: row[0])
def test_shipped_stack_files_are_added_up(row: list[str]) -> None:
    settings = settings_of(row[0])
    pods = pod_sizes(settings.airflow, settings.dags, settings.logs, settings.database.pooler)
    (pool,) = (pool for pool in settings.cluster.pools if pool.purpose == "airflow")
    size = vm_size(pool.vm_size)
    assert size is not None
    room = node_room(size, pool.max_pods)
    assert row[1:] == [
        f"{sum(pod.replicas * pod.cpu for pod in pods)}m, {sum(pod.replicas * pod.memory for pod in pods)}Mi",
        f"{pool.min_nodes} to {pool.max_nodes} {pool.vm_size}",
        f"{pool.max_nodes * room.cpu}m, {pool.max_nodes * room.memory}Mi",
    ]


def test_page_names_the_most_nodes() -> None:
    assert f"are more than {plan_subnets('10.40.0.0/16').node_addresses} nodes" in PAGE


def test_page_names_the_least_that_a_pool_must_have() -> None:
    text = " ".join(PAGE.split())
    assert pool_rules._LEAST_OF_SYSTEM == (4, 4)
    assert pool_rules._LEAST_OF_USER == (2, 2)
    assert "the system pool has fewer than 4 vCPUs, less than 4 GiB, or a B size" in text
    assert "another pool fewer than 2 vCPUs or less than 2 GiB" in text


def test_example_for_1000_dags_has_no_problem_and_what_the_table_says() -> None:
    settings = settings_of("prod", example())
    airflow, column = settings.airflow, [row[3] for row in table("10, 100 and 1,000 DAGs")]
    assert column[2:7] == [
        str(airflow.schedulers),
        str(airflow.config["core"]["parallelism"]),
        str(airflow.api_servers),
        f"{airflow.dag_processors}, with {airflow.config['dag_processor']['parsing_processes']} parsing processes",
        str(airflow.triggerers),
    ]
    assert column[8] == settings.database.sku


@pytest.mark.parametrize(("stack", "column"), [("dev", 1), ("prod", 2)])
def test_shipped_stack_files_are_what_the_table_says(stack: str, column: int) -> None:
    settings = settings_of(stack)
    airflow, rows = settings.airflow, table("10, 100 and 1,000 DAGs")
    counts = [airflow.schedulers, airflow.api_servers, airflow.dag_processors, airflow.triggerers]
    assert [rows[index][column] for index in (2, 4, 5, 6)] == [str(count) for count in counts]
    assert rows[8][column] == settings.database.sku


@pytest.mark.parametrize(("stack", "column"), [("dev", 1), ("prod", 2), ("example", 3)])
def test_nodes_for_tasks_are_as_many_as_the_tasks_need(stack: str, column: int) -> None:
    settings = settings_of("prod", example()) if stack == "example" else settings_of(stack)
    rows = table("10, 100 and 1,000 DAGs")
    nodes, name = rows[7][column].split()
    size = vm_size(name)
    assert size is not None
    each = node_room(size, MAX_PODS).cpu // defaults()["task"].cpu
    assert int(nodes) == -(-int(rows[1][column]) // each)
    pools = [pool for pool in settings.cluster.pools if pool.purpose == worker_purpose(settings.cluster.pools)]
    assert [pool.vm_size for pool in pools] == [name]
    if stack == "example":
        assert pools[0].max_nodes == int(nodes)
    else:
        assert f"`{stack}` has {pools[0].max_nodes}" in PAGE
        assert f"so {pools[0].max_nodes * each}" in PAGE


@pytest.mark.parametrize("column", [1, 2, 3])
def test_schedulers_may_start_the_tasks_that_are_planned_for(column: int) -> None:
    rows = table("10, 100 and 1,000 DAGs")
    tasks, schedulers, parallelism = (int(rows[index][column].split(",")[0]) for index in (1, 2, 3))
    assert schedulers * parallelism >= tasks


def test_connections_of_the_pooler_are_those_of_its_configuration() -> None:
    text, size = " ".join(PAGE.split()), connections.POOL_SIZE
    assert f"open {size} each at most, {PGBOUNCER_PODS * size} together, and take {connections.MAX_CLIENTS}" in text


def test_pooler_fits_the_smallest_server() -> None:
    listed = {row[0]: int(row[1]) for row in table("Connections to the database")}
    assert min(listed.values()) >= PGBOUNCER_PODS * connections.POOL_SIZE
    assert {settings_of(stack).database.sku for stack in ("dev", "prod")} <= set(listed)
