"""What decides how long a first update takes: the cluster, its node pool, the migration and the release."""

from __future__ import annotations

import pytest

from dryrun.duration_reader import Durations, load_durations
from dryrun.timeline import Step, Timeline, compute_timeline
from tests.plans import plan_of

pytestmark = pytest.mark.usefixtures("untraced")

NODE_POOL = "azure-native:containerservice:AgentPool"
_FROM_THE_ROLE_ON = [
    "cluster-control-plane-network",
    "cluster-cluster",
    "cluster-pool-airflow",
    "airflow-database-migration",
    "airflow-release",
]
CRITICAL_PATH = {
    "dev": ["stack-record-made-with", "resource-group", "cluster-control-plane-identity", *_FROM_THE_ROLE_ON],
    "prod": [
        "stack-record-made-with",
        "resource-group",
        "network-outbound-ip",
        "network-nat-gateway",
        "network-nodes",
        *_FROM_THE_ROLE_ON,
    ],
}

each_stack = pytest.mark.parametrize("stack", ["dev", "prod"])


def timeline_of(stack: str, durations: Durations | None = None) -> Timeline:
    return compute_timeline(plan_of(stack), durations or load_durations())


def names(steps: tuple[Step, ...]) -> list[str]:
    return [step.resource.name for step in steps]


def with_nodes_at_once() -> Durations:
    """The typical times, with node pools that take none."""
    durations = load_durations()
    changed = tuple(
        each.model_copy(update={"seconds": 0}) if NODE_POOL in each.types else each for each in durations.durations
    )
    return durations.model_copy(update={"durations": changed})


@each_stack
def test_critical_path_is_pinned(stack: str) -> None:
    assert names(timeline_of(stack).critical_path) == CRITICAL_PATH[stack]


@each_stack
def test_beside_the_node_pool_the_path_is_cluster_operator_migration_release(stack: str) -> None:
    assert names(timeline_of(stack, with_nodes_at_once()).long_steps) == [
        "cluster-cluster",
        "secret-sync-external-secrets-operator",
        "airflow-database-migration",
        "airflow-release",
    ]


@each_stack
@pytest.mark.parametrize(
    "beside",
    [
        "database-server",
        "database-require-secure-transport",
        "images-airflow",
        "key-vault-vault",
        "secret-sync-external-secrets-externalsecret-airflow-migration-connection",
    ],
)
def test_data_images_and_secrets_are_ready_before_the_nodes(stack: str, beside: str) -> None:
    ends = {step.resource.name: step.end for step in timeline_of(stack).steps.values()}
    assert ends[beside] < ends["cluster-pool-airflow"]


@each_stack
def test_first_update_takes_about_a_quarter_of_an_hour(stack: str) -> None:
    assert 12 * 60 < timeline_of(stack).seconds < 18 * 60
