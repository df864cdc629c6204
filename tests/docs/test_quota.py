"""The quota that the page on the first deployment asks for, held against the stack files of the tests."""

from __future__ import annotations

import re

import pytest

from components.airflow.values.pod_sizes import pod_sizes
from components.azure.node_pools import surge_nodes
from components.azure.node_room import node_room
from components.azure.vm_sizes import vm_size
from components.settings.model import Settings
from components.stack_file.checker import check
from tests.plans import PROJECT, ROOT, shipped

PAGE = (ROOT / "docs" / "first-deployment.md").read_text(encoding="utf-8")
ROWS = {row[0]: [int(cell) for cell in row[1:]] for row in re.findall(r"^\| `(\w+)`" + r" \| (\d+)" * 4, PAGE, re.M)}


def settings_of(stack: str) -> Settings:
    config = shipped(stack)
    settings, errors, _ = check(config.values, set(config.secret_keys), PROJECT, stack)
    assert settings is not None, errors
    return settings


def nodes_for_airflow(settings: Settings, size: str, max_pods: int) -> int:
    """How many nodes Airflow's own pods fill: the largest first, each on the first node with room."""
    kind = vm_size(size)
    assert kind is not None
    room = node_room(kind, max_pods)
    pods = pod_sizes(settings.airflow, settings.dags, settings.logs, settings.database.pooler)
    wanted = sorted(((pod.cpu, pod.memory) for pod in pods for _ in range(pod.replicas)), reverse=True)
    free: list[list[int]] = []
    for cpu, memory in wanted:
        node = next((node for node in free if node[0] >= cpu and node[1] >= memory), None)
        if node is None:
            free.append(node := [room.cpu, room.memory])
        node[0] -= cpu
        node[1] -= memory
    return len(free)


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_quota_is_that_of_the_least_and_the_most_nodes(stack: str) -> None:
    settings = settings_of(stack)
    system = settings.cluster.system_pool
    pools = [(system.vm_size, system.min_nodes, system.max_nodes, False)]
    for pool in settings.cluster.pools:
        needed = nodes_for_airflow(settings, pool.vm_size, pool.max_pods) if pool.purpose == "airflow" else 0
        pools.append((pool.vm_size, max(pool.min_nodes, needed), pool.max_nodes, pool.spot))
    least = most = upgrade = spot = 0
    for name, fewest, largest, is_spot in pools:
        size = vm_size(name)
        assert size is not None
        least += 0 if is_spot else size.vcpus * fewest
        most += 0 if is_spot else size.vcpus * largest
        upgrade += 0 if is_spot else size.vcpus * (largest + surge_nodes(largest, spot=False))
        spot += size.vcpus * largest if is_spot else 0
    assert ROWS[stack] == [least, most, upgrade, spot]


def test_page_names_the_nodes_of_dev() -> None:
    settings = settings_of("dev")
    (pool,) = (pool for pool in settings.cluster.pools if pool.purpose == "airflow")
    needed = nodes_for_airflow(settings, pool.vm_size, pool.max_pods)
    assert f"in `dev` {needed}, though its `minNodes` is {pool.min_nodes}" in " ".join(PAGE.split())
