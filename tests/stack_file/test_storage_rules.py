"""Rules over the ways of logs and DAGs, where a stack file alone cannot show them."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from components.stack_file.checker import check
from components.stack_file.rules import storage_rules
from components.stack_file.rules.context import Context
from tests.plans import PROJECT, changed, plan_of, shipped


def context(changes: dict[str, Any]) -> Context:
    config = changed(shipped("dev"), changes)
    settings, errors, _ = check(config.values, set(config.secret_keys), PROJECT, "dev")
    assert settings is not None, errors
    return Context(settings=settings, config_keys=frozenset(config.values), today=datetime.date(2026, 11, 21))


def test_git_bundle_with_a_pod_for_each_task_is_a_warning() -> None:
    (found,) = storage_rules.task_pods_clone_no_history(context({"dags.delivery": "gitBundle"}))
    assert "whole repository" in found.message
    assert "airflow-aks:airflow.executor: KubernetesExecutor" in found.message


def test_git_bundle_in_a_scheduler_that_clones_once_is_none() -> None:
    changes = {"dags.delivery": "gitBundle", "airflow.executor": "LocalExecutor"}
    assert not list(storage_rules.task_pods_clone_no_history(context(changes)))


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"logs.sizeGb": 50}, "airflow-aks:logs.sizeGb"),
        ({"dags.sizeGb": 50}, "airflow-aks:dags.sizeGb"),
        ({"dags.sizeGb": 50, "dags.delivery": "gitBundle"}, "airflow-aks:dags.sizeGb"),
    ],
)
def test_size_without_a_volume_is_a_warning(changes: dict[str, Any], path: str) -> None:
    (found,) = storage_rules.volume_sizes_are_used(context(changes))
    assert found.path == path


def test_sizes_of_volumes_are_used() -> None:
    changes = {"logs": {"delivery": "blobfuse", "sizeGb": 5}, "dags": {"delivery": "azureFiles", "sizeGb": 5}}
    assert not list(storage_rules.volume_sizes_are_used(context(changes)))


def test_repository_that_nothing_clones_is_a_warning() -> None:
    (found,) = storage_rules.repository_is_used(context({"dags.delivery": "azureFiles"}))
    assert found.path == "airflow-aks:dags.git"


def test_several_schedulers_may_share_a_volume() -> None:
    changes = {
        "airflow.executor": "LocalExecutor",
        "airflow.schedulers": 2,
        "logs.delivery": "azureFiles",
        "dags.delivery": "azureFiles",
    }
    assert plan_of("prod", changes).all("kubernetes:core/v1:PersistentVolumeClaim")


def test_premium_share_in_one_zone_is_a_warning() -> None:
    changes = {"logs": {"delivery": "azureFiles", "redundancy": "Premium_LRS"}}
    assert any("Premium_ZRS survives" in warning for warning in plan_of("prod", changes).warnings)
