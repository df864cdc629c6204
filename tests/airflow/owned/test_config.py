import pytest

from components.airflow.owned.checker import config_problems, environment_problems
from components.airflow.owned.plaintext_secrets import secret_name, secret_text
from components.airflow.owned.table import owned_by
from components.airflow.release_lines import AIRFLOW_3


@pytest.mark.parametrize(("option", "message"), owned_by(AIRFLOW_3).options.items())
def test_an_owned_option_is_refused_in_config_and_environment(option: str, message: str) -> None:
    section, key = option.replace("*", "anything").split(".")
    variable = f"AIRFLOW__{section}__{key}".upper()
    assert [*config_problems({section: {key: "x"}})] == [(f"{section}.{key}", message)]
    assert [*environment_problems({variable: "x"}, {})] == [(variable, message)]


@pytest.mark.parametrize("form", ["cmd", "secret"])
@pytest.mark.parametrize("key", ["core.fernet_key", "api_auth.jwt_secret", "database.sql_alchemy_conn_async"])
def test_an_owned_option_is_owned_in_every_form(key: str, form: str) -> None:
    section, _, option = key.partition(".")
    assert [path for path, _ in config_problems({section: {f"{option}_{form}": "x"}})] == [f"{key}_{form}"]


def test_a_whole_section_can_be_owned() -> None:
    assert [path for path, _ in config_problems({"azure_remote_logging": {"anything": "x"}})]


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        ("smtp", "smtp_password", "abc"),
        ("secrets", "backend_kwargs", '{"client_secret": "abc"}'),
        ("sentry", "sentry_dsn", "https://user:abc@sentry.example.com/1"),
    ],
)
def test_a_secret_in_config_is_refused(section: str, key: str, value: str) -> None:
    [(path, message)] = config_problems({section: {key: value}})
    assert path == f"{section}.{key}"
    assert "Key Vault" in message


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        ("core", "parallelism", 64),
        ("core", "dags_are_paused_at_creation", False),
        ("smtp", "smtp_password_secret", "smtp-password"),
        ("smtp", "smtp_password_cmd", "cat /run/smtp"),
        ("secrets", "backend_kwargs", '{"vault_url": "https://kv.vault.azure.net"}'),
        ("logging", "logging_level", "DEBUG"),
        ("kubernetes_executor", "worker_pods_creation_batch_size", 32),
    ],
)
def test_other_options_are_free(section: str, key: str, value: str | int | bool) -> None:
    assert not [*config_problems({section: {key: value}})]


def test_an_option_of_several_lines_is_refused() -> None:
    assert [*config_problems({"core": {"note": "one\ntwo"}})] == [("core.note", "must be a single line")]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AIRFLOW_CONN_WASB_LOGS", "{}"),
        ("AZURE_CLIENT_ID", "00000000-0000-0000-0000-000000000000"),
        ("AZURE_CLIENT_SECRET", "x"),
        ("AIRFLOW__LOGGING__REMOTE_LOGGING", "False"),
    ],
)
def test_owned_variables_are_refused(name: str, value: str) -> None:
    assert [path for path, _ in environment_problems({name: value}, {})] == [name]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SMTP_PASSWORD", "abc"),
        ("GITHUB_TOKEN", "abc"),
        ("CLIENT_SECRET", "abc"),
        ("STORAGE_KEY", "abc"),
        ("AIRFLOW__SMTP__SMTP_PASSWORD", "abc"),
        ("AIRFLOW_CONN_DB", "postgresql://user:abc@host/db"),
        ("AIRFLOW_CONN_API", '{"conn_type": "http", "password": "abc"}'),
        ("AIRFLOW_CONN_BLOB", '{"extra": "{\\"sas_token\\": \\"abc\\"}"}'),
        ("CONNECTION", "DefaultEndpointsProtocol=https;AccountKey=abc"),
    ],
)
def test_a_secret_in_the_environment_is_refused(name: str, value: str) -> None:
    [(path, message)] = environment_problems({name: value}, {})
    assert path == name
    assert "Key Vault" in message


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TZ", "UTC"),
        ("AIRFLOW__SMTP__SMTP_PASSWORD_SECRET", "smtp-password"),
        ("AIRFLOW_CONN_HTTP", "https://example.com:8443/path"),
        ("AIRFLOW_CONN_USER", '{"conn_type": "http", "login": "reader"}'),
        ("TOKEN_FILE", "/run/token"),
        ("USE_TOKEN", "true"),
        ("SMTP_PASSWORD", ""),
    ],
)
def test_other_variables_are_free(name: str, value: str) -> None:
    assert not [*environment_problems({name: value}, {})]


def test_one_option_is_not_set_in_two_places() -> None:
    problems = environment_problems({"AIRFLOW__CORE__PARALLELISM": "8"}, {"core": {"parallelism": 16}})
    assert [*problems] == [
        (
            "AIRFLOW__CORE__PARALLELISM",
            "is also set by airflow-aks:airflow.config.core.parallelism: keep one of the two",
        )
    ]


@pytest.mark.parametrize(
    "key", ["password", "token", "secretKey", "fernetKey", "pass", "privateKey", "jwtSecret", "API_KEY"]
)
def test_a_name_of_a_secret_is_known(key: str) -> None:
    assert secret_name(key)


@pytest.mark.parametrize(
    "key", ["passwordSecretName", "existingSecret", "tokenFile", "key", "compass", "sshKeySecret", "_"]
)
def test_a_name_of_something_else_is_known(key: str) -> None:
    assert not secret_name(key)


@pytest.mark.parametrize(
    "text", ["https://example.com/a:b@c", "user@example.com", "https://user@example.com", "a?size=1"]
)
def test_a_text_without_a_secret_is_known(text: str) -> None:
    assert not secret_text(text)
