"""What the Jobs are told: every variable once, their own before the stack's."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.plans import plan_of

OWN = {
    "HOME": "/elsewhere",
    "PYTHONDONTWRITEBYTECODE": "0",
    "JOB_NAME": "mine",
    "ADMIN_EMAIL": "x@example.com",
    "TEAM": "data",
}
JOBS = ("airflow-database-migration", "airflow-database-first-user")


@pytest.mark.parametrize("job", JOBS)
def test_a_variable_that_the_stack_sets_too_stands_once(job: str) -> None:
    made = variables(job)
    assert [name for name, number in Counter(item["name"] for item in made).items() if number > 1] == []
    values = {item["name"]: item.get("value") for item in made}
    assert values["TEAM"] == "data"
    assert values["HOME"] != "/elsewhere"
    assert values["JOB_NAME"].startswith("airflow-")


def variables(job: str) -> list[dict[str, Any]]:
    plan = plan_of("dev", {"airflow.environment": OWN})
    [container] = plan.one("kubernetes:batch/v1:Job", job).inputs["spec"]["template"]["spec"]["containers"]
    return list(container["env"])
