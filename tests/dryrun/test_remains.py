"""Tests what the page and the summary say of a destroyed stack, and of the sizes of its nodes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from dryrun.page import render_page
from dryrun.plan import Plan
from dryrun.remains import list_contained, list_remains
from dryrun.report import print_summary
from tests.dryrun.markup import section, text
from tests.dryrun.small_plan import resource, small_plan
from tests.plans import plan_of, planned

pytestmark = pytest.mark.usefixtures("untraced")


def with_vault(properties: Mapping[str, Any]) -> Plan:
    plan = small_plan()
    vault = plan.one("azure-native:keyvault:Vault")
    changed = replace(vault, inputs={**vault.inputs, "properties": properties})
    return replace(plan, resources=tuple(changed if other is vault else other for other in plan.resources))


@pytest.mark.parametrize(
    ("properties", "words"),
    [
        ({"softDeleteRetentionInDays": 7}, "soft-deleted for 7 days; its name stays taken, unless you purge it"),
        (
            {"softDeleteRetentionInDays": 45, "enablePurgeProtection": True},
            "soft-deleted for 45 days; its name stays taken, nobody can purge it before",
        ),
        ({}, "soft-deleted for Azure's default of 90 days; its name stays taken, unless you purge it"),
    ],
)
def test_a_deleted_vault_stays_with_its_secrets(properties: Mapping[str, Any], words: str) -> None:
    assert list_remains(with_vault(properties))[0] == f"Key Vault kv-test with its 1 secret, {words}"


@pytest.mark.parametrize(("days", "secrets"), [(7, 10), (30, 10)])
def test_the_vault_of_a_stack_file_stays_for_its_days(days: int, secrets: int) -> None:
    plan = plan_of("dev", {"keyVault.softDeleteDays": days})
    assert f"with its {secrets} secrets, soft-deleted for {days} days" in list_remains(plan)[0]


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("existing-vault", "10 secrets in the Key Vault of others, soft-deleted for as long as that vault keeps them"),
        ("existing-vault-granted-by-others", "10 secrets in the Key Vault of others, which Pulumi leaves there"),
    ],
)
def test_secrets_in_a_vault_of_others_stay_there(case: str, words: str) -> None:
    found = list_remains(planned(case))
    assert words in found
    assert not [text for text in found if "airflow-secrets" in text or "Key Vault kv" in text]


def test_azure_keeps_the_backups_of_a_deleted_server() -> None:
    assert "the backups of database server psql-test, which Azure keeps for 5 days" in list_remains(small_plan())


@pytest.mark.parametrize("name", ["prod", "logs-azure-files", "logs-premium", "dags-azure-files"])
def test_nothing_stays_that_goes_with_its_vault_or_account(name: str) -> None:
    plan = planned(name)
    assert len(list_remains(plan)) == 2
    shares = {share.name for share in plan.all("azure-native:storage:FileShare")}
    contained = {kept.name: container.name for kept, container in list_contained(plan)}
    assert {container for kept, container in contained.items() if kept not in shares} == {"key-vault-vault"}
    assert all(contained[share].startswith("log-storage-") for share in shares)


def test_a_kept_resource_outside_of_the_stacks_group_stays() -> None:
    plan = small_plan()
    kept = resource(
        "azure-native:network:PublicIPAddress",
        "kept-address",
        inputs={"resourceGroupName": "rg-elsewhere"},
        retain_on_delete=True,
    )
    assert list_remains(replace(plan, resources=(*plan.resources, kept)))[-1] == "public IP address kept-address"


def test_the_page_says_what_stays_and_what_goes_with_what() -> None:
    said = " ".join(text(section(render_page(small_plan()), "protection")).split())
    assert "Key Vault kv-test with its 1 secret, soft-deleted" in said
    assert "Pulumi deletes these only together with key-vault-vault:airflow-secrets-fernet-key" in said


def test_the_summary_says_what_stays(capsys: pytest.CaptureFixture[str]) -> None:
    print_summary(planned("prod"), None)
    said = " ".join(capsys.readouterr().out.split())
    assert "with its 10 secrets, soft-deleted for 90 days" in said
    assert "stays when destroyed 10 Key Vault secrets" not in said


@pytest.mark.parametrize(
    ("pools", "words"),
    [
        (
            [{"name": "airflow", "vmSize": "Standard_E4ds_v5", "minNodes": 2, "maxNodes": 4}],
            "airflow 2 to 4 Standard_E4ds_v5",
        ),
        (
            [
                {"name": "airflow", "vmSize": "Standard_D8ds_v5", "minNodes": 3, "maxNodes": 3},
                {
                    "name": "jobs",
                    "vmSize": "Standard_D16ds_v5",
                    "minNodes": 0,
                    "maxNodes": 5,
                    "spot": True,
                    "purpose": "workers",
                },
            ],
            "airflow 3 Standard_D8ds_v5, jobs 0 to 5 Standard_D16ds_v5 (spot)",
        ),
        (None, "system 3 to 6 Standard_D4ds_v5, airflow"),
    ],
)
def test_the_summary_names_the_vm_size_of_each_pool(
    pools: list[dict[str, Any]] | None, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    print_summary(plan_of("prod", {"cluster.pools": pools} if pools else {}), None)
    assert words in " ".join(capsys.readouterr().out.split())
