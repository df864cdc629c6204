"""Chaoskube's command line and its pod, as plain values."""

from __future__ import annotations

from typing import Any

import pytest

from components.airflow.chaos_target import target_labels
from components.airflow.release_lines import family_of
from components.kubernetes.chaos import chaoskube_arguments, deployment_spec
from components.settings.chaos_section import ChaosSettings

LABELS = {"tier": "airflow", "component": "scheduler"}


def arguments(**settings: Any) -> list[str]:
    return chaoskube_arguments(ChaosSettings(**{"target": "scheduler", **settings}), LABELS, "airflow")


def test_chaoskube_asks_for_pods_of_one_namespace_with_every_label_of_the_target() -> None:
    assert "--client-namespace-scope=airflow" in arguments()
    assert "--labels=component=scheduler,tier=airflow" in arguments()


def test_chaoskube_deletes_nothing_unless_told_so() -> None:
    """Its own default is a dry run, so that the flag must be there for real deletions."""
    assert "--no-dry-run" in arguments()
    assert "--no-dry-run" not in arguments(dry_run=True)
    assert "--dry-run" in arguments(dry_run=True)


def test_only_pods_of_deployments_and_stateful_sets_are_deleted() -> None:
    """Task pods have no owner and those of Jobs are owned by the Job, whatever labels a DAG gives them."""
    assert "--kinds=ReplicaSet,StatefulSet" in arguments()


def test_weekdays_have_the_three_letters_that_chaoskube_knows() -> None:
    """It ignores any other spelling without a word."""
    assert "--excluded-weekdays=Sat,Sun" in arguments(excluded_weekdays=("Saturday", "Sunday"))


def test_quiet_times_are_those_of_the_time_zone() -> None:
    quiet = arguments(timezone="America/Toronto", excluded_hours=("22:00-06:30", "12:00-13:00"))
    assert "--timezone=America/Toronto" in quiet
    assert "--excluded-times-of-day=22:00-06:30,12:00-13:00" in quiet


def test_nothing_is_excluded_by_default() -> None:
    assert not [one for one in arguments() if "excluded" in one]
    assert "--interval=5m" in arguments()
    assert "--interval=1m" in arguments(interval_minutes=1)


def test_there_is_never_a_second_pod_of_chaoskube() -> None:
    """It elects no leader: two pods delete twice as often."""
    spec = deployment_spec("registry.example.com/chaoskube:v1", "airflow-chaos", [])
    assert (spec["replicas"], spec["strategy"]) == (1, {"type": "Recreate"})


@pytest.mark.parametrize(("release", "component"), [("3.3", "api-server"), ("2.9", "webserver")])
def test_the_api_server_is_the_web_server_of_airflow_2(release: str, component: str) -> None:
    labels = target_labels("apiServer", family_of(release), "airflow")
    assert labels == {"component": component, "release": "airflow", "tier": "airflow"}
