"""Rules that pack the pods of a stack on the nodes of their pools."""

from __future__ import annotations

import re
from typing import Any

import pytest

from components.stack_file.checker import check
from components.stack_file.problems import Problem
from tests.plans import PROJECT, changed, plan_of, shipped

POOL = {"name": "airflow", "minNodes": 1, "maxNodes": 3}
TASKS = {"name": "tasks", "minNodes": 0, "maxNodes": 4, "purpose": "workers"}
MAX_NODES = "airflow-aks:cluster.pools[{}].maxNodes"
WORKERS_MAX = "airflow-aks:airflow.workers.max"


def stack(pools: list[dict[str, Any]], **airflow: Any) -> dict[str, Any]:
    return {"cluster.pools": pools, **{f"airflow.{key}": value for key, value in airflow.items()}}


def celery(pools: list[dict[str, Any]], cpu: str | None = None, **workers: Any) -> dict[str, Any]:
    sized = {"resources": {"workers": {"cpu": cpu}}} if cpu else {}
    return stack(pools, executor="CeleryExecutor", workers=workers, **sized)


def found(changes: dict[str, Any]) -> tuple[list[Problem], list[Problem]]:
    """Errors and warnings."""
    config = changed(shipped("dev"), changes)
    _, errors, warnings = check(config.values, set(config.secret_keys), PROJECT, "dev")
    return errors, warnings


@pytest.mark.parametrize(
    ("changes", "path", "words"),
    [
        (celery([POOL, TASKS], "1500m", min=5, max=10), MAX_NODES.format(1), "1 of 5 Celery worker pods (1800m of cpu"),
        (celery([POOL, TASKS], min=9, max=9), MAX_NODES.format(1), "1 of 9 Celery worker pods"),
        (celery([POOL, TASKS], "3", min=6, scaler="hpa"), MAX_NODES.format(1), "2 of 6 Celery worker pods"),
        (celery([POOL], min=7, max=7), MAX_NODES.format(0), "of 7 Celery worker pods"),
        (stack([{**POOL, "maxNodes": 1}], executor="LocalExecutor"), MAX_NODES.format(0), "is 1, and "),
        (
            stack(
                [{**POOL, "maxNodes": 2}, TASKS], resources={"dagProcessor": {"cpu": "3"}, "scheduler": {"cpu": "3"}}
            ),
            MAX_NODES.format(0),
            "1 of 1 API server pods",
        ),
        (
            stack([{**POOL, "maxNodes": 2}, TASKS], apiServers=3, resources={"apiServer": {"disk": "60Gi"}}),
            MAX_NODES.format(0),
            "1 of 3 API server pods (1000m of cpu, 1536Mi of memory, 61440Mi of disk each)",
        ),
    ],
)
def test_pods_that_always_run_and_do_not_fit_are_refused(changes: dict[str, Any], path: str, words: str) -> None:
    errors, _ = found(changes)
    problems = [problem for problem in errors if problem.path == path]
    assert len(problems) == 1, errors
    assert words in problems[0].message


@pytest.mark.parametrize(
    "changes",
    [
        celery([POOL, TASKS], "1500m", min=5, max=5),
        celery([POOL], min=7, max=7),
        stack([POOL, TASKS], schedulers=10),
    ],
)
def test_number_of_nodes_that_a_refusal_proposes_is_enough(changes: dict[str, Any]) -> None:
    (problem,) = found(changes)[0]
    number = re.search(r"raise it to ([0-9]+)", problem.message)
    position = int(problem.path.partition("[")[2][0])
    assert number is not None
    pools = [dict(pool) for pool in changes["cluster.pools"]]
    pools[position]["maxNodes"] = int(number[1])
    assert found({**changes, "cluster.pools": pools})[0] == []


@pytest.mark.parametrize(
    ("changes", "most", "nodes"),
    [
        (celery([POOL, TASKS], "1500m", min=1, max=10), 4, 10),
        (celery([POOL, TASKS], min=5, max=10), 8, 5),
        (celery([POOL, {**TASKS, "maxNodes": 2, "vmSize": "Standard_D8ds_v5"}], min=0, max=11), 8, 3),
        (celery([POOL, {**TASKS, "osDiskSizeGb": 45}], min=1, max=6), 4, 6),
        (celery([POOL, TASKS], scaler="hpa", max=9), 8, 5),
    ],
)
def test_workers_at_most_that_do_not_fit_are_a_warning(changes: dict[str, Any], most: int, nodes: int) -> None:
    errors, warnings = found(changes)
    (problem,) = (warning for warning in warnings if warning.path == WORKERS_MAX)
    assert errors == []
    assert f"only {most} Celery worker pods" in problem.message
    assert f"lower it to {most}, or raise {MAX_NODES.format(1)} to {nodes}" in problem.message


