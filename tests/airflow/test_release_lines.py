from typing import Any

import pytest

from components.airflow.release_lines import AIRFLOW_2, AIRFLOW_3, LineFamily, family_of
from components.airflow.values.layers import nested, taken


def test_values_of_the_newest_chart_stay_as_they_are() -> None:
    layer = {"apiServer": {"replicas": 1}, "workers": {"kubernetes": {"labels": {"a.b/c": "d"}}}, "jwtSecretName": "x"}
    assert AIRFLOW_3.chart_values(layer) == layer


def test_values_move_to_where_the_older_chart_looks_for_them() -> None:
    layer = {
        "apiServer": {"replicas": 1},
        "workers": {"kubernetes": {"labels": {"a.b/c": "d"}}, "celery": {"keda": {"enabled": True}}},
        "jwtSecretName": "x",
    }
    assert AIRFLOW_2.chart_values(layer) == {
        "webserver": {"replicas": 1},
        "workers": {"labels": {"a.b/c": "d"}, "keda": {"enabled": True}},
    }


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("apiServer.replicas", "webserver.replicas"),
        ("apiServers", "apiServers"),
        ("workers.kubernetes.resources", "workers.resources"),
        ("jwtSecretName", None),
        ("dagProcessor.labels", None),
        ("scheduler.replicas", "scheduler.replicas"),
    ],
)
def test_paths_move_likewise(path: str, place: str | None) -> None:
    assert AIRFLOW_2.path(path) == place


@pytest.mark.parametrize(("release", "line"), [("2.9", AIRFLOW_2), ("3.3", AIRFLOW_3), ("3.10", AIRFLOW_3)])
def test_a_release_belongs_to_its_generation(release: str, line: LineFamily) -> None:
    assert family_of(release) is line


def test_what_is_taken_leaves_no_empty_map_behind() -> None:
    tree: dict[str, Any] = {"a": {"b": {"c": 1}}, "d": 2}
    assert taken(tree, "a.b") == [{"c": 1}]
    assert tree == {"d": 2}
    assert taken(tree, "d.e") == []
    assert nested("a.b", 1) == {"a": {"b": 1}}
