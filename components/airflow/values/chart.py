"""The values of the Airflow chart: the static file, overridden by the settings, then by `airflow.values`."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from components.airflow import names
from components.airflow.executors import ExecutorParts, executor_parts
from components.airflow.line_family import LineFamily
from components.airflow.names import WASB_CONNECTION
from components.airflow.release_lines import AIRFLOW_3, family_of
from components.airflow.sign_in import sign_in_values
from components.airflow.vault.connections import Pooler
from components.kubernetes.labels_and_annotations import IDENTITY_LABEL, ROTATION_ANNOTATION
from components.kubernetes.way_out import DIRECT, ContainerWayOut
from components.settings.access_sections import AccessSettings
from components.settings.airflow_sections import AirflowSettings, DagsSettings
from components.settings.azure_sections import LogsSettings
from components.settings.container_texts import literal

from .containers import airflow_image, resource_values, sidecar_images
from .dags import bundle_secrets, bundle_variables, dag_values
from .disk import limit_volumes
from .executors import executor_layers
from .extra_containers import complete_containers
from .layers import merge
from .logs import log_connection, log_values
from .public_address import address_values
from .replicas import replica_values
from .task_namespaces import task_namespace_values
from .way_out import add_way_out

STATIC_VALUES: Final = AIRFLOW_3.static_values
ASYNC_URL: Final = "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC"


@dataclass(frozen=True, kw_only=True)
class ValuesInputs:
    """What the values need from other components.

    `images` maps the names in charts/pins.yaml to full references, which end in a digest if one is pinned.
    `remote_connections` lists the variables with connections to other clusters.
    `secret_versions` goes into annotations of the pods, so that a rotated secret restarts them.
    A claim is None if there is no volume. `address` is the gateway's https address, None without a gateway.
    `task_namespaces` are those in which tasks may run besides `namespace`. `way_out`: how containers reach the outside.
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
    remote_connections: Sequence[str] = ()
    logs_claim: str | None = None
    dags_claim: str | None = None
    address: str | None = None
    task_namespaces: Sequence[str] = ()
    way_out: ContainerWayOut = DIRECT


def airflow_values(
    airflow: AirflowSettings,
    dags: DagsSettings,
    logs: LogsSettings,
    pooler: Pooler,
    inputs: ValuesInputs,
    access: AccessSettings | None = None,
) -> dict[str, Any]:
    """Return the chart values of a stack, ready for Helm. Equal arguments give equal values; none is modified."""
    line, parts = family_of(airflow.release), executor_parts(airflow)
    static = add_way_out(limit_volumes(_read_static(line.static_values), airflow), inputs.way_out, line)
    layers = (
        {"airflowVersion": inputs.airflow_version},
        airflow_image(inputs.images),
        sidecar_images(inputs.images, "statsd"),
        resource_values(airflow),
        _secret_names(static, line, dags, airflow.key_vault_secrets, inputs.remote_connections),
        _pods(inputs),
        _identities(parts, line),
        replica_values(airflow, line),
        *executor_layers(airflow, inputs.namespace, _worker_nodes(inputs)),
        task_namespace_values(inputs.namespace, inputs.task_namespaces),
        _pooler(pooler, inputs),
        log_values(logs, parts, inputs.logs_container, inputs.logs_claim),
        dag_values(dags, static, inputs.images, inputs.dags_claim, inputs.git_known_hosts),
        sign_in_values(access.sign_in, line) if access is not None and access.sign_in is not None else {},
        {"env": _environment(static, airflow, dags, logs, inputs), "config": _config(airflow)},
    )
    behind_gateway = address_values(line, inputs.address)
    own = _disable_hooks(complete_containers(airflow.values))
    # Before the stack file's own options, some of which it may change; stack_file/rules refuse the others.
    return merge(static, behind_gateway, *(line.chart_values(layer) for layer in layers), own)


