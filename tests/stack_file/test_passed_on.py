"""What a stack file passes on to Airflow, its containers and its chart, and nobody can use: kind by kind."""

from __future__ import annotations

from typing import Any

import pytest

from tests.plans import PROJECT, changed, plan_of, shipped
from tests.stack_file.test_bad_input import problems

CELERY = {"airflow.executor": "CeleryExecutor"}
OLD = {"airflow.release": "2.9"}
OURS = "crairflowdev0a1b2c.azurecr.io/team/sidecar:1.0"


def told(changes: dict[str, Any], warnings: bool = False) -> dict[str, str]:
    """Errors, or warnings, by their path below `airflow`."""
    from components.stack_file.checker import check

    config = changed(shipped("dev"), changes)
    _, errors, warned = check(config.values, set(config.secret_keys), PROJECT, "dev")
    if warnings:
        assert errors == []
    found = warned if warnings else errors
    paths = [problem.path for problem in found]
    assert len(paths) == len(set(paths))
    return {problem.path.removeprefix("airflow-aks:airflow."): problem.message for problem in found}


# airflow.cfg: what the version does not know is a warning with the nearest name, or the new place.
@pytest.mark.parametrize(
    ("changes", "path", "words"),
    [
        (
            {"scheduler": {"parsing_procesess": 2}},
            "config.scheduler.parsing_procesess",
            "dag_processor.parsing_processes?",
        ),
        ({"schedulr": {"max_tis_per_query": 2}}, "config.schedulr", "did you mean scheduler?"),
        (
            {"webserver": {"base_url": "https://x"}},
            "config.webserver.base_url",
            "airflow-aks:airflow.config.api.base_url",
        ),
        ({"core": {"sql_alchemy_pool_size": 5}}, "config.core.sql_alchemy_pool_size", "database.sql_alchemy_pool_size"),
        ({"core": {"paralelism": 5}}, "config.core.paralelism", "did you mean parallelism?"),
        ({"celery": {"worker_prefetch_multipler": 1}}, "config.celery.worker_prefetch_multipler", "multiplier?"),
        ({"triggerer": {"default_capacity": 10}}, "config.triggerer.default_capacity", "config.triggerer.capacity"),
        ({"core": {"dag_orientation": "LR"}}, "config.core.dag_orientation", "has removed this option"),
        (
            {"logging": {"auto_refresh_interval": 3}},
            "config.logging.auto_refresh_interval",
            "api.auto_refresh_interval?",
        ),
        ({"webserver": {"expose_stacktrace": True}}, "config.webserver.expose_stacktrace", "has removed this option"),
        ({"loging": {"logging_level": "INFO"}}, "config.loging", "did you mean logging?"),
        ({"team": {"color": "blue"}}, "config.team", "unless a package in your image does"),
        ({"core": {"color": "blue"}}, "config.core.color", "unless a package in your image does"),
    ],
)
def test_an_option_that_airflow_does_not_know_is_a_warning(changes: dict[str, Any], path: str, words: str) -> None:
    found = told({"airflow.config": changes}, warnings=True)
    assert [*found] == [path]
    assert words in found[path]


@pytest.mark.parametrize(
    ("variable", "words"),
    [
        ("AIRFLOW__SCHEDULER__PARSING_PROCESESS", "dag_processor.parsing_processes?"),
        ("AIRFLOW__WEBSERVER__WORKERS", "airflow-aks:airflow.config.api.workers"),
        ("AIRFLOW__SCHEDULR__NUM_RUNS", "did you mean scheduler?"),
        ("AIRFLOW__CORE__DAG_CONCURRENCY", "airflow-aks:airflow.config.core.max_active_tasks_per_dag"),
    ],
)
def test_a_variable_of_such_an_option_is_a_warning(variable: str, words: str) -> None:
    found = told({"airflow.environment": {variable: "2"}}, warnings=True)
    assert words in found[f"environment.{variable}"]


