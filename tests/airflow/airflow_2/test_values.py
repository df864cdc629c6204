import itertools
import json
from collections.abc import Iterator
from typing import Any

import pytest

from components.airflow.executors import executor_parts
from components.airflow.values.chart import ValuesInputs, airflow_values
from components.airflow.values.logs import log_values
from components.settings.airflow_sections import AirflowSettings, DagsSettings
from components.settings.azure_sections import LogsSettings
from components.settings.pins import load_pins
from tests.packaged_charts import values_schema
from tests.plans import PINS_FILE

OLD = "2.9"
LINE = load_pins(PINS_FILE).airflow[OLD]
EXECUTORS = ("KubernetesExecutor", "LocalExecutor")
POOLERS = ("pgbouncer", "server", "none")
SIGN_INS = ("none", "ssh", "token")
REGISTRY = "crairflow.azurecr.io"


def values(pooler: Any = "pgbouncer", auth: str = "none", **airflow: Any) -> Any:
    wires = ValuesInputs(
        airflow_version=LINE.version,
        images={name: f"{REGISTRY}/{image.target}" for name, image in LINE.images.items()},
        namespace="airflow",
        logs_account_url="https://stlogs.blob.core.windows.net/",
        logs_container="airflow-logs",
        secret_versions="0123abcd",
        airflow_node_selector={"purpose": "airflow"},
        worker_node_selector={"purpose": "workers"},
        worker_tolerations=[{"key": "spot", "operator": "Exists", "effect": "NoSchedule"}],
        git_known_hosts="git.example.com ssh-ed25519 AAAA",
    )
    dags = DagsSettings.model_validate({"git": {"repository": "https://git.example.com/dags.git", "auth": auth}})
    settings = AirflowSettings.model_validate({"release": OLD, **airflow})
    return airflow_values(settings, dags, LogsSettings(), pooler, wires)


def refused(tree: Any) -> list[str]:
    """What the chart refuses, and unknown keys at the top, which its schema lets pass."""
    validator = values_schema(LINE.chart)
    errors = [error.message for error in validator.iter_errors(tree)]
    return errors + sorted(set(tree) - set(validator.schema["properties"]))


@pytest.mark.parametrize(
    ("executor", "pooler", "auth", "processors"), [*itertools.product(EXECUTORS, POOLERS, SIGN_INS, (0, 1, 2))]
)
def test_the_older_chart_accepts_the_values(executor: str, pooler: str, auth: str, processors: int) -> None:
    assert refused(values(pooler, auth, executor=executor, dagProcessors=processors)) == []


def test_the_older_chart_accepts_a_stack_without_triggerers() -> None:
    assert refused(values(triggerers=0)) == []


def test_no_image_of_the_older_line_comes_from_outside() -> None:
    tree = values()
    pairs = [(tree["defaultAirflowRepository"], tree["defaultAirflowTag"])]
    pairs += [(image["repository"], image["tag"]) for image in tree["images"].values() if isinstance(image, dict)]
    assert {f"{repository}:{tag}" for repository, tag in pairs} == {
        f"{REGISTRY}/{image.target}" for image in LINE.images.values()
    }


def test_newer_charts_refuse_airflow_2_so_the_line_keeps_its_own() -> None:
    """Charts from 1.20 on stop at Airflow 2.11."""
    assert tuple(map(int, LINE.chart.version.split("."))) < (1, 20)
    assert LINE.version.startswith("2.9.")


def test_the_web_server_takes_the_place_of_the_api_server() -> None:
    tree = values(apiServers=3, resources={"apiServer": {"memory": "3Gi"}})
    assert "apiServer" not in tree
    assert tree["webserver"]["replicas"] == 3
    assert tree["webserver"]["resources"]["limits"]["memory"] == "3Gi"
    assert tree["webserver"]["serviceAccount"] == {"create": False, "name": "airflow-webserver"}


def test_task_pods_are_workers_without_a_kind() -> None:
    workers = values()["workers"]
    assert not {"kubernetes", "celery"} & set(workers)
    assert workers["nodeSelector"] == {"purpose": "workers"}
    assert workers["serviceAccount"] == {"create": False, "name": "airflow-worker"}
    assert workers["labels"] == {"azure.workload.identity/use": "true"}
    assert workers["safeToEvict"] is False
    assert workers["resources"]["limits"]


def test_no_secret_of_airflow_3_is_named() -> None:
    tree = values()
    assert tree["webserverSecretKeySecretName"] == "airflow-webserver-secret-key"
    assert not {"jwtSecretName", "apiSecretKeySecretName"} & set(tree)
    assert not tree["secret"]


def test_the_broker_secret_is_named_although_no_executor_reads_it() -> None:
    """Without a name the chart makes a Secret with a broken URL."""
    assert values()["data"]["brokerUrlSecretName"]
    assert values()["redis"] == {"enabled": False}
    assert values()["postgresql"] == {"enabled": False}


def test_hook_jobs_of_the_older_chart_are_off() -> None:
    tree = values()
    assert tree["migrateDatabaseJob"]["enabled"] is False
    assert tree["webserver"]["defaultUser"] == {"enabled": False}
    assert tree["createUserJob"]["serviceAccount"] == {"create": False}