def _disable_hooks(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return `airflow.values` with its ConfigMaps as parts of the release. By default, the chart makes them hooks."""
    maps = values.get("extraConfigMaps")
    if not isinstance(maps, Mapping):
        return dict(values)
    own = {name: {"useHelmHooks": False, **content} for name, content in maps.items() if isinstance(content, Mapping)}
    return {**values, "extraConfigMaps": {**maps, **own}}


@functools.cache
def _read_static(file: Path) -> Mapping[str, Any]:
    """Read the static values once. Callers must not modify them; `merge` copies them."""
    return dict(yaml.safe_load(file.read_text(encoding="utf-8")))


def config_text(value: str | int | float | bool) -> str:
    """Return a value as text for airflow.cfg, with escaped braces, because the chart renders values as templates."""
    return str(value).replace("{{", '{{ "{{" }}')


def _secret_names(
    static: Mapping[str, Any],
    line: LineFamily,
    dags: DagsSettings,
    user_secrets: Mapping[str, str],
    remote_connections: Sequence[str],
) -> dict[str, Any]:
    """Name every Secret, so that the chart creates none, and set the variables that containers take from Secrets."""
    variables = [
        *([(ASYNC_URL, names.METADATA_SECRET, names.ASYNC_CONNECTION_KEY)] if line.async_engine else []),
        *((variable, names.USER_SECRETS, variable) for variable in sorted(user_secrets)),
    ]
    references = [
        {"name": variable, "valueFrom": {"secretKeyRef": {"name": secret, "key": key}}}
        for variable, secret, key in variables
    ]
    return {
        "fernetKeySecretName": names.FERNET_KEY_SECRET,
        "apiSecretKeySecretName": line.ui_secret[0],
        "jwtSecretName": names.JWT_SECRET,
        "data": {"metadataSecretName": names.METADATA_SECRET},
        "secret": [
            *({"envName": variable, "secretName": secret, "secretKey": key} for variable, secret, key in variables),
            *bundle_secrets(dags),
            *(
                {"envName": variable, "secretName": names.REMOTE_CONNECTIONS, "secretKey": variable}
                for variable in remote_connections
            ),
        ],
        # The chart passes neither `env` nor `secret` on to this CronJob.
        "cleanup": {"env": [*static["cleanup"].get("env", []), *references]},
    }


def _pods(inputs: ValuesInputs) -> dict[str, Any]:
    return {
        "nodeSelector": dict(inputs.airflow_node_selector),
        "airflowPodAnnotations": {ROTATION_ANNOTATION: inputs.secret_versions, **inputs.way_out.annotations},
    }


def _worker_nodes(inputs: ValuesInputs) -> dict[str, Any]:
    return {
        "nodeSelector": dict(inputs.worker_node_selector),
        "tolerations": [dict(toleration) for toleration in inputs.worker_tolerations],
    }


def _identities(parts: ExecutorParts, line: LineFamily) -> dict[str, Any]:
    """Name the service accounts that the program creates, and label their pods, so that they get Azure tokens."""
    values: dict[str, Any] = {}
    for component, account in line.accounts(parts.accounts).items():
        identity = {"serviceAccount": {"create": False, "name": account}, "labels": {IDENTITY_LABEL: "true"}}
        values[component] = identity
    if "workers" in values:
        # Each kind of worker has its own section. The role binding of Celery workers ignores the section's account name
        # and uses the name that the chart would generate. That is no problem, because both names are the same.
        kinds = {"kubernetes": parts.task_pods, "celery": parts.celery_workers}
        values["workers"] = {kind: values["workers"] for kind, runs in kinds.items() if runs}
    return values


def _pooler(pooler: Pooler, inputs: ValuesInputs) -> dict[str, Any]:
    """Turn the chart's PgBouncer on or off. Its pool sizes are in the Secret with its configuration."""
    match pooler:
        case "pgbouncer":
            return {
                **sidecar_images(inputs.images, "pgbouncer", "pgbouncerExporter"),
                "pgbouncer": {
                    "enabled": True,
                    "configSecretName": names.PGBOUNCER_CONFIG_SECRET,
                    "podAnnotations": {ROTATION_ANNOTATION: inputs.secret_versions},
                    "metricsExporterSidecar": {
                        "statsSecretName": names.PGBOUNCER_STATS_SECRET,
                        "statsSecretKey": names.CONNECTION_KEY,
                    },
                },
            }
        case "server" | "none":
            return {"pgbouncer": {"enabled": False}}


def _environment(
    static: Mapping[str, Any], airflow: AirflowSettings, dags: DagsSettings, logs: LogsSettings, inputs: ValuesInputs
) -> list[dict[str, str]]:
    """Return the plain variables of every Airflow container, sorted by name."""
    fixed = {variable["name"]: variable["value"] for variable in static["env"]}
    variables = {**fixed, **airflow.environment, **bundle_variables(dags)}
    if (connection := log_connection(logs, inputs.logs_account_url)) is not None:
        variables[WASB_CONNECTION] = connection
    return [{"name": name, "value": literal(variables[name])} for name in sorted(variables)]


def _config(airflow: AirflowSettings) -> dict[str, dict[str, str]]:
    return {
        section: {key: config_text(value) for key, value in options.items()}
        for section, options in airflow.config.items()
    }
