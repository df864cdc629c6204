"""Monitoring and the sizes of pools: the agent takes a part of each node."""

from __future__ import annotations

from typing import Any

import pytest

from components.stack_file.checker import check
from components.stack_file.problems import Problem
from tests.plans import PROJECT, changed, shipped

MONITORED: dict[str, Any] = {"monitoring": {}}
# A node with 200m for Airflow's largest pod, and less beside the agent.
TIGHT = {"airflow.resources": {"scheduler": {"cpu": "3400m", "memory": "2Gi"}}}


def errors_in(changes: dict[str, Any]) -> list[Problem]:
    config = changed(shipped("dev"), changes)
    return check(config.values, set(config.secret_keys), PROJECT, "dev")[1]


def test_pod_that_fits_a_node_only_without_the_agent_is_an_error() -> None:
    assert not [problem for problem in errors_in(TIGHT) if problem.path.endswith("resources.scheduler.cpu")]
    assert errors_in({**TIGHT, **MONITORED})


@pytest.mark.parametrize("option", ["True", "true", True])
def test_older_names_that_are_on_are_accepted(option: Any) -> None:
    assert errors_in({**MONITORED, "airflow.config": {"metrics": {"legacy_names_on": option}}}) == []


@pytest.mark.parametrize("changes", [{}, {"monitoring": {"logAnalytics": False}}], ids=["missing", "off"])
def test_metrics_are_a_stack_s_own_business_without_monitoring(changes: dict[str, Any]) -> None:
    own = {
        "airflow.config": {"metrics": {"legacy_names_on": "False"}},
        "airflow.values": {"statsd": {"enabled": False}},
    }
    assert errors_in({**changes, **own}) == []
