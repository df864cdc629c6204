"""The sign-in in the stack file: what is only a warning, and what comes all at once."""

from __future__ import annotations

from typing import Any

from tests.cases import ACCESS, ENTRA
from tests.stack_file.test_access_rules import warnings
from tests.stack_file.test_bad_input import problems

FEDERATED = {**ENTRA, "federated": True}


def test_first_user_is_of_no_use_beside_the_sign_in() -> None:
    changes: dict[str, Any] = {"access": {**ACCESS, "signIn": FEDERATED}, "airflow.admin": {"username": "root"}}
    assert "there is no user with a password" in warnings(changes)["airflow.admin"]


def test_first_user_is_of_use_without_the_sign_in() -> None:
    assert "airflow.admin" not in warnings({"access": ACCESS, "airflow.admin": {"username": "root"}})


def test_sign_in_without_an_admin_is_warned_of() -> None:
    changes = {"access": {**ACCESS, "signIn": {**FEDERATED, "roles": {"Viewer": ["Airflow.Viewer"]}}}}
    assert "names no Admin" in warnings(changes)["access.signIn.roles"]


def test_options_of_the_sign_in_are_free_without_it() -> None:
    assert problems({"access": ACCESS, "airflow.config": {"fab": {"session_lifetime_minutes": 60}}}) == []


def test_every_problem_of_the_sign_in_comes_at_once() -> None:
    found = problems(
        {
            "access": {**ACCESS, "signIn": ENTRA},
            "airflow.config": {"fab": {"cookie_secure": False}, "api_auth": {"jwt_expiration_time": 5}},
            "airflow.values": {"apiServer": {"env": []}},
        }
    )
    assert [problem.path.removeprefix("airflow-aks:") for problem in sorted(found)] == [
        "airflow.config.api_auth.jwt_expiration_time",
        "airflow.config.fab.cookie_secure",
        "airflow.values.apiServer.env",
        "signInClientSecret",
    ]
