"""The values of the Airflow chart: the static file, then what the settings say, then the stack's own values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import yaml

from components.settings.airflow_sections import AirflowSettings, DagsSettings
from components.settings.azure_sections import LogsSettings

from . import names
from .container_values import LOCAL_PARALLELISM, airflow_image, resource_values, sidecar_images
from .dag_values import bundle_secrets, bundle_variables, dag_values
from .log_values import log_connection, log_values
from .owned_config import WASB_CONNECTION
from .owned_paths import IDENTITY_LABEL, ROTATION_ANNOTATION

Pooler = Literal["pgbouncer", "server", "none"]
STATIC_VALUES: Final = Path(__file__).resolve().parents[2] / "charts" / "airflow" / "values.yaml"
_SAFE_TO_EVICT: Final = "cluster-autoscaler.kubernetes.io/safe-to-evict"
# Seconds that a scheduler waits for the tasks which run inside it; the chart's own figure for workers.
_LOCAL_GRACE_SECONDS: Final = 600


@dataclass(frozen=True, kw_only=True)
class ValuesWires:
    """What the values take from other components.

    `images` maps the names of charts/pins.yaml to whole references, with or without a digest behind the tag.
    `secret_versions` stands in the pods' annotations, so that a rotated secret restarts what reads it.
    The claims are those of volumes; None where nothing is mounted.
    """

    airflow_version: str
    images: Mapping[str, str]
    namespace: str
    logs_account_url: str
    logs_container: str
    secret_versions: str
    airflow_node_selector: Mapping[str, str]
    worker_node_selector: Mapping[str, str]
    worker_tolerations: Sequence[Mapping[str, str]]
    git_known_hosts: str | None
    logs_claim: str | None = None
    dags_claim: str | None = None


def airflow_values(
    airflow: AirflowSettings, dags: DagsSettings, logs: LogsSettings, pooler: Pooler, wires: ValuesWires
) -> dict[str, Any]:
    """Give the chart values of a stack, ready for Helm. Equal arguments give equal values, and none is changed."""
    static = yaml.safe_load(STATIC_VALUES.read_text(encoding="utf-8"))
    return merged(
        static,
        {"airflowVersion": wires.airflow_version},
        airflow_image(wires.images),
        sidecar_images(wires.images, "statsd"),
        resource_values(airflow),
        _secret_names(static, dags),
        _pods(wires),
        _identities(),
        _replicas(airflow),
        _executor(airflow, wires),
        _pooler(pooler, wires),
        log_values(logs, wires.logs_container, wires.logs_claim),
        dag_values(dags, static, wires.images, wires.dags_claim, wires.git_known_hosts),
        {"env": _environment(static, airflow, dags, logs, wires), "config": _config(airflow)},
        airflow.values,
    )


def merged(base: Mapping[str, Any], *layers: Mapping[str, Any]) -> dict[str, Any]:
    """Lay maps over each other, later ones on top: maps merge, lists and scalars replace. Nothing is shared."""
    result = {key: _copied(value) for key, value in base.items()}
    for layer in layers:
        for key, value in layer.items():
            below = result.get(key)
            if isinstance(below, dict) and isinstance(value, Mapping):
                result[key] = merged(below, value)
            else:
                result[key] = _copied(value)
    return result


def config_text(value: str | int | float | bool) -> str:
    """Write a value as airflow.cfg holds it, with its braces escaped: the chart renders every value as a template."""
    return str(value).replace("{{", '{{ "{{" }}')


def _copied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _copied(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_copied(item) for item in value]
    return value


def _secret_names(static: Mapping[str, Any], dags: DagsSettings) -> dict[str, Any]:
    """Name every Secret, so that the chart renders none."""
    async_url = "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC"
    secret_key = {"name": names.METADATA_SECRET, "key": names.ASYNC_CONNECTION_KEY}
    return {
        "fernetKeySecretName": names.FERNET_KEY_SECRET,
        "apiSecretKeySecretName": names.API_SECRET,
        "jwtSecretName": names.JWT_SECRET,
        "data": {"metadataSecretName": names.METADATA_SECRET},
        "secret": [
            {
                "envName": async_url,
                "secretName": names.METADATA_SECRET,
                "secretKey": names.ASYNC_CONNECTION_KEY,
            },
            *bundle_secrets(dags),
        ],
        # The chart passes neither `env` nor `secret` on to this CronJob.
        "cleanup": {
            "env": [*static["cleanup"]["env"], {"name": async_url, "valueFrom": {"secretKeyRef": secret_key}}],
        },
    }


def _pods(wires: ValuesWires) -> dict[str, Any]:
    return {
        "nodeSelector": dict(wires.airflow_node_selector),
        "airflowPodAnnotations": {ROTATION_ANNOTATION: wires.secret_versions},
    }


def _identities() -> dict[str, Any]:
    """Name the service accounts that the program makes, and label their pods for tokens of Azure."""
    values: dict[str, Any] = {}
    for component, account in names.SERVICE_ACCOUNTS.items():
        identity = {"serviceAccount": {"create": False, "name": account}, "labels": {IDENTITY_LABEL: "true"}}
        # Task pods have a section of their own; `workers.celery` would leave the role binding with another name.
        values[component] = {"kubernetes": identity} if component == "workers" else identity
    return values


def _replicas(airflow: AirflowSettings) -> dict[str, Any]:
    return {
        "apiServer": {"replicas": airflow.api_servers},
        "scheduler": {"replicas": airflow.schedulers},
        "dagProcessor": {"replicas": airflow.dag_processors},
        "triggerer": {"enabled": airflow.triggerers > 0, "replicas": airflow.triggerers},
    }


def _executor(airflow: AirflowSettings, wires: ValuesWires) -> dict[str, Any]:
    """Say where tasks run: in pods of their own, or inside the scheduler."""
    match airflow.executor:
        case "KubernetesExecutor":
            task_pods = {
                "nodeSelector": dict(wires.worker_node_selector),
                "tolerations": [dict(toleration) for toleration in wires.worker_tolerations],
            }
            return {
                "executor": airflow.executor,
                "workers": {"kubernetes": task_pods},
                "cleanup": {"enabled": True},
                "config": {"kubernetes_executor": {"namespace": wires.namespace}},
            }
        case "LocalExecutor":
            return {
                "executor": airflow.executor,
                "scheduler": {
                    "terminationGracePeriodSeconds": _LOCAL_GRACE_SECONDS,
                    "safeToEvict": False,
                    "podAnnotations": {_SAFE_TO_EVICT: "false"},
                },
                "cleanup": {"enabled": False},
                "config": {"core": {"parallelism": config_text(LOCAL_PARALLELISM)}},
            }


def _pooler(pooler: Pooler, wires: ValuesWires) -> dict[str, Any]:
    """Turn the chart's PgBouncer on or off. Its pool sizes stand in the Secret with its configuration."""
    match pooler:
        case "pgbouncer":
            return {
                **sidecar_images(wires.images, "pgbouncer", "pgbouncerExporter"),
                "pgbouncer": {
                    "enabled": True,
                    "configSecretName": names.PGBOUNCER_CONFIG_SECRET,
                    "podAnnotations": {ROTATION_ANNOTATION: wires.secret_versions},
                    "metricsExporterSidecar": {
                        "statsSecretName": names.PGBOUNCER_STATS_SECRET,
                        "statsSecretKey": names.CONNECTION_KEY,
                    },
                },
            }
        case "server" | "none":
            return {"pgbouncer": {"enabled": False}}


def _environment(
    static: Mapping[str, Any], airflow: AirflowSettings, dags: DagsSettings, logs: LogsSettings, wires: ValuesWires
) -> list[dict[str, str]]:
    """List the plain variables of every Airflow container, by name."""
    fixed = {variable["name"]: variable["value"] for variable in static["env"]}
    variables = {**fixed, **airflow.environment, **bundle_variables(dags)}
    if (connection := log_connection(logs, wires.logs_account_url)) is not None:
        variables[WASB_CONNECTION] = connection
    return [{"name": name, "value": variables[name]} for name in sorted(variables)]


def _config(airflow: AirflowSettings) -> dict[str, dict[str, str]]:
    return {
        section: {key: config_text(value) for key, value in options.items()}
        for section, options in airflow.config.items()
    }