@pytest.mark.parametrize(
    "config",
    [
        {
            "core": {"parallelism": 64},
            "fab": {"auth_rate_limited": True},
            "kubernetes_executor": {"delete_worker_pods": False},
        },
        {"celery_broker_transport_options": {"visibility_timeout": 300, "anything": 1}},
        {"smtp": {"smtp_host": "mail.example.com"}, "sentry": {"release": "1"}},
        {"secrets": {"backend_kwargs_cmd": "cat /x"}, "openlineage": {"disabled": True}},
    ],
)
def test_a_known_option_is_no_warning(config: dict[str, Any]) -> None:
    assert told({"airflow.config": config}, warnings=True) == {}


def test_the_older_line_has_options_of_its_own() -> None:
    config = {"webserver": {"base_url": "https://x", "workers": 2, "wokers": 2, "dag_orientation": "LR"}}
    found = told({**OLD, "database.version": "16", "airflow.config": config}, warnings=True)
    assert {path for path in found if path.startswith("config")} == {"config.webserver.wokers"}
    assert "did you mean workers?" in found["config.webserver.wokers"]


# Chart values: unknown keys below the top, and wrong types.
@pytest.mark.parametrize(
    ("changes", "path", "words"),
    [
        ({"scheduler": {"replica": 3}}, "scheduler.replica", "did you mean replicas?"),
        ({"triggerer": {"livenessProb": {}}}, "triggerer.livenessProb", "did you mean livenessProbe?"),
        ({"scheduler": {"livenessProbe": {"timeout": 9}}}, "scheduler.livenessProbe.timeout", "timeoutSeconds?"),
        ({"dags": {"gitSync": {"maxFailure": 1}}}, "dags.gitSync.maxFailure", "did you mean maxFailures?"),
        ({"cleanup": {"enabled": "yes"}}, "cleanup.enabled", "must be true or false"),
        ({"cleanup": {"schedule": 15}}, "cleanup.schedule", 'must be text, in quotes: "15"'),
        ({"labels": {"tier": 1}}, "labels.tier", 'must be text, in quotes: "1"'),
        (
            {"scheduler": {"livenessProbe": {"timeoutSeconds": "9"}}},
            "scheduler.livenessProbe.timeoutSeconds",
            "a whole",
        ),
        ({"triggerer": {"extraVolumes": {"name": "a"}}}, "triggerer.extraVolumes", "must be a list"),
        ({"pgbouncer": {"podDisruptionBudget": True}}, "pgbouncer.podDisruptionBudget", "must be a mapping"),
        ({"imagePullSecrets": [{"nam": "a"}]}, "imagePullSecrets[0].nam", "did you mean name?"),
        (
            {"scheduler": {"extraContainers": [{"name": "a", "image": OURS, "command": "sh"}]}},
            "scheduler.extraContainers[0].command",
            "must be a list",
        ),
        ({"scheduler": {"extraContainers": [{"image": OURS}]}}, "scheduler.extraContainers[0]", "the key name"),
        ({"images": {"statsd": {"pullPolicy": "Sometimes"}}}, "images.statsd.pullPolicy", "must be one of"),
    ],
)
def test_a_value_that_helm_refuses_is_refused_by_its_path(changes: dict[str, Any], path: str, words: str) -> None:
    found = told({"airflow.values": changes})
    assert [*found] == [f"values.{path}"]
    assert words in found[f"values.{path}"]


def test_the_older_line_has_keys_of_its_own() -> None:
    assert told({**OLD, "airflow.values": {"workers": {"safeToEvic": True}}}) == {
        "values.workers.safeToEvic": "unknown key of the chart; did you mean safeToEvict?"
    }
    assert told({**OLD, "airflow.values": {"webserver": {"startupProbe": {"periodSeconds": 11}}}}) == {}


def test_a_wrong_value_that_may_be_a_secret_is_not_shown() -> None:
    (message,) = told({"airflow.values": {"labels": {"password": 1234}}}).values()
    assert "1234" not in message


