from typing import Any

import pytest

from components.airflow.owned.checker import value_problems
from components.airflow.owned.table import owned_by
from components.airflow.release_lines import AIRFLOW_2
from components.settings import nested
from tests.packaged_charts import pinned_chart, values_schema

OWNED = owned_by(AIRFLOW_2)


def chart_schema() -> Any:
    return values_schema(pinned_chart("2.9")).schema


def test_the_keys_that_are_known_to_each_chart_are_its_own() -> None:
    assert set(OWNED.chart_keys) == set(chart_schema()["properties"])


def test_every_place_that_is_owned_is_one_of_the_chart() -> None:
    schema = chart_schema()
    assert [path for path in OWNED.values if not known(schema, path)] == []


def known(schema: Any, path: str) -> bool:
    """Whether a chart's schema has a path; a path that newer charts only have is refused on purpose."""
    node = schema
    for part in path.split("."):
        if part in ("celery", "kubernetes") and node is schema["properties"]["workers"]:
            return True
        if "$ref" in node:
            node = schema["definitions"][node["$ref"].rpartition("/")[2]]
        if part not in node.get("properties", {}):
            return path in NEWER_ONLY or bool(node.get("additionalProperties", False))
        node = node["properties"][part]
    return True


# Nested keys that only newer charts have: the schema refuses them there anyway.
NEWER_ONLY = {
    "dagProcessor.logGroomerSidecar.env",
    "pgbouncer.mountConfigSecret",
    "scheduler.logGroomerSidecar.env",
    "triggerer.logGroomerSidecar.env",
}


@pytest.mark.parametrize(("path", "message"), OWNED.values.items())
def test_a_value_that_is_owned_on_the_older_line_is_refused_at_its_path(path: str, message: str) -> None:
    assert dict(value_problems(nested.put({}, path, "anything"), AIRFLOW_2)) == {path: message}


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("webserver.replicas", "airflow-aks:airflow.apiServers"),
        ("webserver.resources", "airflow-aks:airflow.resources.apiServer"),
        ("webserver.defaultUser", "airflow-aks:airflow.admin"),
        ("dagProcessor.enabled", "airflow-aks:airflow.dagProcessors"),
        ("workers.resources", "airflow-aks:airflow.resources.workers"),
        ("workers.kubernetes", "one kind of worker"),
        ("workers.nodeSelector", "airflow-aks:cluster.pools"),
        ("webserverSecretKey", "Key Vault"),
        ("podTemplate", "use workers"),
    ],
)
def test_the_message_names_what_to_use_on_the_older_line(path: str, words: str) -> None:
    [message] = dict(value_problems(nested.put({}, path, "anything"), AIRFLOW_2)).values()
    assert words in message


@pytest.mark.parametrize(
    "tree",
    [
        {"webserver": {"webserverConfig": "AUTH_TYPE = 1", "podAnnotations": {"team": "data"}}},
        {"workers": {"terminationGracePeriodSeconds": 60, "labels": {"team": "data"}}},
        {"scheduler": {"livenessProbe": {"timeoutSeconds": 90}}},
    ],
)
def test_everything_else_is_free_on_the_older_line(tree: dict[str, Any]) -> None:
    assert dict(value_problems(tree, AIRFLOW_2)) == {}
