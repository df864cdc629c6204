from typing import Any

import pytest

from components.airflow.owned.checker import value_problems
from components.airflow.owned.table import owned_by
from components.airflow.release_lines import AIRFLOW_3
from components.settings import nested

OWNED = owned_by(AIRFLOW_3)


def found(values: dict[str, Any]) -> dict[str, str]:
    return dict(value_problems(values))


@pytest.mark.parametrize(("path", "message"), OWNED.values.items())
def test_an_owned_value_is_refused_at_its_path(path: str, message: str) -> None:
    assert found(nested.put({}, path, "anything")) == {path: message}


@pytest.mark.parametrize(
    ("path", "setting"),
    [
        ("executor", "airflow-aks:airflow.executor"),
        ("scheduler.replicas", "airflow-aks:airflow.schedulers"),
        ("apiServer.replicas", "airflow-aks:airflow.apiServers"),
        ("dagProcessor.replicas", "airflow-aks:airflow.dagProcessors"),
        ("triggerer.enabled", "airflow-aks:airflow.triggerers"),
        ("workers.kubernetes.resources.limits.cpu", "airflow-aks:airflow.resources.workers"),
        ("scheduler.logGroomerSidecar.resources", "airflow-aks:airflow.resources.logGroomer"),
        ("defaultAirflowTag", "airflow-aks:airflow.image"),
        ("airflowVersion", "airflow-aks:airflow.release"),
        ("pgbouncer.enabled", "airflow-aks:database.pooler"),
        ("data.metadataConnection.host", "airflow-aks:database"),
        ("dags.gitSync.repo", "airflow-aks:dags.git"),
        ("config.core.parallelism", "airflow-aks:airflow.config"),
        ("env", "airflow-aks:airflow.environment"),
        ("scheduler.nodeSelector", "airflow-aks:cluster.pools"),
        ("workers.kubernetes.tolerations", "airflow-aks:cluster.pools"),
        ("createUserJob.enabled", "airflow-aks:airflow.admin"),
    ],
)
def test_the_message_names_the_setting_to_use(path: str, setting: str) -> None:
    [message] = found(nested.put({}, path, "anything")).values()
    assert setting in message


@pytest.mark.parametrize(
    "path",
    ["securityContexts.pod", "statsd.securityContexts", "scheduler.serviceAccount.name", "cleanup.serviceAccount"],
)
def test_rights_of_pods_are_fixed_by_the_program(path: str) -> None:
    [message] = found(nested.put({}, path, "anything")).values()
    assert message.startswith("is fixed by the program")


@pytest.mark.parametrize("part", ["labels", "scheduler.labels", "workers.kubernetes.labels"])
def test_the_identity_label_is_fixed_while_other_labels_are_free(part: str) -> None:
    labels = nested.put({}, part, {"team": "data", "azure.workload.identity/use": "false"})
    assert [*found(labels)] == [f"{part}.azure.workload.identity/use"]


def test_the_annotation_that_restarts_pods_is_fixed_while_others_are_free() -> None:
    annotations = {"airflowPodAnnotations": {"airflow-aks/secret-versions": "1", "example.com/team": "data"}}
    assert [*found(annotations)] == ["airflowPodAnnotations.airflow-aks/secret-versions"]


def test_a_scalar_may_not_hide_owned_values() -> None:
    assert found({"pgbouncer": False}) == {"pgbouncer": "must be a mapping: the program sets keys below it"}


def test_null_is_refused() -> None:
    assert found({"scheduler": {"livenessProbe": None}}) == {
        "scheduler.livenessProbe": "must not be null: leave the key out"
    }


@pytest.mark.parametrize(
    ("key", "nearest"), [("schedular", "scheduler"), ("apiserver", "apiServer"), ("workes", "workers")]
)
def test_an_unknown_chart_key_is_answered_with_the_nearest(key: str, nearest: str) -> None:
    assert found({key: {}}) == {key: f"unknown key of the chart; did you mean {nearest}?"}


def test_an_unknown_chart_key_far_from_all_others_is_still_refused() -> None:
    assert found({"xyzzy": 1}) == {"xyzzy": "unknown key of the chart"}


def test_every_owned_value_is_a_key_of_the_chart() -> None:
    assert {path.partition(".")[0] for path in OWNED.values} <= set(OWNED.chart_keys)


@pytest.mark.parametrize("key", ["replicas", "persistence", "keda", "extraVolumes"])
def test_older_keys_for_workers_are_refused(key: str) -> None:
    assert [*found({"workers": {key: {}}})] == [f"workers.{key}"]


@pytest.mark.parametrize(
    "values",
    [
        {"scheduler": {"extraContainers": [{"name": "x", "env": [{"name": "API_TOKEN", "value": "abc"}]}]}},
        {"cleanup": {"podAnnotations": {"password": "abc"}}},
        {"extraEnvFrom": "https://user:abc@example.com"},
        {"statsd": {"podAnnotations": {"auth": "-----BEGIN RSA PRIVATE KEY-----"}}},
        {"apiServer": {"env": [{"name": "URL", "value": "redis://:abc@host:6379/0"}]}},
        {"dagProcessor": {"args": ["--token", "postgresql://user:abc@host/db"]}},
        {"dagProcessor": {"dagBundleConfigList": [{"kwargs": {"password": "abc"}}]}},
        {"dagProcessor": {"dagBundleConfigList": [[{"token": "abc"}]]}},
    ],
)
def test_a_secret_in_the_clear_is_refused(values: dict[str, Any]) -> None:
    [message] = found(values).values()
    assert message == "looks like a secret in the clear: a secret belongs in the Key Vault, never in the stack file"


@pytest.mark.parametrize(
    "values",
    [
        {"statsd": {"podAnnotations": {"team": "data"}}},
        {"scheduler": {"env": [{"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "a", "key": "token"}}}]}},
        {"scheduler": {"extraVolumes": [{"name": "a", "secret": {"secretName": "a"}}]}},
        {"extraEnvFrom": "- secretRef:\n    name: team-secrets\n"},
        {"imagePullSecrets": [{"name": "other-registry"}]},
        {"scheduler": {"extraContainers": [{"name": "x", "securityContext": {}, "resources": {}}]}},
        {"scheduler": {"livenessProbe": {"timeoutSeconds": 90}}, "cleanup": {"schedule": "0 3 * * *"}},
        {"databaseCleanup": {"enabled": True, "retentionDays": 30}},
        {"workers": {"kubernetes": {"safeToEvict": True, "terminationGracePeriodSeconds": 60}}},
    ],
)
def test_everything_else_is_free(values: dict[str, Any]) -> None:
    assert found(values) == {}


def test_a_component_may_not_set_owned_variables() -> None:
    values = {"scheduler": {"env": [{"name": "TZ", "value": "UTC"}, {"name": "AIRFLOW__CORE__EXECUTOR", "value": "x"}]}}
    assert found(values) == {"scheduler.env[1].name": "is owned by the program: use airflow-aks:airflow.executor"}
