"""The chart values, variables and options of the sign-in, and the file that they are for."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from components.airflow import sign_in
from components.airflow.airflow_2.line import AIRFLOW_2
from components.airflow.release_lines import AIRFLOW_3, WEBSERVER_CONFIG
from components.settings.access_sections import SignInSettings
from tests.cases import ENTRA

CONTENT = WEBSERVER_CONFIG.read_text(encoding="utf-8")


def settings(**changes: Any) -> SignInSettings:
    return SignInSettings.model_validate({**ENTRA, **changes}, strict=False)


def plain(**changes: Any) -> dict[str, str]:
    return {entry["name"]: entry["value"] for entry in sign_in.variables(settings(**changes)) if "value" in entry}


def test_members_map_to_their_roles() -> None:
    roles: Any = {"Admin": ("Airflow.Admin", "Airflow.Both"), "User": ("Airflow.Both",)}
    assert sign_in.role_mapping(roles) == {"Airflow.Admin": ["Admin"], "Airflow.Both": ["Admin", "User"]}


def test_object_ids_are_in_lower_case_as_in_tokens_and_app_roles_keep_theirs() -> None:
    found = plain()
    assert found[sign_in.TENANT_ID] == "00000000-0000-0000-0000-00000000000a"
    assert found[sign_in.CLIENT_ID] == "00000000-0000-0000-0000-00000000000b"
    assert sorted(sign_in.role_mapping(settings().roles)) == [
        "00000000-0000-0000-0000-00000000000c",
        "Airflow.Admin",
        "Airflow.Viewer",
    ]


def test_role_member_that_looks_like_a_variable_stays_as_it_is() -> None:
    assert '"$$(HOME)"' in plain(roles={"Admin": ["$(HOME)"]})[sign_in.ROLES]


def test_client_secret_is_a_reference_and_absent_with_a_federated_credential() -> None:
    def names(**changes: Any) -> set[str]:
        return {entry["name"] for entry in sign_in.variables(settings(**changes))}

    assert names() - names(federated=True) == {sign_in.CLIENT_SECRET}
    secret = next(entry for entry in sign_in.variables(settings()) if entry["name"] == sign_in.CLIENT_SECRET)
    assert secret["valueFrom"] == {"secretKeyRef": {"name": "airflow-sign-in", "key": "client-secret"}}


@pytest.mark.parametrize("line", [AIRFLOW_2, AIRFLOW_3], ids=["2.9", "3.3"])
def test_sessions_do_not_last_for_the_default_of_thirty_days(line: Any) -> None:
    found = sign_in.options(settings(sessionHours=12), line)
    section = found["fab" if line is AIRFLOW_3 else "webserver"]
    assert section["session_lifetime_minutes"] == "720"
    if line is AIRFLOW_3:
        assert section["session_max_lifetime_minutes"] == "720"
        assert found["api_auth"]["jwt_expiration_time"] == str(12 * 3600)


@pytest.mark.parametrize(("line", "key"), [(AIRFLOW_2, "webserverConfig"), (AIRFLOW_3, "apiServerConfig")])
def test_file_stands_under_the_key_of_the_lines_chart(line: Any, key: str) -> None:
    values = line.chart_values(sign_in.sign_in_values(settings(), line))
    assert set(values) == {line.ui, "config"}
    assert set(values[line.ui]) == {key, "env"}
    assert values[line.ui][key] == CONTENT


def test_helm_would_find_no_template_in_the_file() -> None:
    assert "{{" not in CONTENT


def test_file_holds_no_secret_and_gives_no_role_by_default() -> None:
    options = {
        target.id: ast.unparse(statement.value)
        for statement in ast.parse(CONTENT).body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }
    assert options["client_secret"] == "os.environ.get('AIRFLOW_SIGN_IN_CLIENT_SECRET')"
    assert options["AUTH_USER_REGISTRATION"] == "False"
    assert options["AUTH_ROLES_SYNC_AT_LOGIN"] == "True"
    assert "AUTH_USER_REGISTRATION_ROLE" not in options
    assert "AUTH_ROLE_PUBLIC" not in options


def test_file_reads_the_variables_that_the_container_has() -> None:
    names = {
        node.value
        for node in ast.walk(ast.parse(CONTENT))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("AIRFLOW_SIGN_IN_")
    }
    assert names == {sign_in.TENANT_ID, sign_in.CLIENT_ID, sign_in.ROLES, sign_in.CLIENT_SECRET}
