"""Who reaches whom, and who may do what, in plans that really run."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.azure.endpoints import BROKER_PORT, DATABASE_PORT
from components.azure.subnet_plan import plan_subnets
from tests.cases import CASES
from tests.cluster import applied_plan, task_pods
from tests.plans import plan_of, shipped

from .api import Api, Object
from .azure_view import AzureView
from .live_cluster import LiveCluster
from .traffic import Endpoint, Traffic

NAMESPACE = "airflow"


def _within(subnet: str | None) -> Endpoint:
    """An address of a subnet that Azure gives out: it keeps the first four."""
    assert subnet is not None
    return Endpoint(address=str(ipaddress.ip_network(subnet)[4]))


# Address, port and protocol of what stands outside the cluster, or in another namespace.
OUTSIDE: dict[str, tuple[Endpoint, int, str]] = {
    "internet:443": (Endpoint(address="203.0.113.7"), 443, "TCP"),
    "internet:8443": (Endpoint(address="203.0.113.7"), 8443, "TCP"),
    "node identity": (Endpoint(address="169.254.169.254"), 80, "TCP"),
    "node relay": (Endpoint(address="168.63.129.16"), 80, "TCP"),
    "dns": (Endpoint("kube-system", {"k8s-app": "kube-dns"}), 53, "UDP"),
    "another namespace": (
        Endpoint("external-secrets", {"app.kubernetes.io/name": "external-secrets"}),
        10250,
        "TCP",
    ),
}
# Subnets of prod's address space.
_SUBNETS = plan_subnets(str(yaml.safe_load(shipped("prod").values["airflow-aks:network"])["addressSpace"]))
_PRIVATE = {
    "database": (_within(_SUBNETS.database), DATABASE_PORT, "TCP"),
    "broker": (_within(_SUBNETS.private_endpoints), BROKER_PORT, "TCP"),
}
# Component, port and protocol of what stands in the namespace.
INSIDE = {
    "ui": ("api-server", 8080, "TCP"),
    "pooler": ("pgbouncer", 6543, "TCP"),
    "metrics": ("statsd", 9125, "UDP"),
    "task logs": ("worker", 8793, "TCP"),
    "triggerer logs": ("triggerer", 8794, "TCP"),
}
# What each component reaches in prod, and nothing that is not named. A task goes anywhere, also to the stack's own
# services, which have passwords; but neither to other pods nor to the node's identity.
_PARTS = {"ui", "metrics", "internet:443", "dns"}
_ANYWHERE = {"internet:443", "internet:8443", "dns", "database", "broker"}
KUBERNETES: dict[str, set[str]] = {
    "api-server": {*_PARTS, "pooler", "task logs", "triggerer logs"},
    "scheduler": {*_PARTS, "pooler"},
    "dag-processor": {*_PARTS, "pooler"},
    "triggerer": {*_PARTS, *_ANYWHERE, "pooler"},
    "worker": {*_PARTS, *_ANYWHERE},
    "statsd": {"dns"},
    "pgbouncer": {"dns", "database"},
    "migration": {"dns", "database"},
    "first-user": {"dns", "database"},
    "airflow-cleanup-pods": {"dns", "internet:443", "pooler"},
}
CELERY = {
    **{part: reached for part, reached in KUBERNETES.items() if part != "airflow-cleanup-pods"},
    "scheduler": {*_PARTS, "pooler", "broker"},
    "worker": {*_PARTS, *_ANYWHERE, "pooler"},
}
Running = Callable[[str], LiveCluster]


@pytest.fixture(scope="module")
def running(cluster: LiveCluster, provider: Path) -> Iterator[Running]:
    """A plan that runs, with a task pod and a pod of every CronJob; the last one is left as it is."""
    last: list[str] = []

    def run(name: str) -> LiveCluster:
        if last != [name]:
            plan = plan_of(*CASES[name])
            cluster.restore(cluster.empty)
            cluster.play(AzureView.of_plan(plan))
            # Pods whose containers have ended are looked at, too.
            applied_plan.apply(cluster.api, provider, plan)
            applied_plan.wait_until_running(cluster.api, NAMESPACE)
            task_pods.start(cluster.api)
            last[:] = [name]
        return cluster

    yield run
    cluster.end_playing()


def components(api: Api) -> dict[str, Endpoint]:
    """A pod of each component."""
    pods = api.list("v1", "Pod", NAMESPACE)
    return {pod["metadata"]["labels"].get("component", pod["metadata"]["name"]): Endpoint.of(pod) for pod in pods}


def reached(api: Api) -> dict[str, set[str]]:
    """What each component reaches, of all that stands in the tables above."""
    found, traffic = components(api), Traffic.of(api)
    targets = {name: (found[part], port, protocol) for name, (part, port, protocol) in INSIDE.items() if part in found}
    targets |= OUTSIDE | _PRIVATE
    return {
        source: {name for name, target in targets.items() if traffic.allows(endpoint, *target)}
        for source, endpoint in found.items()
    }


def test_keda_alone_reaches_the_pooler_from_another_namespace(running: Running) -> None:
    api = running("celery-executor").api
    found, traffic = components(api), Traffic.of(api)
    keda = Endpoint("kube-system", {"app": "keda-operator"})
    assert traffic.allows(keda, found["pgbouncer"], 6543)
    assert not traffic.allows(keda, found["api-server"], 8080)
    assert not traffic.allows(Endpoint("default"), found["pgbouncer"], 6543)


@pytest.mark.parametrize(("name", "table"), [("celery-executor", CELERY), ("prod", KUBERNETES)])
def test_every_component_reaches_what_it_needs_and_no_more(
    name: str, table: dict[str, set[str]], running: Running
) -> None:
    assert reached(running(name).api) == table


def test_nothing_outside_reaches_in(running: Running) -> None:
    cluster = running("prod")
    found, traffic = components(cluster.api), Traffic.of(cluster.api)
    ends = [end for end, _, _ in OUTSIDE.values()]
    inside = [(found[part], port, protocol) for part, port, protocol in INSIDE.values()]
    assert not [target for end in ends for target in inside if traffic.allows(end, *target)]


def allowed(api: Api, account: str, verb: str, resource: str, namespace: str = NAMESPACE) -> bool:
    """Ask the API server whether an account of Airflow may do something in a namespace."""
    return may(api, NAMESPACE, account, verb, resource, namespace)


def may(
    api: Api, home: str, account: str, verb: str, resource: str, namespace: str = NAMESPACE, name: str = ""
) -> bool:
    """Ask the API server whether an account may do something in a namespace."""
    resource, _, sub = resource.partition("/")
    attributes: dict[str, Any] = {"namespace": namespace, "verb": verb, "resource": resource, "subresource": sub}
    if resource in ("roles", "rolebindings", "clusterrolebindings"):
        attributes["group"] = "rbac.authorization.k8s.io"
    review: Object = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SubjectAccessReview",
        "metadata": {"name": ""},
        "spec": {
            "user": f"system:serviceaccount:{home}:{account}",
            "groups": ["system:serviceaccounts", f"system:serviceaccounts:{home}", "system:authenticated"],
            "resourceAttributes": {**attributes, "name": name},
        },
    }
    return bool(api.create(review)["status"]["allowed"])


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
