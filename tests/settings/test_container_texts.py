"""Texts that become variables: Kubernetes gives containers what the stack file says."""

from __future__ import annotations

import re

import pytest

from components.airflow.database import job_specs
from components.settings.airflow_sections import AdminSettings, AirflowSettings
from components.settings.container_texts import MAX_VARIABLE_BYTES, literal, variable_problem
from tests.plans import plan_of


def expanded(text: str, known: dict[str, str]) -> str:
    """What Kubernetes makes of a value: `$$` is `$`, `$(NAME)` the variable, and an unknown one stays."""
    return re.sub(
        r"\$(?:\$|\(([^)]*)\))",
        lambda found: "$" if found[0] == "$$" else known.get(found[1], found[0]),
        text,
    )


@pytest.mark.parametrize(
    "text",
    ["$(ADMIN_PASSWORD)", "$$(HOME)", "a$$b", "$", "cost: 5$", "$(", "$HOME", "${HOME}", "$$$(X)$$", "plain", ""],
)
def test_a_container_gets_the_text_as_it_stands(text: str) -> None:
    assert expanded(literal(text), {"ADMIN_PASSWORD": "secret", "HOME": "/", "X": "x"}) == text


def test_a_reference_is_escaped_with_a_second_dollar() -> None:
    assert literal("$(ADMIN_PASSWORD)") == "$$(ADMIN_PASSWORD)"
    assert literal("$HOME") == "$HOME"


def test_the_first_user_does_not_get_the_password_for_a_name() -> None:
    admin = AdminSettings(first_name="$(ADMIN_PASSWORD)", last_name="$(HOME)", email="$(A)@example.com")
    settings = AirflowSettings(
        admin=admin,
        environment={"TEAM": "$(ADMIN_PASSWORD)"},
        config={"core": {"default_timezone": "$(AIRFLOW__CORE__FERNET_KEY)"}},
    )
    _, spec = job_specs.first_user_job(settings, "registry.example.com/airflow:1", {}, "1")
    values = {entry["name"]: entry.get("value", "") for entry in spec["template"]["spec"]["containers"][0]["env"]}
    assert values["ADMIN_FIRST_NAME"] == "$$(ADMIN_PASSWORD)"
    assert values["ADMIN_LAST_NAME"] == "$$(HOME)"
    assert values["ADMIN_EMAIL"] == "$$(A)@example.com"
    assert values["TEAM"] == "$$(ADMIN_PASSWORD)"
    assert values["AIRFLOW__CORE__DEFAULT_TIMEZONE"] == "$$(AIRFLOW__CORE__FERNET_KEY)"


@pytest.mark.parametrize("release", ["3.3", "2.9"])
def test_no_variable_of_a_plan_holds_a_reference(release: str) -> None:
    plan = plan_of(
        "dev",
        {
            "airflow.release": release,
            "airflow.admin": {"firstName": "$(ADMIN_PASSWORD)"},
            "airflow.environment": {"GREETING": "$(HOME)"},
        },
    )
    values = plan.one("kubernetes:helm.sh/v3:Release", "airflow-release").inputs["values"]
    assert {"name": "GREETING", "value": "$$(HOME)"} in values["env"]
    job = plan.one("kubernetes:batch/v1:Job", "airflow-database-first-user")
    (container,) = job.inputs["spec"]["template"]["spec"]["containers"]
    assert {"name": "ADMIN_FIRST_NAME", "value": "$$(ADMIN_PASSWORD)"} in container["env"]


@pytest.mark.parametrize(("name", "text"), [("A", ""), ("A", "x" * (MAX_VARIABLE_BYTES - 3)), ("LONG", "é" * 60000)])
def test_a_text_that_fits_is_no_problem(name: str, text: str) -> None:
    assert variable_problem(name, text) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [("x" * (MAX_VARIABLE_BYTES - 2), "131069"), ("é" * 66000, "132000 bytes"), ("a\0b", "zero byte")],
)
def test_a_text_that_does_not_fit_is_told_with_the_limit(text: str, words: str) -> None:
    assert words in (variable_problem("A", text) or "")