# What Pod Security and the network policies make useless.
@pytest.mark.parametrize(
    ("changes", "path", "words"),
    [
        ({"apiServer": {"service": {"type": "LoadBalancer"}}}, "apiServer.service.type", "must be ClusterIP"),
        ({"apiServer": {"service": {"type": "NodePort"}}}, "apiServer.service.type", "connectCommand"),
        ({"apiServer": {"service": {"loadBalancerIP": "1.2.3.4"}}}, "apiServer.service.loadBalancerIP", "no effect"),
        (
            {"apiServer": {"service": {"loadBalancerSourceRanges": ["1.2.3.4/32"]}}},
            "apiServer.service.loadBalancerSourceRanges",
            "network policies",
        ),
        (
            {"scheduler": {"extraVolumes": [{"name": "a", "hostPath": {"path": "/var/log"}}]}},
            "scheduler.extraVolumes[0].hostPath",
            "Pod Security standard restricted",
        ),
        (
            {"triggerer": {"extraVolumes": [{"name": "a", "nfs": {"server": "s", "path": "/"}}]}},
            "triggerer.extraVolumes[0].nfs",
            "persistentVolumeClaim",
        ),
        (
            {"scheduler": {"extraContainers": [{"name": "a", "image": OURS, "ports": [{"hostPort": 80}]}]}},
            "scheduler.extraContainers[0].ports[0].hostPort",
            "keeps the pods from starting",
        ),
        ({"scheduler": {"hostNetwork": True}}, "scheduler.hostNetwork", "keeps the pods from starting"),
        ({"statsd": {"service": {"type": "LoadBalancer"}}}, "statsd.service.type", "must be ClusterIP"),
    ],
)
def test_a_value_that_cannot_work_here_is_refused(changes: dict[str, Any], path: str, words: str) -> None:
    found = told({"airflow.values": changes})
    assert words in found[f"values.{path}"]


@pytest.mark.parametrize(
    ("context", "path", "words"),
    [
        ({"privileged": True}, "privileged", "must be false"),
        ({"allowPrivilegeEscalation": True}, "allowPrivilegeEscalation", "must be false"),
        ({"runAsUser": 0}, "runAsUser", "the root user"),
        ({"runAsNonRoot": False}, "runAsNonRoot", "must be true"),
        ({"capabilities": {"add": ["SYS_ADMIN"]}}, "capabilities.add", "NET_BIND_SERVICE"),
        ({"capabilities": {"drop": ["NET_RAW"]}}, "capabilities.drop", "must hold ALL"),
        ({"seccompProfile": {"type": "Unconfined"}}, "seccompProfile.type", "RuntimeDefault"),
        ({"procMount": "Unmasked"}, "procMount", "must be Default"),
        ({"windowsOptions": {"hostProcess": True}}, "windowsOptions.hostProcess", "must be false"),
    ],
)
@pytest.mark.parametrize("key", ["extraContainers", "extraInitContainers"])
def test_a_privileged_container_is_refused_by_its_path(context: Any, path: str, words: str, key: str) -> None:
    container = {"name": "a", "image": OURS, "securityContext": context}
    found = told({"airflow.values": {"dagProcessor": {key: [container]}}})
    assert [*found] == [f"values.dagProcessor.{key}[0].securityContext.{path}"]
    assert words in next(iter(found.values()))


@pytest.mark.parametrize(
    ("image", "source"),
    [
        ("busybox:1.37", "docker.io/library/busybox:1.37"),
        ("fluent/fluent-bit:3", "docker.io/fluent/fluent-bit:3"),
        ("ghcr.io/team/tool@sha256:0", "ghcr.io/team/tool@sha256:0"),
        ("crother123.azurecr.io/team/tool:1", "crother123.azurecr.io/team/tool:1"),
        ("localhost:5000/tool:1", "localhost:5000/tool:1"),
    ],
)
def test_an_image_from_elsewhere_is_refused_with_the_command_that_imports_it(image: str, source: str) -> None:
    found = told({"airflow.values": {"scheduler": {"extraContainers": [{"name": "a", "image": image}]}}})
    (message,) = found.values()
    repository = source.partition("/")[2]
    assert [*found] == ["values.scheduler.extraContainers[0].image"]
    assert f"`az acr import --name crairflowdev<suffix> --source {source}`" in message
    assert f"write crairflowdev<suffix>.azurecr.io/{repository};" in message


