"""The sign-in with Entra on a living stack, with a client secret, without one, and gone again."""

from __future__ import annotations

from typing import Any

from tests.cases import ACCESS, ENTRA
from tests.engine import checks

from .workspace import Workspace

SECRET_KEY = "airflow-aks:signInClientSecret"
FIRST_USER = {"airflow-database-first-user", "secret-sync-external-secrets-externalsecret-airflow-admin"}
SECRET = {
    "airflow-secrets-sign-in-client-secret-name",
    "airflow-secrets-sign-in-client-secret-secret",
    "secret-sync-external-secrets-externalsecret-airflow-sign-in",
}


def sign_in(stack: Workspace, **changes: Any) -> set[str]:
    """Bring the sign-in there, and say what was touched."""
    stack.change("access", signIn={**ENTRA, **changes})
    return set(checks.applied(stack))


def test_sign_in_comes_changes_and_goes_with_nothing_but_its_own(stack: Workspace) -> None:
    stack.change("access", **ACCESS)
    stack.up()
    foreign = set(stack.in_cloud()) - stack.in_state()
    stack.set(SECRET_KEY, "the-first-client-secret", secret=True)
    assert sign_in(stack) == {*FIRST_USER, *SECRET, "airflow-release"}
    assert set(checks.operations(stack, "delete")) == FIRST_USER
    checks.no_secret_in_state(stack)

    # An expired client secret is replaced, and restarts what reads it.
    stack.set(SECRET_KEY, "the-second-client-secret", secret=True)
    touched = set(checks.applied(stack))
    assert "airflow-release" in touched
    assert touched <= {*SECRET, "airflow-release"}
    assert checks.operations(stack, "create", "delete") == []
    assert "the-second-client-secret" in checks.secret_values(stack)

    # The secret itself stays in the vault, like every secret that a setting drops.
    assert sign_in(stack, federated=True) == {*SECRET, "airflow-release"} - {
        "airflow-secrets-sign-in-client-secret-secret"
    }
    assert sign_in(stack, federated=True, sessionHours=12) == {"airflow-release"}

    stack.change("access", signIn=None)
    assert set(checks.applied(stack)) == {*FIRST_USER, "airflow-release"}
    assert stack.up().changes.keys() == {"unchanged"}
    left = set(stack.in_cloud()) - stack.in_state() - foreign
    assert {name for _, name in left} == {"airflow-secrets-sign-in-client-secret-secret"}
