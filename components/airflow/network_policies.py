"""The network policies of Airflow's namespace, which deny every connection that no policy allows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from pulumi import Input, Output

from components.azure.endpoints import BROKER_PORT, DATABASE_POOLER_PORT, DATABASE_PORT
from components.azure.subnet_plan import SubnetRanges, plan_subnets
from components.kubernetes.chaos import CHAOS_COMPONENT
from components.settings.airflow_sections import DagsSettings
from components.settings.model import Settings

from .executors import ExecutorParts, executor_parts
from .gateway_policies import admit_gateway
from .line_family import LineFamily
from .release_lines import family_of
from .team_task_rules import admit_team_tasks
from .traffic.allowed_policies import allowed_policies
from .traffic.destinations_of_settings import known_policies
from .traffic.host_policies import limit_to_names
from .traffic.kubernetes_api import to_api_server
from .traffic.policy_specs import (
    DENY,
    DNS,
    LAUNCHED,
    Policy,
    anywhere,
    egress,
    from_pods,
    in_namespace,
    ingress,
    outside,
    ports,
    select,
    to_pods,
    to_service,
)
from .traffic.port_numbers import (
    API_PORT,
    HTTPS_PORT,
    STATSD_PORT,
    STATSD_SCRAPE_PORT,
    TRIGGERER_LOG_PORT,
    WORKER_LOG_PORT,
)
from .traffic.proxy_policies import open_proxy
from .vault.connections import PGBOUNCER_PORT, Pooler

# The chart's CronJobs. DATABASE_CLEANUP is off unless `airflow.values` turns it on.
CLEANUP: Final = "airflow-cleanup-pods"
DATABASE_CLEANUP: Final = "database-cleanup"


@dataclass(frozen=True)
class Stack:
    """The properties of a stack that its policies depend on.

    The tuples contain `component` labels of the chart. `components`: Airflow's pods. `tasks`: pods that run tasks.
    `parsers`: schedulers, if they parse DAGs. `database_clients`: pods that connect to the database. A range is None if
    the service has a public address.
    """

    line: LineFamily
    parts: ExecutorParts
    components: tuple[str, ...]
    tasks: tuple[str, ...]
    parsers: tuple[str, ...]
    database_clients: tuple[str, ...]
    database_range: str | None
    broker_range: str | None

    @classmethod
    def of(cls, settings: Settings, ranges: SubnetRanges | None = None) -> Self:
        """Derive the properties from the settings and the ranges of the subnets, by default those of an own network."""
        line, parts = family_of(settings.airflow.release), executor_parts(settings.airflow)
        subnets = ranges or plan_subnets(settings.network.address_space)
        private = settings.database.access == "private"
        ui = line.ui_component
        # Tasks that use the API server need no database. Celery workers always need the database, to store results.
        workers = ("worker",) if parts.celery_workers or not line.tasks_use_api else ()
        return cls(
            line=line,
            parts=parts,
            components=(ui, "dag-processor", "scheduler", "triggerer", "worker"),
            tasks=parts.task_components,
            parsers=("scheduler",) if settings.airflow.dag_processors == 0 else (),
            database_clients=(ui, "dag-processor", "scheduler", "triggerer", CLEANUP, DATABASE_CLEANUP, *workers),
            database_range=subnets.database if private else None,
            broker_range=subnets.private_endpoints if private else None,
        )

    @property
    def git_clients(self) -> tuple[str, ...]:
        """Pods that clone DAGs, if they come from git."""
        return ("dag-processor", "triggerer", *dict.fromkeys([*self.parsers, *self.tasks]))


def policies_by_name(settings: Settings, ranges: Output[SubnetRanges]) -> Mapping[str, Input[Policy]]:
    """Return the spec of every policy by its name. The ranges of an existing network are known only to Azure."""
    policies = network_policies(settings)
    if settings.network.existing is None:
        return policies

    def with_ranges(name: str) -> Output[Policy]:
        return ranges.apply(lambda known: network_policies(settings, known)[name])

    return {name: with_ranges(name) for name in policies}


def network_policies(settings: Settings, ranges: SubnetRanges | None = None) -> dict[str, Policy]:
    """Return the spec of every policy by its name. Policies select pods by the chart's `component` label.

    With restricted egress, Cilium's policies take the place of those that open all addresses, and of the one for DNS.
    """
    ranges = ranges or plan_subnets(settings.network.address_space)
    stack = Stack.of(settings, ranges)
    policies = {
        "default-deny": DENY,
        "dns": egress({}, [DNS]),
        **_between_components(stack),
        **_logs(stack),
        **_metrics(stack, scraped=settings.monitored),
        **_tasks(stack),
        **_database(stack, settings.database.pooler),
        **_broker(stack),
        **_git(stack, settings.dags),
        **(admit_gateway(stack.line) if settings.access else {}),
        **_chaos(settings, ranges),
        **admit_team_tasks(settings),
        **known_policies(settings),
        **open_proxy(settings.proxy, "airflow-to-proxy", select(*stack.components)),
        **_launched_to_proxy(settings),
        **allowed_policies(settings),
    }
    return limit_to_names(policies) if settings.network.restricted else policies


def _between_components(stack: Stack) -> dict[str, Policy]:
    """Allow Airflow's components to reach the API server, the metrics exporter, and HTTPS outside the cluster."""
    ui = stack.line.ui_component
    to_api = [to_pods(ui, API_PORT)] if stack.line.tasks_use_api else []
    to_metrics = to_pods("statsd", STATSD_PORT, protocol="UDP")
    policies = {
        "airflow-to-airflow": egress(select(*stack.components), [*to_api, to_metrics]),
        # Azure sign-in, Blob Storage and the Kubernetes API, whose addresses may change at any time.
        "airflow-to-https": egress(select(*stack.components, CLEANUP), [outside(HTTPS_PORT)]),
    }
    if stack.line.tasks_use_api:
        policies[ui] = ingress(select(ui), [from_pods(stack.components, API_PORT)])
    return policies


