"""The user's own secrets as environment variables, and Airflow's own way into the vault."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from components.airflow import names
from components.airflow.owned.checker import config_problems
from components.airflow.values.chart import STATIC_VALUES
from components.airflow.vault import user_secrets
from components.airflow.vault.user_secrets import CONTAINER_VARIABLES, asks_vault, key_vault_problems
from components.azure.roles import KEY_VAULT_SECRETS_USER
from components.settings.airflow_sections import AirflowSettings
from components.settings.names import name_form
from dryrun.plan import Plan
from tests.airflow.test_traffic import settings_of
from tests.case_values import USER_SECRETS, VAULT_BACKEND
from tests.cases import SELECTORS
from tests.plans import at, every_plan, plan_of

OWN_VAULT = re.compile(r"kv-airflow-dev-[a-z0-9]{3,6}")
BACKEND_KWARGS = (
    '{"vault_url": "https://kv-team.vault.azure.net", "connections_prefix": "airflow-connections", '
    '"variables_prefix": "airflow-variables", "config_prefix": null}'
)


@pytest.fixture(params=["key-vault-secrets", "key-vault-secrets-csi"])
def plan(request: pytest.FixtureRequest) -> Plan:
    return plan_of("prod", SELECTORS[request.param])


def found(secrets: dict[str, str], environment: Any = None, config: Any = None) -> dict[str, str]:
    return dict(key_vault_problems(secrets, environment or {}, config or {}))


def references(env: Any) -> dict[str, str]:
    return {
        variable["name"]: variable["valueFrom"]["secretKeyRef"]["name"]
        for variable in env
        if variable["name"] in USER_SECRETS
    }


def test_chart_gives_them_to_every_airflow_container(plan: Plan) -> None:
    values = plan.one("kubernetes:helm.sh/v3:Release", "airflow-release").inputs["values"]
    given = {entry["envName"]: (entry["secretName"], entry["secretKey"]) for entry in values["secret"]}
    assert {variable: given[variable] for variable in USER_SECRETS} == {
        variable: (names.USER_SECRETS, variable) for variable in USER_SECRETS
    }


def test_cron_job_that_the_chart_forgets_has_them_too(plan: Plan) -> None:
    values = plan.one("kubernetes:helm.sh/v3:Release", "airflow-release").inputs["values"]
    assert references(values["cleanup"]["env"]) == dict.fromkeys(USER_SECRETS, names.USER_SECRETS)


def test_jobs_have_them_and_wait_for_them(plan: Plan) -> None:
    for job in plan.all("kubernetes:batch/v1:Job"):
        (env,) = at(job.inputs["spec"], "env")
        assert references(env) == dict.fromkeys(USER_SECRETS, names.USER_SECRETS)
        names_of_dependencies = {plan.by_urn(urn).name for urn in job.dependencies}
        assert names_of_dependencies & {
            "secret-sync-external-secrets-externalsecret-airflow-user-secrets",
            "secret-sync-csi-keeper",
        }


def test_program_makes_none_of_them(plan: Plan) -> None:
    assert not set(USER_SECRETS.values()) & set(plan.vault)


def test_another_list_restarts_what_reads_it() -> None:
    assert user_secrets.versions({"A": "a", "B": "b"}) == user_secrets.versions({"B": "b", "A": "a"})
    assert user_secrets.versions({"A": "a"}) != user_secrets.versions({"A": "b"})


def test_stack_without_them_has_no_secret_for_them() -> None:
    plan = plan_of("prod")
    assert not [resource for resource in plan.resources if names.USER_SECRETS in resource.name]


@pytest.mark.parametrize(
    ("variable", "words"),
    [
        ("AIRFLOW__CORE__FERNET_KEY", "keeps it in the Key Vault"),
        ("AIRFLOW__CORE__FERNET_KEY_CMD", "keeps it in the Key Vault"),
        ("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "use airflow-aks:database"),
        ("AIRFLOW_CONN_WASB_LOGS", "use airflow-aks:logs"),
        ("AZURE_CLIENT_SECRET", "workload identity"),
        ("HOME", "use another one"),
        ("ADMIN_PASSWORD", "use another one"),
    ],
)
def test_variable_that_the_program_owns_is_refused(variable: str, words: str) -> None:
    assert words in found({variable: "mine"})[variable]


def test_variable_that_another_setting_has_is_refused() -> None:
    assert "airflow-aks:airflow.environment.TEAM" in found({"TEAM": "mine"}, {"TEAM": "data"})["TEAM"]
    option = "AIRFLOW__SMTP__SMTP_USER"
    assert (
        "airflow-aks:airflow.config.smtp.smtp_user"
        in found({option: "mine"}, config={"smtp": {"smtp_user": "x"}})[option]
    )


@pytest.mark.parametrize(
    "vault_secret", ["airflow-fernet-key", "Airflow-Fernet-Key", "airflow-git-token-0123abcd", "airflow-jwt-secret"]
)
def test_secret_of_the_program_itself_is_refused(vault_secret: str) -> None:
    assert "another name" in found({"MINE": vault_secret})["MINE"]


@pytest.mark.parametrize("vault_secret", ["airflow-connections-warehouse", "airflow-variables-region", "my-conn", "0"])
def test_name_of_ones_own_is_allowed(vault_secret: str) -> None:
    assert found({"AIRFLOW_CONN_WAREHOUSE": vault_secret}) == {}


def test_every_secret_that_the_program_makes_is_refused_as_ones_own() -> None:
    made: dict[str | None, set[str]] = {None: set(), "airflow-prod": set()}
    for _, plan in every_plan():
        made["airflow-prod" if "keyVaultSecretNames" in plan.outputs else None] |= set(plan.vault)
    for mark, secrets in made.items():
        assert len(secrets) > 10
        assert [name for name in sorted(secrets) if not dict(key_vault_problems({"MINE": name}, {}, {}, mark))] == []


def test_no_container_gets_one_variable_twice() -> None:
    """Kubernetes refuses it. These are the variables that the program's own containers have in plain text."""
    static = yaml.safe_load(STATIC_VALUES.read_text(encoding="utf-8"))
    # git-sync's containers are none of Airflow's.
    del static["dags"]
    own = {variable["name"] for env in at(static, "env") for variable in env}
    for job in plan_of("prod").all("kubernetes:batch/v1:Job"):
        own |= {variable["name"] for env in at(job.inputs["spec"], "env") for variable in env}
    assert [name for name in sorted(own) if not found({name: "mine"})] == []
    assert own & CONTAINER_VARIABLES


