"""The connections of a plan, read and used by the real Airflow and its Kubernetes provider."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.plans import ROOT

from .api_server import TOKEN, ApiServer

Airflow = Callable[..., Any]
Kubelogin = Callable[..., dict[str, str]]


def test_airflow_and_the_official_loader_read_every_connection(
    airflow: Airflow, connections: dict[str, str], kubelogin: Kubelogin
) -> None:
    found = airflow("read_connections", **connections, **kubelogin(TOKEN))
    assert set(found) == {"gpu", "arm", "own"}
    for name, connection in found.items():
        assert (connection["type"], connection["password"], connection["namespace"]) == ("kubernetes", None, "jobs")
        assert connection["host"].startswith("https://aks-airflow-gpu" if name == "own" else f"https://{name}.")
        assert connection["authorization"] == f"Bearer {TOKEN}"


def test_both_hooks_get_a_token_and_list_pods(
    airflow: Airflow,
    local_connection: dict[str, str],
    kubelogin: Kubelogin,
    api_server: ApiServer,
    tmp_path: Path,
) -> None:
    found = airflow("list_pods", **local_connection, **kubelogin(TOKEN))
    assert found["now"] == ["a-pod"], found
    assert found["deferred"] == [["a-pod"], ["a-pod"]], found
    assert {path.partition("?")[0] for path in api_server.asked} == {"/api/v1/namespaces/jobs/pods"}
    calls = (tmp_path / "arguments").read_text(encoding="utf-8").splitlines()
    # The deferred hook asks for a token each time, so that none expires.
    assert len(calls) == 3
    assert len(set(calls)) == 1
    assert "--client-id airflows-own-identity" not in calls[0]
    assert calls[0].endswith("--disable-environment-override")


def test_failing_kubelogin_is_logged_and_then_swallowed_as_401(
    airflow: Airflow, local_connection: dict[str, str], kubelogin: Kubelogin
) -> None:
    found = airflow("list_pods", **local_connection, **kubelogin(error="AADSTS700213: no matching record"))
    assert found["now"] == 401
    assert "AADSTS700213" in found["log"]


def test_missing_kubelogin_is_logged_and_then_swallowed_as_401(
    airflow: Airflow, local_connection: dict[str, str], tmp_path: Path
) -> None:
    found = airflow("list_pods", **local_connection, PATH=str(tmp_path))
    assert found["now"] == 401
    assert "No such file or directory: 'kubelogin'" in found["log"]


def test_kubeconfig_variable_beside_a_connection_breaks_a_deferred_operator(
    airflow: Airflow, local_connection: dict[str, str]
) -> None:
    assert "mutually exclusive" in airflow("defer_with_two_configs", **local_connection)


def test_example_parses_without_a_deprecated_import_and_launches_restricted_pods(
    airflow: Airflow, local_connection: dict[str, str], kubelogin: Kubelogin
) -> None:
    file = ROOT / "examples" / "dags" / "remote_pod.py"
    found = airflow("parse_dag", str(file), **local_connection, **kubelogin(TOKEN))
    watched, deferred = found["watched_by_the_task"], found["watched_by_the_triggerer"]
    assert (watched["deferrable"], deferred["deferrable"], deferred["poll"]) == (False, True, 30)
    for task in (watched, deferred):
        assert (task["connection"], task["namespace"], task["in_cluster"]) == ("gpu", "jobs", False)
        assert all(container["escalation"] is False for container in task["containers"])
    sidecar = watched["containers"][-1]
    assert sidecar["name"] == "airflow-xcom-sidecar"
    assert ".azurecr.io/library/alpine:" in sidecar["image"]
    assert len(deferred["containers"]) == 1