def _logs(stack: Stack) -> dict[str, Policy]:
    """Allow the UI to reach the log servers of running tasks and of the triggerer."""
    ui = stack.line.ui_component
    return {
        f"{ui}-to-logs": egress(
            select(ui),
            [to_pods(stack.tasks[0], WORKER_LOG_PORT), to_pods("triggerer", TRIGGERER_LOG_PORT)],
        ),
        "task-logs": ingress(select(*stack.tasks), [from_pods([ui], WORKER_LOG_PORT)]),
        "triggerer-logs": ingress(select("triggerer"), [from_pods([ui], TRIGGERER_LOG_PORT)]),
    }


def _metrics(stack: Stack, *, scraped: bool) -> dict[str, Policy]:
    """Allow the metrics exporter to receive metrics from Airflow's components, and the agent of AKS to read them."""
    policies = {"statsd": ingress(select("statsd"), [from_pods(stack.components, STATSD_PORT, protocol="UDP")])}
    if scraped:
        agent = {"from": [in_namespace("kube-system")], "ports": ports([STATSD_SCRAPE_PORT])}
        policies["statsd-scrape"] = ingress(select("statsd"), [agent])
    return policies


def _tasks(stack: Stack) -> dict[str, Policy]:
    """Allow tasks to reach any address except Azure's metadata service: DAGs decide what they connect to."""
    return {
        "tasks-to-anywhere": egress(select(*stack.tasks, "triggerer"), [{"to": [anywhere()]}]),
        "launched-pods-to-anywhere": egress(LAUNCHED, [{"to": [anywhere()]}]),
    }


def _launched_to_proxy(settings: Settings) -> dict[str, Policy]:
    """Allow pods that tasks launch to reach the proxy, where their other policy opens no address."""
    return open_proxy(settings.proxy, "launched-pods-to-proxy", LAUNCHED) if settings.network.restricted else {}


def _database(stack: Stack, pooler: Pooler) -> dict[str, Policy]:
    """Allow the Jobs to reach the server, and Airflow's pods to reach the pooler, or the server without a pooler."""
    clients = stack.database_clients
    server = to_service(stack.database_range, [DATABASE_PORT])
    jobs = {"jobs-to-database": egress(select("migration", "first-user"), [server])}
    if pooler != "pgbouncer":
        numbers = [DATABASE_PORT, *([DATABASE_POOLER_PORT] if pooler == "server" else [])]
        return {**jobs, "airflow-to-database": egress(select(*clients), [to_service(stack.database_range, numbers)])}
    # KEDA counts waiting tasks through the pooler too.
    from_keda = [{"from": [in_namespace("kube-system")], "ports": ports([PGBOUNCER_PORT])}] if stack.parts.keda else []
    return {
        **jobs,
        "airflow-to-pgbouncer": egress(select(*clients), [to_pods("pgbouncer", PGBOUNCER_PORT)]),
        "pgbouncer": ingress(select("pgbouncer"), [from_pods(clients, PGBOUNCER_PORT), *from_keda]),
        "pgbouncer-to-database": egress(select("pgbouncer"), [server]),
    }


def _broker(stack: Stack) -> dict[str, Policy]:
    """Allow schedulers and Celery workers to reach the broker, if there is one."""
    if not stack.parts.celery_workers:
        return {}
    broker = to_service(stack.broker_range, [BROKER_PORT])
    return {"airflow-to-broker": egress(select("scheduler", "worker"), [broker])}


def _git(stack: Stack, dags: DagsSettings) -> dict[str, Policy]:
    """Allow pods that clone DAGs to reach the git server, unless it uses the HTTPS port, which is open already."""
    repository = dags.git.repository
    if not dags.from_git or repository is None or repository.port == HTTPS_PORT:
        return {}
    return {"git-sync-to-git": egress(select(*stack.git_clients), [outside(repository.port)])}


def _chaos(settings: Settings, ranges: SubnetRanges) -> dict[str, Policy]:
    """Allow chaoskube to reach the Kubernetes API server and nothing else, if there is chaos."""
    if settings.chaos is None:
        return {}
    return {"chaos-to-api-server": egress(select(CHAOS_COMPONENT), [to_api_server(settings, ranges)])}
