"""The table of who reaches whom on the network page, held against the policies of plans."""

from __future__ import annotations

import pytest

from dryrun.manifests import build_manifest
from dryrun.plan import Plan
from tests.cases import CASES
from tests.cluster.traffic import Endpoint, Traffic
from tests.plans import plan_of
from tests.reach import INTERNET, NAMESPACE, SOURCES, TARGETS, documented, page, reached

pytestmark = pytest.mark.usefixtures("untraced")

NAMESPACES = ("airflow", "external-secrets", "kube-system", "kube-public", "default")


def traffic_of(plan: Plan) -> Traffic:
    policies = [build_manifest(policy) for policy in plan.all("kubernetes:networking.k8s.io/v1:NetworkPolicy")]
    return Traffic(policies, {name: {"kubernetes.io/metadata.name": name} for name in NAMESPACES})


@pytest.mark.parametrize(
    ("case", "celery"), [("prod", False), ("secrets-csi", False), ("celery-executor", True), ("logs-blobfuse", False)]
)
def test_the_page_says_who_reaches_whom(case: str, celery: bool) -> None:
    assert reached(traffic_of(plan_of(*CASES[case])), {}, celery=celery) == documented(page(), celery=celery)


def test_the_page_says_whom_chaoskube_reaches() -> None:
    found = reached(traffic_of(plan_of(*CASES["chaos"])), {}, celery=False, chaos=True)
    assert found == documented(page(), celery=False, chaos=True)


@pytest.mark.parametrize("case", ["prod", "celery-executor"])
def test_nothing_outside_the_cluster_reaches_a_pod(case: str) -> None:
    traffic = traffic_of(plan_of(*CASES[case]))
    pods = [target for column in TARGETS.values() for target in column if target[0].namespace == NAMESPACE]
    assert len(pods) == 5
    assert not [target for target in pods if traffic.allows(INTERNET, *target)]


def test_task_pods_beside_celery_workers_reach_the_same() -> None:
    """They have the same label."""
    found = reached(traffic_of(plan_of(*CASES["celery-and-kubernetes"])), {}, celery=True)
    assert found["Celery worker"] == documented(page(), celery=True)["Celery worker"]


@pytest.mark.parametrize(
    ("row", "cell"), [("| PgBouncer |  |", "| PgBouncer | yes |"), ("| scheduler | yes |", "| scheduler |  |")]
)
def test_a_wrong_cell_is_noticed(row: str, cell: str) -> None:
    assert row in page()
    wrong = documented(page().replace(row, cell), celery=False)
    assert wrong != reached(traffic_of(plan_of("prod")), {}, celery=False)


def test_a_live_pod_takes_the_place_of_its_component() -> None:
    stranger = Endpoint(NAMESPACE, {"component": "nothing"})
    found = reached(traffic_of(plan_of("prod")), {"scheduler": stranger}, celery=False)
    assert found["scheduler"] == {"DNS 53/UDP"}
    assert SOURCES["scheduler"].labels == {"component": "scheduler"}
