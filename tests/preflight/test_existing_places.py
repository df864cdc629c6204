"""A Key Vault, a resource group and a workspace that exist: there, as the stack needs them, and with the rights."""

from __future__ import annotations

from typing import Any

import pytest

from components.preflight.findings import CheckResult, Status
from tests.case_values import USER_SECRETS, WORKSPACE
from tests.landing_zone_cases import EXISTING_PLACES, GROUP, VAULT
from tests.plans import PROJECT

from .azure_answers import CONTRIBUTOR, OWNER, READER, SCOPE, Json
from .company_places import CERTIFICATE, vault
from .fake_azure import BROKEN, FORBIDDEN, FakeAzure
from .situations import only_problem, problems, result_of, situation


def entry(kind: str, name: str, stack: str | None = None) -> Json:
    tags = {} if stack is None else {"project": PROJECT, "stack": stack}
    return {"id": "...", "type": kind, "name": name, "tags": tags}


def checked(azure: FakeAzure, name: str, **changes: Any) -> CheckResult:
    return result_of(name, situation(azure, "prod", {**EXISTING_PLACES, **changes}))


def test_own_places_ask_nothing(azure: FakeAzure) -> None:
    for name in ("existing vault", "existing workspace"):
        assert result_of(name, situation(azure, "prod")).status is Status.OK
    assert [*azure.asked("vault"), *azure.asked("workspace")] == []


@pytest.mark.parametrize("name", ["existing vault", "existing workspace", "resource groups"])
def test_places_that_suit_pass(company: FakeAzure, name: str) -> None:
    result = checked(company, name)
    assert result.status is Status.OK, problems(result)


@pytest.mark.parametrize(
    ("name", "path", "words"),
    [
        ("existing vault", VAULT, f"airflow-aks:keyVault.existingId: {VAULT} does not exist -> correct the id"),
        ("existing workspace", WORKSPACE, f"airflow-aks:monitoring.workspaceId: {WORKSPACE} does not exist"),
        (
            "resource groups",
            f"/resourceGroups/{GROUP}",
            f"airflow-aks:resourceGroup.existingName: {GROUP} does not exist in the subscription",
        ),
    ],
)
def test_a_place_that_does_not_exist_is_a_failure(company: FakeAzure, name: str, path: str, words: str) -> None:
    del company.by_path[path]
    assert words in only_problem(checked(company, name), Status.FAILURE)


@pytest.mark.parametrize(
    ("error", "remedy"), [(FORBIDDEN, "ask for the role Reader there"), (BROKEN, "run this again")]
)
@pytest.mark.parametrize(
    ("name", "question"),
    [
        ("existing vault", "vault"),
        ("existing vault", "vault secret"),
        ("existing vault", "permissions"),
        ("existing workspace", "workspace"),
    ],
)
def test_what_azure_does_not_tell_is_unknown(
    company: FakeAzure, name: str, question: str, error: Any, remedy: str
) -> None:
    company.refuse[question] = error
    result = checked(company, name, **{"airflow.keyVaultSecrets": USER_SECRETS})
    assert result.status is Status.UNKNOWN
    assert all(remedy in text for text in problems(result))


@pytest.mark.parametrize("mode", [False, None])
def test_a_vault_with_access_policies_is_refused(company: FakeAzure, mode: bool | None) -> None:
    company.by_path[VAULT] = vault(enableRbacAuthorization=mode)
    text = only_problem(checked(company, "existing vault"), Status.FAILURE)
    assert "access policies decide who may read the secrets of kv-Platform" in text


def test_a_vault_of_another_tenant_is_refused(company: FakeAzure) -> None:
    company.by_path[VAULT] = vault(tenantId="33333333-3333-3333-3333-333333333333")
    assert "takes identities of the tenant 33333333" in only_problem(checked(company, "existing vault"), Status.FAILURE)


@pytest.mark.parametrize("closed", [{"publicNetworkAccess": "Disabled"}, {"networkAcls": {"defaultAction": "Deny"}}])
def test_a_vault_that_is_closed_is_a_warning(company: FakeAzure, closed: Json) -> None:
    company.by_path[VAULT] = vault(**closed)
    assert "is closed to the Internet" in only_problem(checked(company, "existing vault"), Status.WARNING)


@pytest.mark.parametrize(
    ("name", "setting"),
    [
        ("warehouse-connection", "airflow.keyVaultSecrets.AIRFLOW_CONN_WAREHOUSE"),
        ("airflow-tls", "access.tls.certificate"),
    ],
)
def test_a_secret_of_others_that_is_missing_is_a_failure(company: FakeAzure, name: str, setting: str) -> None:
    del company.by_path[f"{VAULT}/secrets/{name}"]
    result = checked(company, "existing vault", **{"airflow.keyVaultSecrets": USER_SECRETS, "access": CERTIFICATE})
    assert f"airflow-aks:{setting}: the vault has no secret {name}" in only_problem(result, Status.FAILURE)