@pytest.mark.parametrize(
    "image",
    [
        OURS,
        "crairflowdevxyz.azurecr.io/a/b:1",
        "{{ .Values.defaultAirflowRepository }}:{{ .Values.defaultAirflowTag }}",
    ],
)
def test_an_image_of_the_stack_is_free(image: str) -> None:
    assert told({"airflow.values": {"scheduler": {"extraContainers": [{"name": "a", "image": image}]}}}) == {}


def test_a_suffix_of_the_stack_file_must_be_the_registrys() -> None:
    values = {"scheduler": {"extraContainers": [{"name": "a", "image": OURS}]}}
    assert told({"naming.suffix": "0a1b2c", "airflow.values": values}) == {}
    (message,) = told({"naming.suffix": "zzz", "airflow.values": values}).values()
    assert "crairflowdevzzz.azurecr.io/team/sidecar:1.0" in message


# Variables.
@pytest.mark.parametrize(
    ("variable", "words"),
    [
        ("_PIP_ADDITIONAL_REQUIREMENTS", "airflow-aks:airflow.image"),
        ("_AIRFLOW_DB_MIGRATE", "a Job migrates the database"),
        ("_AIRFLOW_DB_UPGRADE", "a Job migrates the database"),
        ("_AIRFLOW_WWW_USER_CREATE", "airflow-aks:airflow.admin"),
        ("_AIRFLOW_WWW_USER_PASSWORD", "airflow-aks:airflow.admin"),
        ("_AIRFLOW_WWW_USER_ROLE", "airflow-aks:airflow.admin"),
    ],
)
@pytest.mark.parametrize("setting", ["environment", "keyVaultSecrets"])
def test_a_variable_of_the_images_entrypoint_is_refused(variable: str, words: str, setting: str) -> None:
    found = told({f"airflow.{setting}": {variable: "x"}})
    assert words in found[f"{setting}.{variable}"]


@pytest.mark.parametrize(
    ("release", "variable", "option"),
    [
        ("3.3", "AIRFLOW__API__BASE_URL", "api.base_url"),
        ("3.3", "AIRFLOW__WEBSERVER__BASE_URL", "webserver.base_url"),
        ("3.3", "AIRFLOW__TRIGGERER__CAPACITY", "triggerer.capacity"),
        ("2.9", "AIRFLOW__WEBSERVER__BASE_URL", "webserver.base_url"),
        ("2.9", "AIRFLOW__TRIGGERER__DEFAULT_CAPACITY", "triggerer.default_capacity"),
    ],
)
def test_an_option_that_the_chart_reads_is_no_variable(release: str, variable: str, option: str) -> None:
    found = told({"airflow.release": release, "airflow.environment": {variable: "100"}})
    assert f"airflow-aks:airflow.config.{option}" in found[f"environment.{variable}"]


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"airflow.keyVaultSecrets": {"AIRFLOW__API__BASE_URL": "url"}}, "keyVaultSecrets.AIRFLOW__API__BASE_URL"),
        (
            {"airflow.values": {"apiServer": {"env": [{"name": "AIRFLOW__API__BASE_URL", "value": "https://x/y"}]}}},
            "values.apiServer.env[0].name",
        ),
    ],
)
def test_no_other_variable_sets_such_an_option(changes: dict[str, Any], path: str) -> None:
    found = told(changes)
    assert [*found] == [path]
    assert "airflow-aks:airflow.config.api.base_url" in found[path]


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"environment": {"LONG": "a" * 131072}}, "environment.LONG"),
        ({"environment": {"WIDE": "é" * 65534}}, "environment.WIDE"),
        ({"config": {"core": {"plugins_folder": "a" * 131072}}}, "config.core.plugins_folder"),
    ],
)
def test_a_text_longer_than_a_variable_is_refused(changes: dict[str, Any], path: str) -> None:
    (found,) = [message for name, message in told({"airflow": changes}).items() if name == path]
    assert "131072" in found


