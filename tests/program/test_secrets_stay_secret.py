"""No secret in the clear in anything that a dry run writes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dryrun.files import write_plan
from tests.cases import CASES
from tests.plans import plan_of, texts

pytestmark = pytest.mark.usefixtures("untraced")

# Those in which other secrets flow, or flow another way.
OTHER_SECRETS = ("celery", "dags-", "dev", "key-vault", "logs-azure", "pooler", "prod", "release", "secrets", "without")


@pytest.mark.parametrize("case", [name for name in CASES if name.startswith(OTHER_SECRETS) and "scaler" not in name])
def test_no_value_of_the_vault_and_nothing_of_the_old_guide_stands_in_any_file(case: str, tmp_path: Path) -> None:
    plan = plan_of(*CASES[case])
    write_plan(plan, tmp_path)
    files = {file: file.read_text(encoding="utf-8") for file in tmp_path.rglob("*") if file.is_file()}
    assert len(files) > 30
    assert len(plan.vault) >= 7
    # The account's name stands beside its key for the driver, and is no secret.
    secrets = {name: value for name, value in plan.vault.items() if "-STORAGE-ACCOUNT-NAME-" not in name}
    pieces = {piece for value in secrets.values() for piece in secret_pieces(value)}
    for file, text in files.items():
        assert not [piece for piece in pieces if piece in text], file
        assert not [word for word in OF_THE_OLD_GUIDE if word in text], file


OF_THE_OLD_GUIDE = ("bitnami", "admin/admin", "accountKey", "account-key")


def secret_pieces(value: str) -> set[str]:
    """A secret whole, and the password inside a connection or a line of users.txt."""
    found = {value.strip()} if "[databases]" not in value else set()
    if value.startswith("{"):
        connection = json.loads(value)
        found |= {connection.get("password", ""), connection.get("extra", {}).get("private_key", "").strip()}
    elif "://" in value:
        found.add(value.split("://")[1].split("@")[0].split(":")[1])
    return {piece for piece in found if len(piece) > 8 and piece not in ("x-access-token",)}


@pytest.mark.parametrize("case", CASES)
def test_every_vault_secret_is_given_as_a_secret(case: str) -> None:
    for secret in plan_of(*CASES[case]).all("azure-native:keyvault:Secret"):
        assert "[secret]" in texts(secret.inputs["properties"]), secret.name


def test_database_password_is_given_as_a_secret() -> None:
    assert plan_of("prod").one("azure-native:dbforpostgresql:Server").inputs["administratorLoginPassword"] == "[secret]"


def test_versions_of_secrets_are_no_secrets() -> None:
    values = plan_of("prod").one("kubernetes:helm.sh/v3:Release", "airflow-release").inputs["values"]
    assert "[secret]" not in set(texts(values))


def test_kubeconfig_output_is_a_secret() -> None:
    assert plan_of("prod").outputs["kubeconfig"] == "[secret]"