def test_local_executor_of_the_older_chart_has_no_volume_claim() -> None:
    assert values(executor="LocalExecutor")["workers"]["persistence"] == {"enabled": False}
    assert values()["triggerer"]["persistence"] == {"enabled": False}


def test_the_older_chart_is_told_nothing_that_it_ignores() -> None:
    assert "terminationGracePeriodSeconds" not in values(executor="LocalExecutor")["scheduler"]
    assert "labels" not in values()["dagProcessor"]
    assert "podDisruptionBudget" not in values()["triggerer"]


@pytest.mark.parametrize(("processors", "enabled"), [(0, False), (1, True), (2, True)])
def test_the_dag_processor_is_optional(processors: int, enabled: bool) -> None:
    assert values(dagProcessors=processors)["dagProcessor"]["enabled"] is enabled


def test_logs_keep_a_prefix_that_both_lines_take_alike() -> None:
    """This line would keep the whole of `wasb://logs` in the blobs' names, and the newer one cuts it."""
    older = values()["config"]["logging"]
    newer = log_values(LogsSettings(), executor_parts(AirflowSettings()), "airflow-logs", None)["config"]["logging"]
    assert older["remote_base_log_folder"] == newer["remote_base_log_folder"]
    assert older["remote_base_log_folder"].startswith("wasb-")


def test_logs_of_the_older_line_need_no_key() -> None:
    [logs] = [variable["value"] for variable in values()["env"] if variable["name"] == "AIRFLOW_CONN_WASB_LOGS"]
    assert json.loads(logs) == {"conn_type": "wasb", "host": "https://stlogs.blob.core.windows.net"}


def test_no_option_of_airflow_3_stands_in_the_configuration() -> None:
    config = values()["config"]
    assert not {"dag_processor", "api", "api_auth", "execution_api", "fab", "workers"} & set(config)
    assert config["scheduler"]["dag_dir_list_interval"] == "60"


def test_the_web_server_writes_nothing_to_its_read_only_root() -> None:
    tree = values()
    assert tree["securityContexts"]["containers"]["readOnlyRootFilesystem"] is True
    command = tree["webserver"]["args"][2]
    assert "--pid /tmp/" in command
    assert "AIRFLOW__WEBSERVER__CONFIG_FILE=/tmp/" in command


def test_init_containers_without_a_log_folder_make_theirs_elsewhere() -> None:
    for part in ("scheduler", "triggerer", "dagProcessor"):
        environment = {entry["name"]: entry["value"] for entry in values()[part]["waitForMigrations"]["env"]}
        assert environment["AIRFLOW__LOGGING__BASE_LOG_FOLDER"] == "/tmp/logs"
        assert environment["AIRFLOW__SCHEDULER__CHILD_PROCESS_LOG_DIRECTORY"] == "/tmp/logs/scheduler"


def test_log_groomers_do_not_wait_for_a_database_that_they_do_not_know() -> None:
    for part in ("scheduler", "triggerer", "dagProcessor"):
        assert values()[part]["logGroomerSidecar"]["command"] == ["dumb-init", "--"]


def test_the_cleanup_that_knows_no_age_runs_once_a_day() -> None:
    cleanup = values()["cleanup"]
    assert "args" not in cleanup
    assert cleanup["schedule"].split()[2:] == ["*", "*", "*"]
    assert cleanup["schedule"].split()[1].isdigit()


def test_pods_of_the_older_line_are_restricted() -> None:
    tree = values()
    assert tree["securityContexts"]["pod"]["runAsNonRoot"] is True
    assert tree["securityContexts"]["pod"]["seccompProfile"] == {"type": "RuntimeDefault"}
    contexts = [context for context in _containers(tree) if context]
    assert len(contexts) >= 6
    for context in contexts:
        assert context["allowPrivilegeEscalation"] is False
        assert context["capabilities"] == {"drop": ["ALL"]}


def _containers(node: Any) -> Iterator[Any]:
    if isinstance(node, dict):
        contexts = node.get("securityContexts", {})
        yield from (contexts.get(key) for key in ("container", "containers"))
        for item in node.values():
            yield from _containers(item)


@pytest.mark.parametrize(
    "place",
    [
        "webserver",
        "scheduler",
        "triggerer",
        "dagProcessor",
        "workers",
        "statsd",
        "pgbouncer",
        "cleanup",
        "scheduler.logGroomerSidecar",
        "triggerer.logGroomerSidecar",
        "dagProcessor.logGroomerSidecar",
        "dags.gitSync",
        "pgbouncer.metricsExporterSidecar",
    ],
)
def test_every_container_of_the_older_line_has_requests_and_limits(place: str) -> None:
    node = values()
    for part in place.split("."):
        node = node[part]
    assert (
        set(node["resources"]["requests"]) == set(node["resources"]["limits"]) == {"cpu", "memory", "ephemeral-storage"}
    )


@pytest.mark.parametrize("part", ["webserver", "scheduler", "pgbouncer"])
def test_budgets_of_the_older_line_let_a_drain_through(part: str) -> None:
    assert values()[part]["podDisruptionBudget"] == {"enabled": True, "config": {"maxUnavailable": 1}}