def backend(**options: str) -> dict[str, Any]:
    return {"config": {"secrets": {"backend": VAULT_BACKEND, **options}}}


@pytest.mark.parametrize(
    "airflow",
    [
        backend(),
        backend(backend_kwargs='{"vault_url": "https://kv-airflow-dev-0123ab.vault.azure.net"}'),
        {"config": {"workers": {"secrets_backend": VAULT_BACKEND}}},
        {"environment": {"AIRFLOW__SECRETS__BACKEND": VAULT_BACKEND}},
    ],
)
def test_airflow_that_is_told_to_look_into_the_vault_asks_it(airflow: Any) -> None:
    assert asks_vault(AirflowSettings.model_validate(airflow), OWN_VAULT)


@pytest.mark.parametrize(
    "airflow",
    [
        {},
        backend(backend_kwargs=BACKEND_KWARGS),
        backend(backend="airflow.providers.hashicorp.secrets.vault.VaultBackend"),
        {
            "environment": {
                "AIRFLOW__SECRETS__BACKEND": VAULT_BACKEND,
                "AIRFLOW__SECRETS__BACKEND_KWARG__VAULT_URL": "https://kv-team.vault.azure.net",
            }
        },
    ],
)
def test_airflow_that_looks_elsewhere_or_nowhere_does_not(airflow: Any) -> None:
    assert not asks_vault(AirflowSettings.model_validate(airflow), OWN_VAULT)


def vault_roles(changes: dict[str, Any]) -> list[str]:
    plan = plan_of("prod", changes)
    roles = plan.all("azure-native:authorization:RoleAssignment")
    return [role.name for role in roles if role.inputs["roleDefinitionId"].endswith(KEY_VAULT_SECRETS_USER)]


def test_airflows_identity_may_read_the_vault_only_when_it_asks_it() -> None:
    assert vault_roles({}) == ["secret-sync-identity-reads-secrets"]
    assert "airflow-identity-reads-vault" in vault_roles(SELECTORS["key-vault-backend"])


def test_every_stacks_vault_has_the_beginning_that_is_known_before() -> None:
    for stack in ("dev", "prod"):
        assert name_form(settings_of({}, stack), "vault").pattern.fullmatch(plan_of(stack).outputs["keyVaultName"])


def test_backend_is_allowed_with_all_its_arguments() -> None:
    config = {"secrets": {"backend": VAULT_BACKEND, "backend_kwargs": BACKEND_KWARGS}}
    assert list(config_problems(config)) == []


def test_backend_with_a_password_is_refused() -> None:
    arguments = '{"vault_url": "https://kv.vault.azure.net", "client_secret": "abcdef"}'
    assert list(config_problems({"secrets": {"backend": VAULT_BACKEND, "backend_kwargs": arguments}}))