def test_who_may_not_delete_secrets_is_warned_of_the_destroy(company: FakeAzure) -> None:
    company.answers["permissions"] = [OWNER]
    text = only_problem(checked(company, "existing vault"), Status.WARNING)
    assert "airflow-aks:keyVault.deleteSecrets: Microsoft.KeyVault/vaults/secrets/delete is not allowed" in text
    assert "ask for the role Key Vault Secrets Officer on the vault" in text


def test_secrets_that_stay_need_no_right_to_delete(company: FakeAzure) -> None:
    company.answers["permissions"] = [OWNER]
    kept = {"keyVault": {"existingId": VAULT, "deleteSecrets": False}}
    assert checked(company, "existing vault", **kept).status is Status.OK


@pytest.mark.parametrize("name", ["deleted vault", "unique names"])
def test_the_name_of_a_vault_that_exists_is_not_to_be_free(company: FakeAzure, name: str) -> None:
    company.answers["vault name"] = {"nameAvailable": False, "message": "already in use"}
    company.answers["deleted vaults"] = [{"name": "kv-platform", "properties": {}}]
    assert checked(company, name).status is Status.OK


def test_a_workspace_in_another_region_is_refused(company: FakeAzure) -> None:
    company.by_path[WORKSPACE]["location"] = "westeurope"
    text = only_problem(checked(company, "existing workspace"), Status.FAILURE)
    assert "log-all is in westeurope, and the stack in canadacentral" in text


def test_a_workspace_that_is_closed_is_a_warning(company: FakeAzure) -> None:
    company.by_path[WORKSPACE]["properties"] = {"publicNetworkAccessForIngestion": "Disabled"}
    assert "Private Link Scope" in only_problem(checked(company, "existing workspace"), Status.WARNING)


def test_a_workspace_that_nothing_is_sent_to_is_not_asked(company: FakeAzure) -> None:
    assert result_of("existing workspace", situation(company, "prod", {})).status is Status.OK
    assert company.asked("workspace") == []


def test_rights_are_asked_for_at_the_group_the_vault_and_the_workspace(company: FakeAzure) -> None:
    company.answers["permissions"] = [READER]
    text = "\n".join(problems(result_of("rights", situation(company, "prod", EXISTING_PLACES))))
    assert f"Microsoft.KeyVault/vaults/secrets/write is not allowed at {VAULT}" in text
    assert f"Microsoft.OperationalInsights/workspaces/sharedKeys/action is not allowed at {WORKSPACE}" in text
    assert f"is not allowed at {SCOPE}/resourceGroups/{GROUP}" in text
    assert "Microsoft.KeyVault/vaults/write" not in text
    assert "Microsoft.OperationalInsights/workspaces/write" not in text
    assert "resourceGroups/write" not in text
    # Whoever deploys has rights on the group, and none on the subscription.
    assert f"at {SCOPE} " not in text


def test_roles_are_assigned_at_the_group_and_the_vault(company: FakeAzure) -> None:
    company.answers["permissions"] = [CONTRIBUTOR]
    text = "\n".join(problems(result_of("role assignments", situation(company, "prod", EXISTING_PLACES))))
    assert f"at {SCOPE}/resourceGroups/{GROUP}" in text
    assert f"at {VAULT}" in text


def test_roles_on_secrets_that_others_assign_need_no_right(company: FakeAzure) -> None:
    company.answers["permissions"] = [CONTRIBUTOR]
    by_others = {**EXISTING_PLACES, "keyVault": {"existingId": VAULT, "grantAccess": False}}
    assert VAULT not in "\n".join(problems(result_of("role assignments", situation(company, "prod", by_others))))


def test_policies_are_asked_about_nothing_of_others(company: FakeAzure) -> None:
    assert checked(company, "policies").status is Status.OK
    asked = company.asked("policies")
    bodies = " ".join(str(request.body) for request in asked)
    for kind in ("Microsoft.KeyVault/vaults", "OperationalInsights/workspaces", "subscriptions/resourceGroups"):
        assert f'"type": "{kind}"' not in bodies
        assert kind not in bodies
    assert any(GROUP in str(request.url) for request in asked)


def test_providers_of_what_exists_elsewhere_are_not_needed(company: FakeAzure) -> None:
    for provider in company.answers["providers"]:
        if provider["namespace"] in ("Microsoft.KeyVault", "Microsoft.OperationalInsights"):
            provider["registrationState"] = "NotRegistered"
    assert checked(company, "resource providers").status is Status.OK


def test_a_workspace_for_logs_and_defender_is_asked_about_both(company: FakeAzure) -> None:
    company.by_path[f"{WORKSPACE}/providers/Microsoft.Authorization/permissions"] = {
        "value": [{"actions": ["*"], "notActions": ["Microsoft.OperationalInsights/workspaces/sharedKeys/action"]}]
    }
    both = situation(company, "prod", {**EXISTING_PLACES, "cluster.defenderWorkspaceId": WORKSPACE})
    text = only_problem(result_of("rights", both), Status.FAILURE)
    assert f"sharedKeys/action is not allowed at {WORKSPACE}" in text
