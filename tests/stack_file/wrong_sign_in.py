"""Wrong settings beside the sign-in with Entra: what it sets itself, and roles that nobody can have."""

from __future__ import annotations

from typing import Any

from tests.cases import ACCESS, ENTRA


def _beside(changes: dict[str, Any], **sign_in: Any) -> dict[str, Any]:
    return {"access": {**ACCESS, "signIn": {**ENTRA, "federated": True, **sign_in}}, **changes}


def _option(section: str, option: str, value: Any, **more: Any) -> dict[str, Any]:
    return _beside({"airflow.config": {section: {option: value}}, **more})


# What is changed in the dev stack file; the path that the answer names, behind `airflow-aks:`; words of the answer.
SIGN_IN: list[tuple[dict[str, Any], str, str]] = [
    (_beside({}, roles={"Owner": ["x"]}), "access.signIn.roles.Owner", "must be one of Admin, Op, User, Viewer"),
    (_beside({}, roles={"Public": ["x"]}), "access.signIn.roles.Public", "must be one of Admin, Op, User, Viewer"),
    (_beside({}, roles={"Admin": []}), "access.signIn.roles", "Admin has no members"),
    (_beside({}, federated=False), "signInClientSecret", "or set airflow-aks:access.signIn.federated: true"),
    (
        _option("fab", "session_lifetime_minutes", 60),
        "airflow.config.fab.session_lifetime_minutes",
        "is set by the program with airflow-aks:access.signIn.sessionHours: remove it here",
    ),
    (_option("api_auth", "jwt_expiration_time", 60), "airflow.config.api_auth.jwt_expiration_time", ".sessionHours"),
    (_option("fab", "cookie_secure", False), "airflow.config.fab.cookie_secure", "airflow-aks:access.signIn: remove"),
    (_option("fab", "auth_role_public", "Viewer"), "airflow.config.fab.auth_role_public", "nobody has rights without"),
    (_option("fab", "config_file", "/tmp/x.py"), "airflow.config.fab.config_file", "is fixed by the program"),
    (
        _beside({"airflow.environment": {"AIRFLOW__FAB__COOKIE_SAMESITE": "None"}}),
        "airflow.environment.AIRFLOW__FAB__COOKIE_SAMESITE",
        "is set by the program with airflow-aks:access.signIn",
    ),
    (
        _beside({"airflow.keyVaultSecrets": {"AIRFLOW__FAB__COOKIE_SECURE": "mine"}}),
        "airflow.keyVaultSecrets.AIRFLOW__FAB__COOKIE_SECURE",
        "is set by the program with airflow-aks:access.signIn",
    ),
    (
        _beside({"airflow.environment": {"AIRFLOW_SIGN_IN_ROLES": "{}"}}),
        "airflow.environment.AIRFLOW_SIGN_IN_ROLES",
        "use airflow-aks:access.signIn",
    ),
    (
        _beside({"airflow.values": {"apiServer": {"env": [{"name": "TEAM", "value": "data"}]}}}),
        "airflow.values.apiServer.env",
        "use airflow-aks:airflow.environment",
    ),
    (
        _beside({"airflow.values": {"apiServer": {"apiServerConfig": "AUTH_TYPE = 1"}}}),
        "airflow.values.apiServer.apiServerConfig",
        "is set by the program with airflow-aks:access.signIn: remove it here",
    ),
    (
        _beside({"airflow.release": "2.9", "airflow.values": {"webserver": {"webserverConfig": "AUTH_TYPE = 1"}}}),
        "airflow.values.webserver.webserverConfig",
        "is set by the program with airflow-aks:access.signIn: remove it here",
    ),
    (
        _option("webserver", "session_lifetime_minutes", 60, **{"airflow.release": "2.9"}),
        "airflow.config.webserver.session_lifetime_minutes",
        "airflow-aks:access.signIn.sessionHours",
    ),
    (
        _beside({"airflow.keyVaultSecrets": {"TEAM": "airflow-sign-in-client-secret"}}),
        "airflow.keyVaultSecrets.TEAM",
        "is a secret of the program itself",
    ),
]