def test_a_repository_and_an_address_that_are_too_long_are_refused() -> None:
    found = problems(
        {
            "dags.git.repository": f"https://git.example.com/{'a' * 140000}",
            "airflow.admin": {"email": f"{'a' * 400}@example.com"},
        }
    )
    assert sorted(problem.path for problem in found) == [
        "airflow-aks:airflow.admin.email",
        "airflow-aks:dags.git.repository",
    ]


@pytest.mark.parametrize("release", ["9" * 5000, "../2.9", "3.3/", "", "3"])
def test_an_unknown_release_line_is_still_one_clear_error(release: str) -> None:
    found = problems({"airflow.release": release, "airflow.values": {"labels": {"a": "b"}}})
    assert [problem.path for problem in found] == ["airflow-aks:airflow.release"]


@pytest.mark.parametrize(
    "container",
    [
        {"name": "a", "image": OURS, "securityContext": {"capabilities": {"drop": 1, "add": 2}}},
        {"name": "a", "image": 3},
        {"name": "a", "image": OURS, "securityContext": [], "resources": {"requests": 5}},
        "sidecar",
        {},
    ],
)
def test_a_container_of_the_wrong_shape_is_refused_without_a_traceback(container: Any) -> None:
    assert problems({"airflow.values": {"scheduler": {"extraContainers": [container]}}})


def test_a_text_that_just_fits_is_free() -> None:
    assert told({"airflow.environment": {"LONG": "a" * (131072 - len("LONG=") - 1)}}) == {}


def test_every_refusal_of_a_whole_stack_file_appears_once_by_its_path() -> None:
    found = problems(
        {
            "tags": {"azure-team": "a"},
            "cluster.kubernetesVersion": "1.31",
            "cluster.systemPool": {"vmSize": "Standard_D4ps_v5"},
            "dags.git.branch": "-main",
            "airflow.image": {"repository": "docker.io/team/airflow", "tag": "1"},
            "airflow.environment": {"_AIRFLOW_DB_MIGRATE": "true", "AIRFLOW__API__BASE_URL": "https://x/airflow"},
            "airflow.values": {
                "scheduler": {"replica": 1, "extraContainers": [{"name": "a", "image": "busybox"}]},
                "apiServer": {"service": {"type": "LoadBalancer"}},
            },
        }
    )
    assert sorted(problem.path.removeprefix("airflow-aks:") for problem in found) == [
        "airflow.environment.AIRFLOW__API__BASE_URL",
        "airflow.environment._AIRFLOW_DB_MIGRATE",
        "airflow.image.repository",
        "airflow.values.apiServer.service.type",
        "airflow.values.scheduler.extraContainers[0].image",
        "airflow.values.scheduler.replica",
        "cluster.kubernetesVersion",
        "cluster.systemPool.vmSize",
        "dags.git.branch",
        "tags.azure-team",
    ]


def test_a_whole_plan_tells_each_warning_once() -> None:
    plan = plan_of(
        "dev",
        {
            "azure-native:location": "canadacentrl",
            "database": {
                "access": "public",
                "allowedIpRanges": ["0.0.0.0/0"],
                "tier": "Burstable",
                "sku": "Standard_B2ms",
            },
            "airflow.config": {"schedulr": {"a": 1}, "webserver": {"base_url": "https://airflow.example.com"}},
        },
    )
    paths = [warning.partition(": ")[0] for warning in plan.warnings]
    expected = {
        "azure-native:location",
        "airflow-aks:database.allowedIpRanges[0]",
        "airflow-aks:airflow.config.schedulr",
        "airflow-aks:airflow.config.webserver.base_url",
    }
    assert expected <= set(paths)
    assert len(paths) == len(set(paths))


@pytest.mark.parametrize("given", ["+14:59", "-13:00", "+15:30", "+24"])
def test_an_offset_that_does_not_exist_is_no_example(given: str) -> None:
    (problem,) = problems({"cluster.maintenance": {"utcOffset": given}})
    assert 'for example "+00:00"' in str(problem)
