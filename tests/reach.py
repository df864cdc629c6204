"""Who reaches whom: the table of docs/network.md, and the same from network policies."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping

import yaml

from components.azure.endpoints import BROKER_PORT, DATABASE_PORT
from components.azure.subnet_plan import plan_subnets

from .cluster.traffic import Endpoint, Traffic
from .plans import ROOT, shipped

NAMESPACE = "airflow"
Target = tuple[Endpoint, int, str]


def _pod(component: str) -> Endpoint:
    return Endpoint(NAMESPACE, {"component": component})


def _within(subnet: str | None) -> Endpoint:
    """The first address of a subnet that Azure gives out: it keeps four."""
    assert subnet is not None
    return Endpoint(address=str(ipaddress.ip_network(subnet)[4]))


# Rows of the page. A pod of the namespace has its component here, and its other labels in a live cluster.
SOURCES: dict[str, Endpoint] = {
    "API server": _pod("api-server"),
    "scheduler": _pod("scheduler"),
    "DAG processor": _pod("dag-processor"),
    "triggerer": _pod("triggerer"),
    "task pod": _pod("worker"),
    "Celery worker": _pod("worker"),
    "pod of `KubernetesPodOperator`": Endpoint(NAMESPACE, {"kubernetes_pod_operator": "True"}),
    "PgBouncer": _pod("pgbouncer"),
    "StatsD": _pod("statsd"),
    "migration Job": _pod("migration"),
    "first-user Job": _pod("first-user"),
    "clean-up CronJob": _pod("airflow-cleanup-pods"),
    "secret keeper": _pod("secret-keeper"),
    "chaoskube": _pod("chaos"),
    "External Secrets": Endpoint("external-secrets", {"app.kubernetes.io/name": "external-secrets"}),
    "KEDA": Endpoint("kube-system", {"app": "keda-operator"}),
    "another namespace": Endpoint("default"),
}
# Rows that only a plan of this kind has pods for.
ONLY_WITH_CELERY = {"Celery worker", "KEDA"}
ONLY_WITHOUT_CELERY = {"task pod", "clean-up CronJob"}
ONLY_WITH_CHAOS = {"chaoskube"}
_SUBNETS = plan_subnets(str(yaml.safe_load(shipped("prod").values["airflow-aks:network"])["addressSpace"]))
INTERNET = Endpoint(address="203.0.113.8")
# Columns of the page, with what each stands for in prod's address space.
TARGETS: dict[str, list[Target]] = {
    "API server 8080": [(_pod("api-server"), 8080, "TCP")],
    "task logs 8793": [(_pod("worker"), 8793, "TCP")],
    "triggerer logs 8794": [(_pod("triggerer"), 8794, "TCP")],
    "StatsD 9125/UDP": [(_pod("statsd"), 9125, "UDP")],
    "PgBouncer 6543": [(_pod("pgbouncer"), 6543, "TCP")],
    "database 5432": [(_within(_SUBNETS.database), DATABASE_PORT, "TCP")],
    "broker 10000": [(_within(_SUBNETS.private_endpoints), BROKER_PORT, "TCP")],
    "DNS 53/UDP": [(Endpoint("kube-system", {"k8s-app": "kube-dns"}), 53, "UDP")],
    "registry, Key Vault 443": [(_within(_SUBNETS.private_endpoints), 443, "TCP")],
    "Internet 443": [(INTERNET, 443, "TCP")],
    "Internet, other ports": [(INTERNET, 8443, "TCP"), (INTERNET, 22, "TCP")],
    "other namespaces": [(Endpoint("kube-public"), 10250, "TCP"), (Endpoint("kube-system"), 8080, "TCP")],
    "node's identity": [
        (Endpoint(address="169.254.169.254"), 80, "TCP"),
        (Endpoint(address="168.63.129.16"), 80, "TCP"),
    ],
}


def documented(page: str, *, celery: bool, chaos: bool = False) -> dict[str, set[str]]:
    """What each row of the page's table says that it reaches; a cell is `yes`, `Celery` or empty."""
    section = page.partition("### Who reaches whom\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    header, _, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in lines)
    assert header[1:] == [*TARGETS]
    found: dict[str, set[str]] = {}
    for name, *cells in rows:
        assert set(cells) <= {"yes", "Celery", ""}
        said = {"yes", "Celery"} if celery else {"yes"}
        found[name] = {target for target, cell in zip(TARGETS, cells, strict=True) if cell in said}
    assert set(found) == set(SOURCES)
    return {name: reached for name, reached in found.items() if _has_pods(name, celery, chaos)}


def reached(
    traffic: Traffic, live: Mapping[str, Endpoint], *, celery: bool, chaos: bool = False
) -> dict[str, set[str]]:
    """The same by the policies; `live` are pods of the namespace by component, in place of their component alone."""

    def found(end: Endpoint) -> Endpoint:
        return live.get(end.labels.get("component", ""), end) if end.namespace == NAMESPACE else end

    def lets(source: Endpoint, targets: list[Target]) -> bool:
        answers = {traffic.allows(source, found(end), port, protocol) for end, port, protocol in targets}
        assert len(answers) == 1, "the targets of a column differ"
        return answers.pop()

    return {
        name: {target for target, ends in TARGETS.items() if lets(found(source), ends)}
        for name, source in SOURCES.items()
        if _has_pods(name, celery, chaos)
    }


def page() -> str:
    """The text of the page."""
    return (ROOT / "docs" / "network.md").read_text(encoding="utf-8")


def _has_pods(name: str, celery: bool, chaos: bool) -> bool:
    without = (ONLY_WITHOUT_CELERY if celery else ONLY_WITH_CELERY) | (set() if chaos else ONLY_WITH_CHAOS)
    return name not in without
