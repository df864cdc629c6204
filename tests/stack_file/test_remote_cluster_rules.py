"""Wrong entries of remoteClusters: each by its path, with what would be right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from components.stack_file.checker import check
from components.stack_file.problems import Problem
from tests.plans import PINS_FILE, PROJECT, changed, pins_from, shipped
from tests.remote_cluster_cases import THREE, changes, cluster_id, entry

STACK = "contoso/airflow-aks/gpu"
# What is changed in the dev stack file; the path that the answer names, behind `airflow-aks:`; words of the answer.
BAD: list[tuple[dict[str, Any], str, str]] = [
    (changes({"namespace": "jobs", "stack": STACK}), "remoteClusters[0].connectionId", "is required"),
    (changes(entry("GPU")), "remoteClusters[0].connectionId", "lower-case letters"),
    (changes(entry("gpu-two", stack=STACK)), "remoteClusters[0].connectionId", "for example gpu"),
    (changes(entry("gpu", clusterId="aks-gpu")), "remoteClusters[0].clusterId", "must be the id of an AKS cluster"),
    (changes(entry("gpu", stack="gpu")), "remoteClusters[0].stack", "organization/project/stack"),
    (changes(entry("gpu", namespace="My Jobs")), "remoteClusters[0].namespace", "name of a Kubernetes namespace"),
    (changes(entry("gpu", grantAcces=True)), "remoteClusters[0].grantAcces", "did you mean grantAccess?"),
    (changes(entry("gpu", grantAccess="yes")), "remoteClusters[0].grantAccess", "must be true or false"),
    (changes({"connectionId": "gpu", "namespace": "jobs"}), "remoteClusters[0]", "either clusterId or stack"),
    (
        changes(entry("gpu", stack=STACK, clusterId=cluster_id("gpu"))),
        "remoteClusters[0]",
        "either clusterId or stack, and has both",
    ),
    (
        changes(entry("gpu"), entry("gpu", namespace="other")),
        "remoteClusters[1].connectionId",
        "airflow-aks:remoteClusters[0] too",
    ),
    (
        changes(
            entry("gpu"),
            entry("gpu_two", clusterId=cluster_id("gpu").upper().replace("/SUBSCRIPTIONS", "/subscriptions")),
        ),
        "remoteClusters[1].namespace",
        "that of airflow-aks:remoteClusters[0] too",
    ),
    (changes(entry("wasb_logs")), "remoteClusters[0].connectionId", "a connection of the program itself"),
    (
        changes(entry("gpu"), **{"airflow.environment": {"AIRFLOW_CONN_GPU": "kubernetes://"}}),
        "remoteClusters[0].connectionId",
        "also set by airflow-aks:airflow.environment.AIRFLOW_CONN_GPU",
    ),
    (
        changes(entry("gpu"), **{"airflow.keyVaultSecrets": {"AIRFLOW_CONN_GPU": "gpu"}}),
        "remoteClusters[0].connectionId",
        "also set by airflow-aks:airflow.keyVaultSecrets.AIRFLOW_CONN_GPU",
    ),
    ({"remoteClusters": [entry("gpu")]}, "airflow.image", "`tag: <tag>`, which `make image STACK=dev` builds"),
    (changes(entry("gpu"), **{"airflow.release": "2.9"}), "airflow.release", "2.9 is Airflow 2"),
    ({"remoteClusters": {"gpu": {}}}, "remoteClusters", "must be a list"),
]


def problems(given: dict[str, Any]) -> list[Problem]:
    config = changed(shipped("dev"), given)
    return check(config.values, set(config.secret_keys), PROJECT, "dev")[1]


@pytest.mark.parametrize(("given", "path", "words"), BAD, ids=[f"{row[1]} {i}" for i, row in enumerate(BAD)])
def test_wrong_entry_is_named_by_its_path(given: dict[str, Any], path: str, words: str) -> None:
    found = [problem for problem in problems(given) if problem.path == f"{PROJECT}:{path}"]
    assert len(found) == 1, problems(given)
    assert words in found[0].message


def test_pins_without_the_sidecars_image_are_named(tmp_path: Path) -> None:
    text = PINS_FILE.read_text(encoding="utf-8")
    file = tmp_path / "pins.yaml"
    file.write_text(text.replace("    xcomSidecar:", "    another:"), encoding="utf-8")
    with pins_from(file):
        (found,) = problems(changes(entry("gpu")))
    assert found.path == f"{PROJECT}:remoteClusters"
    assert "remoteClusters.images.xcomSidecar in charts/pins.yaml" in found.message


def test_three_good_entries_have_no_problem() -> None:
    assert problems(THREE) == []


def test_same_namespace_of_two_clusters_is_no_problem() -> None:
    assert problems(changes(entry("gpu"), entry("arm"))) == []


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("airflow.environment", {"KUBECONFIG": "/opt/config"}),
        ("airflow.keyVaultSecrets", {"KUBECONFIG": "kubeconfig"}),
        ("airflow.values", {"triggerer": {"env": [{"name": "KUBECONFIG", "value": "/opt/config"}]}}),
    ],
)
def test_kubeconfig_variable_that_breaks_deferred_operators_is_refused(place: str, value: dict[str, Any]) -> None:
    (found,) = problems(changes(entry("gpu"), **{place: value}))
    assert found.path.startswith(f"{PROJECT}:{place}.")
    assert "a deferred KubernetesPodOperator fails" in found.message


def test_kubeconfig_variable_without_remote_clusters_stays_allowed() -> None:
    assert problems({"airflow.environment": {"KUBECONFIG": "/opt/config"}}) == []
