"""Options of airflow.cfg and environment variables that the program owns, each with what to use instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from .plaintext_secrets import ADVICE, clear_secret, secret_text

WASB_CONNECTION: Final = "AIRFLOW_CONN_WASB_LOGS"
GIT_CONNECTION: Final = "AIRFLOW_CONN_GIT_DAGS"


def use(setting: str) -> str:
    """Say which setting decides it."""
    return f"is owned by the program: use airflow-aks:{setting}"


def fixed(reason: str) -> str:
    """Say why no setting decides it."""
    return f"is fixed by the program: {reason}"


_KEPT: Final = fixed(f"it makes this secret and keeps it in the Key Vault; {ADVICE}")
_URL: Final = f"{use('database')}; the URL reaches the pods as a Secret"
_LOGS: Final = use("logs")
_TASK_PODS: Final = fixed("task pods come from its own template, in Airflow's namespace")
_STATSD: Final = fixed("metrics go to the chart's StatsD exporter")
_BROKER_TLS: Final = fixed("the broker's URL asks for TLS and a valid certificate")

# Section and key; a key * stands for the whole section.
OWNED_CONFIG: Final[Mapping[tuple[str, str], str]] = {
    ("api", "port"): fixed("probes, services and network policies name it"),
    ("api", "secret_key"): _KEPT,
    ("api_auth", "jwt_secret"): _KEPT,
    ("azure_remote_logging", "*"): _LOGS,
    ("celery", "broker_url"): f"{use('broker')}; the URL reaches the pods as a Secret",
    ("celery", "result_backend"): f"{use('database')}; the URL reaches the pods as a Secret",
    ("celery", "ssl_active"): _BROKER_TLS,
    ("celery", "worker_autoscale"): use("airflow.workers"),
    ("celery", "worker_concurrency"): use("airflow.workers.concurrency"),
    ("celery", "worker_enable_remote_control"): fixed("the workers' probe asks them by it"),
    ("core", "auth_manager"): fixed("users and roles are kept by the FAB auth manager"),
    ("core", "dags_folder"): use("dags.git.subPath"),
    ("core", "execution_api_server_url"): fixed("tasks talk to the chart's API server"),
    ("core", "executor"): use("airflow.executor"),
    ("core", "fernet_key"): _KEPT,
    ("core", "hostname_callable"): fixed("logs are read by the pods' addresses"),
    ("core", "sql_alchemy_conn"): _URL,
    (
        "dag_processor",
        "dag_bundle_config_list",
    ): f"{use('dags.delivery')}: gitBundle, or airflow.values.dagProcessor.dagBundleConfigList",
    ("database", "sql_alchemy_conn"): _URL,
    ("database", "sql_alchemy_conn_async"): _URL,
    ("kubernetes", "*"): fixed("it is the old name of kubernetes_executor"),
    ("kubernetes_executor", "multi_namespace_mode"): _TASK_PODS,
    ("kubernetes_executor", "multi_namespace_mode_namespace_list"): _TASK_PODS,
    ("kubernetes_executor", "namespace"): _TASK_PODS,
    ("kubernetes_executor", "pod_template_file"): _TASK_PODS,
    ("kubernetes_executor", "worker_container_repository"): use("airflow.image"),
    ("kubernetes_executor", "worker_container_tag"): use("airflow.image"),
    ("logging", "base_log_folder"): fixed("the writable log folder is mounted there"),
    ("logging", "remote_base_log_folder"): _LOGS,
    ("logging", "remote_log_conn_id"): _LOGS,
    ("logging", "remote_logging"): _LOGS,
    ("logging", "trigger_log_server_port"): fixed("services and network policies name it"),
    ("logging", "worker_log_server_port"): fixed("services and network policies name it"),
    ("metrics", "statsd_host"): _STATSD,
    ("metrics", "statsd_on"): f"{use('airflow.values')}.statsd.enabled",
    ("metrics", "statsd_port"): _STATSD,
    ("metrics", "statsd_prefix"): _STATSD,
    ("scheduler", "child_process_log_directory"): fixed("the writable log folder is mounted there"),
    ("scheduler", "standalone_dag_processor"): use("airflow.dagProcessors"),
    ("webserver", "config_file"): fixed("a customized image brings it where Airflow looks for it"),
    ("webserver", "secret_key"): _KEPT,
    ("webserver", "web_server_port"): fixed("probes, services and network policies name it"),
}

_IDENTITY: Final = fixed("pods sign in to Azure with their workload identity, which sets the AZURE_ variables itself")
OWNED_VARIABLES: Final[Mapping[str, str]] = {
    GIT_CONNECTION: use("dags.git"),
    WASB_CONNECTION: _LOGS,
    "AIRFLOW_CONN_AIRFLOW_DB": fixed("KEDA counts tasks with it, and no DAG gets Airflow's own database"),
    "AIRFLOW_HOME": fixed("it is a folder of the image"),
    "AZURE_AUTHORITY_HOST": _IDENTITY,
    "AZURE_CLIENT_CERTIFICATE_PATH": _IDENTITY,
    "AZURE_CLIENT_ID": _IDENTITY,
    "AZURE_CLIENT_SECRET": _IDENTITY,
    "AZURE_FEDERATED_TOKEN_FILE": _IDENTITY,
    "AZURE_PASSWORD": _IDENTITY,
    "AZURE_TENANT_ID": _IDENTITY,
    "AZURE_USERNAME": _IDENTITY,
}


def config_problems(config: Mapping[str, Mapping[str, object]]) -> Iterator[tuple[str, str]]:
    """Find what `airflow.config` may not hold, as path below it and message."""
    for section, options in config.items():
        for key, value in options.items():
            path = f"{section}.{key}"
            if (message := _owner(section, key)) is not None:
                yield path, message
            elif _names_a_source(key) and not secret_text(str(value)):
                continue
            elif clear_secret(key, value):
                yield path, f"looks like a secret in the clear: {ADVICE}"
            elif isinstance(value, str) and "\n" in value.strip("\n"):
                yield path, "must be a single line"


def environment_problems(
    environment: Mapping[str, str], config: Mapping[str, Mapping[str, object]]
) -> Iterator[tuple[str, str]]:
    """Find what `airflow.environment` may not hold, as path below it and message."""
    for name, value in environment.items():
        section, key = option_of(name)
        if (message := variable_owner(name)) is not None:
            yield name, message
        elif section and key in config.get(section, {}):
            yield name, f"is also set by airflow-aks:airflow.config.{section}.{key}: keep one of the two"
        elif section and _names_a_source(key) and not secret_text(value):
            continue
        elif clear_secret(name, value) or (name.upper().endswith("_KEY") and value.strip()):
            yield name, f"looks like a secret in the clear: {ADVICE}"


def variable_owner(name: str) -> str | None:
    """Say who owns an environment variable, be it one of Airflow's options or not; None = nobody."""
    section, key = option_of(name)
    return OWNED_VARIABLES.get(name) or (_owner(section, key) if section else None)


def option_of(variable: str) -> tuple[str, str]:
    """`AIRFLOW__CORE__EXECUTOR` as section and key; empty when it is another variable."""
    prefix, _, rest = variable.partition("__")
    section, _, key = rest.partition("__")
    return (section.lower(), key.lower()) if prefix == "AIRFLOW" and key else ("", "")


def _owner(section: str, key: str) -> str | None:
    """Say who owns an option, also when it is set by a command or by a name in a secrets backend."""
    names = (key, key.removesuffix("_cmd"), key.removesuffix("_secret"), "*")
    places = ((section, name) for name in names)
    return next((OWNED_CONFIG[place] for place in places if place in OWNED_CONFIG), None)


def _names_a_source(key: str) -> bool:
    return key.endswith(("_cmd", "_secret"))
