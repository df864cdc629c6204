"""What may talk to what in Airflow's namespace: nothing, but for these."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from components.airflow.connections import PGBOUNCER_PORT
from components.airflow.executors import executor_parts
from components.airflow.release_lines import family_of
from components.azure import ports
from components.azure.subnet_plan import plan_subnets
from components.settings import Settings

# The metadata service of Azure and its relay hand out the node's own identity.
_NODE_SECRETS: Final = ["169.254.169.254/32", "168.63.129.16/32"]
_DNS: Final = {
    "to": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}}],
    "ports": [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}],
}
# The chart's CronJobs, the second of which is off until `airflow.values` turns it on.
CLEANUP: Final = "airflow-cleanup-pods"
DATABASE_CLEANUP: Final = "database-cleanup"
API_PORT: Final = 8080
HTTPS_PORT: Final = 443
SSH_PORT: Final = 22
WORKER_LOG_PORT: Final = 8793
TRIGGERER_LOG_PORT: Final = 8794
STATSD_PORT: Final = 9125


def network_policies(settings: Settings) -> dict[str, dict[str, Any]]:
    """Name to spec of every policy.

    Rules name pods by the labels of the chart. Task pods may go anywhere but to the node's own identity: what pipelines
    talk to is theirs to say.
    """
    pooler = settings.database.pooler
    parts = executor_parts(settings.airflow)
    tasks = parts.task_components
    subnets = plan_subnets(settings.network.address_space)
    private = settings.database.access == "private"
    database_range = subnets.database if private else None
    line = family_of(settings.airflow.release)
    ui = line.ui_component
    components = [ui, "dag-processor", "scheduler", "triggerer", "worker"]
    parsers = ["scheduler"] if settings.airflow.dag_processors == 0 else []
    # Task pods talk to the API server, if the line has one; what cleans up after them writes down that it did.
    database_clients = [ui, "dag-processor", "scheduler", "triggerer", CLEANUP, DATABASE_CLEANUP]
    # Celery's workers keep their results there.
    if parts.celery_workers or not line.tasks_use_api:
        database_clients.append("worker")
    database_ports = [ports.SERVER, *([ports.SERVER_POOLER] if pooler == "server" else [])]
    policies: dict[str, dict[str, Any]] = {
        "default-deny": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]},
        "dns": _egress({}, [_DNS]),
        "airflow-to-airflow": _egress(
            _components(*components),
            [
                *([_to_pods(ui, API_PORT)] if line.tasks_use_api else []),
                _to_pods("statsd", STATSD_PORT, protocol="UDP"),
            ],
        ),
        # Azure sign-in, Blob Storage, and the Kubernetes API: addresses that Azure changes at will.
        "airflow-to-https": _egress(_components(*components, CLEANUP), [_outside(HTTPS_PORT)]),
        **({ui: _ingress(_components(ui), [_from_pods(components, API_PORT)])} if line.tasks_use_api else {}),
        f"{ui}-to-logs": _egress(
            _components(ui),
            [_to_pods(tasks[0], WORKER_LOG_PORT), _to_pods("triggerer", TRIGGERER_LOG_PORT)],
        ),
        "task-logs": _ingress(_components(*tasks), [_from_pods([ui], WORKER_LOG_PORT)]),
        "triggerer-logs": _ingress(_components("triggerer"), [_from_pods([ui], TRIGGERER_LOG_PORT)]),
        "statsd": _ingress(_components("statsd"), [_from_pods(components, STATSD_PORT, protocol="UDP")]),
        "tasks-to-anywhere": _egress(_components(*tasks, "triggerer"), [_anywhere()]),
        # Pods that tasks launch with KubernetesPodOperator.
        "launched-pods-to-anywhere": _egress({"matchLabels": {"kubernetes_pod_operator": "True"}}, [_anywhere()]),
        "jobs-to-database": _egress(_components("migration", "first-user"), [_service(database_range, [ports.SERVER])]),
    }
    if pooler == "pgbouncer":
        policies |= {
            "airflow-to-pgbouncer": _egress(_components(*database_clients), [_to_pods("pgbouncer", PGBOUNCER_PORT)]),
            "pgbouncer": _ingress(
                _components("pgbouncer"),
                [
                    _from_pods(database_clients, PGBOUNCER_PORT),
                    *([_from_namespace("kube-system", PGBOUNCER_PORT)] if parts.keda else []),
                ],
            ),
            "pgbouncer-to-database": _egress(_components("pgbouncer"), [_service(database_range, [ports.SERVER])]),
        }
    else:
        policies["airflow-to-database"] = _egress(
            _components(*database_clients), [_service(database_range, database_ports)]
        )
    if parts.celery_workers:
        broker = _service(subnets.private_endpoints if private else None, [ports.BROKER])
        policies["airflow-to-broker"] = _egress(_components("scheduler", "worker"), [broker])
    if settings.dags.from_git and (port := git_port(settings.dags.git.repository or "")) != HTTPS_PORT:
        policies["git-sync-to-git"] = _egress(
            _components("dag-processor", "triggerer", *dict.fromkeys([*parsers, *tasks])), [_outside(port)]
        )
    return policies


def git_port(repository: str) -> int:
    """The port that a repository is cloned from; `git@host:path` is SSH."""
    if "://" not in repository:
        return SSH_PORT
    address = urlsplit(repository)
    return address.port or (SSH_PORT if address.scheme == "ssh" else HTTPS_PORT)


def _components(*components: str) -> dict[str, Any]:
    return {"matchExpressions": [{"key": "component", "operator": "In", "values": list(components)}]}


def _egress(selector: dict[str, Any], rules: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {"podSelector": selector, "policyTypes": ["Egress"], "egress": list(rules)}


def _ingress(selector: dict[str, Any], rules: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {"podSelector": selector, "policyTypes": ["Ingress"], "ingress": list(rules)}


def _ports(ports: Iterable[int], protocol: str = "TCP") -> list[dict[str, Any]]:
    return [{"protocol": protocol, "port": port} for port in ports]


def _to_pods(component: str, port: int, *, protocol: str = "TCP") -> dict[str, Any]:
    return {"to": [{"podSelector": _components(component)}], "ports": _ports([port], protocol)}


def _from_pods(components: Sequence[str], port: int, *, protocol: str = "TCP") -> dict[str, Any]:
    return {"from": [{"podSelector": _components(*components)}], "ports": _ports([port], protocol)}


def _from_namespace(namespace: str, port: int) -> dict[str, Any]:
    """From a whole namespace; KEDA's pods, which AKS runs, are not ours to name."""
    selector = {"matchLabels": {"kubernetes.io/metadata.name": namespace}}
    return {"from": [{"namespaceSelector": selector}], "ports": _ports([port])}


def _outside(port: int) -> dict[str, Any]:
    return {**_anywhere(), "ports": _ports([port])}


def _anywhere() -> dict[str, Any]:
    return {"to": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": _NODE_SECRETS}}]}


def _service(address_range: str | None, ports: Sequence[int]) -> dict[str, Any]:
    place = {"ipBlock": {"cidr": address_range}} if address_range else _anywhere()["to"][0]
    return {"to": [place], "ports": _ports(ports)}