@pytest.mark.parametrize(
    "changes",
    [
        celery([POOL, TASKS], min=1, max=8),
        celery([POOL, TASKS], min=4, max=400, scaler="none"),
        celery([POOL, {**TASKS, "vmSize": "Standard_M128ms"}], min=4, max=400),
        stack([POOL, TASKS]),
    ],
)
def test_workers_that_fit_or_cannot_be_compared_are_no_warning(changes: dict[str, Any]) -> None:
    assert WORKERS_MAX not in [problem.path for problem in found(changes)[1]]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (stack([{**POOL, "maxNodes": 2}, TASKS], schedulers=2), "for a further DAG processor pod (1300m of cpu"),
        (stack([{**POOL, "maxNodes": 2}, TASKS], apiServers=2, triggerers=2), "a further DAG processor pod"),
        (
            stack([{**POOL, "maxNodes": 2}, TASKS], dagProcessors=2, resources={"migration": {"cpu": "2"}}),
            "a further migration pod (2000m of cpu",
        ),
        (stack([{**POOL, "maxNodes": 2}, TASKS]), "it goes one pod at a time; raise it to 3"),
        (stack([POOL, TASKS], schedulers=4), "it goes one pod at a time; raise it to 4"),
        (stack([POOL, TASKS], resources={"triggerer": {"disk": "70Gi"}, "scheduler": {"disk": "70Gi"}}), "scheduler"),
    ],
)
def test_update_without_room_for_further_pods_is_a_warning(changes: dict[str, Any], words: str) -> None:
    errors, warnings = found(changes)
    assert errors == []
    (problem,) = (warning for warning in warnings if warning.path == MAX_NODES.format(0))
    assert words in problem.message


@pytest.mark.parametrize(
    "changes",
    [stack([POOL, TASKS]), stack([POOL, TASKS], schedulers=2), stack([{**POOL, "maxNodes": 4}], apiServers=3)],
)
def test_update_with_room_is_no_warning(changes: dict[str, Any]) -> None:
    assert not [problem for problem in found(changes)[1] if "maxNodes" in problem.path]


@pytest.mark.parametrize("executor", ["KubernetesExecutor", "LocalExecutor"])
def test_update_that_has_as_many_nodes_as_proposed_has_room(executor: str) -> None:
    changes = stack([{**POOL, "maxNodes": 2}], executor=executor)
    (problem,) = (warning for warning in found(changes)[1] if warning.path == MAX_NODES.format(0))
    number = re.search(r"raise it to ([0-9]+)", problem.message)
    assert number is not None
    more = stack([{**POOL, "maxNodes": int(number[1])}], executor=executor)
    assert MAX_NODES.format(0) not in [warning.path for warning in found(more)[1]]


def test_os_disk_that_is_too_small_for_a_pod_is_named() -> None:
    errors, _ = found(stack([{**POOL, "osDiskSizeGb": 30}, TASKS]))
    assert {problem.path for problem in errors} == {"airflow-aks:cluster.pools[0].osDiskSizeGb"}
    assert "6656Mi of disk, and a node of pool airflow" in errors[0].message
    assert "raise airflow-aks:cluster.pools[0].osDiskSizeGb (is 30)" in errors[0].message


@pytest.mark.parametrize("disk", ["200Gi", "1Ti", "100G"])
def test_task_that_needs_more_disk_than_a_node_has_is_refused_by_its_path(disk: str) -> None:
    (problem,) = found(stack([POOL, TASKS], resources={"workers": {"disk": disk}}))[0]
    assert problem.path == "airflow-aks:airflow.resources.workers"
    assert "92766Mi of disk for it" in problem.message


@pytest.mark.parametrize(("disk", "right"), [("20", "20Gi"), ("20 GB", "20Gi"), ("0Gi", "2Gi"), ("", "2Gi")])
def test_text_that_is_no_size_of_a_disk_is_refused(disk: str, right: str) -> None:
    (problem,) = found(stack([POOL, TASKS], resources={"workers": {"disk": disk}}))[0]
    assert problem.path == "airflow-aks:airflow.resources.workers.disk"
    assert problem.message == f"must be a quantity of disk, for example {right} (is {disk!r})"


def test_each_warning_stands_once_in_the_whole_plan() -> None:
    changes = celery([{**POOL, "maxNodes": 2}, TASKS], min=5, max=10)
    warnings = plan_of("dev", changes).warnings
    for path in (WORKERS_MAX, MAX_NODES.format(0)):
        assert len([warning for warning in warnings if warning.startswith(f"{path}: ")]) == 1


@pytest.mark.usefixtures("untraced")
def test_refusal_comes_with_all_others() -> None:
    changes = celery([POOL, TASKS], "1500m", min=5, max=10) | {"airflow.values": {"executor": "X"}}
    assert [problem.path for problem in sorted(found(changes)[0])] == [
        "airflow-aks:airflow.values.executor",
        MAX_NODES.format(1),
    ]


@pytest.mark.parametrize("name", ["dev", "prod"])
def test_shipped_stack_has_room_for_updates(name: str) -> None:
    config = shipped(name)
    _, _, warnings = check(config.values, set(config.secret_keys), PROJECT, name)
    assert not [warning for warning in warnings if "maxNodes" in warning.path or "workers" in warning.path]


def test_proxies_of_the_gateway_need_room_beside_airflow() -> None:
    access = {"host": "airflow.example.com", "tls": {"issuer": "selfSigned"}}
    assert found({"access": access})[0] == []
    pools = [{"name": "airflow", "maxNodes": 2}]
    (problem,), _ = found({"access": {**access, "replicas": 20}, "cluster.pools": pools})
    assert "gateway proxy pods (260m of cpu, 576Mi of memory, 768Mi of disk each)" in problem.message
