"""Who reaches whom, and who may do what, in plans that really run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import reach
from tests.cases import CASES
from tests.cluster import applied_plan, task_pods
from tests.plans import plan_of
from tests.reach import NAMESPACE

from .access_reviews import may
from .api import Api
from .azure_view import AzureView
from .live_cluster import LiveCluster
from .traffic import Endpoint, Traffic

Running = Callable[[str], LiveCluster]


@pytest.fixture(scope="module")
def running(cluster: LiveCluster, provider: Path) -> Iterator[Running]:
    """A plan that runs, with a task pod and a pod of every CronJob; the last one is left as it is."""
    last: list[str] = []

    def run(name: str) -> LiveCluster:
        if last != [name]:
            plan = plan_of(*CASES[name])
            cluster.clear()
            cluster.play(AzureView.of_plan(plan))
            # Pods whose containers have ended are looked at, too.
            applied_plan.apply(cluster, provider, plan)
            applied_plan.wait_until_running(cluster, NAMESPACE)
            task_pods.start(cluster)
            last[:] = [name]
        return cluster

    yield run
    cluster.end_playing()


def components(api: Api) -> dict[str, Endpoint]:
    """A pod of each component."""
    pods = api.list("v1", "Pod", NAMESPACE)
    return {pod["metadata"]["labels"].get("component", pod["metadata"]["name"]): Endpoint.of(pod) for pod in pods}


def test_keda_alone_reaches_the_pooler_from_another_namespace(running: Running) -> None:
    api = running("celery-executor").api
    found, traffic = components(api), Traffic.of(api)
    keda = Endpoint("kube-system", {"app": "keda-operator"})
    assert traffic.allows(keda, found["pgbouncer"], 6543)
    assert not traffic.allows(keda, found["api-server"], 8080)
    assert not traffic.allows(Endpoint("default"), found["pgbouncer"], 6543)


@pytest.mark.parametrize(("name", "celery"), [("celery-executor", True), ("prod", False), ("secrets-csi", False)])
def test_the_page_says_who_reaches_whom(name: str, celery: bool, running: Running) -> None:
    api = running(name).api
    found = components(api)
    documented = reach.documented(reach.page(), celery=celery)
    assert reach.reached(Traffic.of(api), found, celery=celery) == documented
    rows = {end.labels.get("component") for end in reach.SOURCES.values()}
    assert [component for component in found if component not in rows] == []


def test_nothing_outside_reaches_in(running: Running) -> None:
    api = running("prod").api
    found, traffic = components(api), Traffic.of(api)
    targets = [target for column in reach.TARGETS.values() for target in column]
    ends = [end for end, _, _ in targets if end.namespace != NAMESPACE]
    inside = [(found[end.labels["component"]], *port) for end, *port in targets if end.namespace == NAMESPACE]
    assert len(inside) >= 5
    assert not [target for end in ends for target in inside if traffic.allows(end, *target)]


def allowed(api: Api, account: str, verb: str, resource: str, namespace: str = NAMESPACE) -> bool:
    """Ask the API server whether an account of Airflow may do something in a namespace."""
    return may(api, NAMESPACE, account, verb, resource, namespace)


def accounts(api: Api) -> list[str]:
    """The accounts of the namespace."""
    return sorted(item["metadata"]["name"] for item in api.list("v1", "ServiceAccount", NAMESPACE))


FORBIDDEN = [
    ("get", "secrets"),
    ("list", "secrets"),
    ("watch", "secrets"),
    ("create", "secrets"),
    ("create", "serviceaccounts/token"),
    ("create", "roles"),
    ("create", "rolebindings"),
    ("impersonate", "serviceaccounts"),
]


def test_no_account_of_airflow_does_anything_in_another_namespace(running: Running) -> None:
    api = running("prod").api
    deeds = [("create", "pods"), ("list", "pods"), ("get", "secrets"), ("list", "configmaps"), ("create", "pods/exec")]
    spaces = ("default", "kube-system", "external-secrets")
    found = [
        (one, space, *deed)
        for one in accounts(api)
        for space in spaces
        for deed in deeds
        if allowed(api, one, *deed, space)
    ]
    assert found == []


def test_only_those_who_launch_pods_may_create_them(running: Running) -> None:
    api = running("prod").api
    creating = [one for one in accounts(api) if allowed(api, one, "create", "pods")]
    assert creating == ["airflow-scheduler", "airflow-triggerer", "airflow-worker"]


def test_only_external_secrets_reads_the_secrets_of_airflow(running: Running) -> None:
    api = running("prod").api
    system = [one for one in api.list("v1", "ServiceAccount") if one["metadata"]["namespace"] != "kube-system"]
    reading = {
        f"{one['metadata']['namespace']}/{one['metadata']['name']}"
        for one in system
        if may(api, one["metadata"]["namespace"], one["metadata"]["name"], "list", "secrets")
    }
    assert reading == {"external-secrets/external-secrets"}


def test_external_secrets_mints_tokens_for_one_account_alone(running: Running) -> None:
    api = running("prod").api
    operator = ("external-secrets", "external-secrets", "create", "serviceaccounts/token", NAMESPACE)
    assert [one for one in accounts(api) if may(api, *operator, one)] == ["airflow-secret-sync"]


@pytest.mark.parametrize("name", ["prod", "celery-and-kubernetes", "release-2.9"])
def test_no_account_of_airflow_reads_secrets_or_widens_its_rights(name: str, running: Running) -> None:
    api = running(name).api
    assert len(accounts(api)) >= 6
    found = [(one, *what) for one in accounts(api) for what in FORBIDDEN if allowed(api, one, *what)]
    assert found == []
