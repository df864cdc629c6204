"""What Azure must have for Azure Policy, Defender and encrypted hosts."""

from __future__ import annotations

from typing import Any

import pytest

from components.preflight.findings import CheckResult, Status
from tests.case_values import WORKSPACE

from .azure_answers import Json
from .fake_azure import BROKEN, FORBIDDEN, FakeAzure
from .situations import only_problem, problems, result_of, situation

NAME = "cluster security"
FEATURE = "/providers/Microsoft.Features/providers/Microsoft.Compute/features/EncryptionAtHost"
CHANGES: dict[str, Any] = {
    "cluster.azurePolicy": True,
    "cluster.defenderWorkspaceId": WORKSPACE,
    "cluster.hostEncryption": True,
}


def feature(state: str) -> Json:
    return {"name": "Microsoft.Compute/EncryptionAtHost", "properties": {"state": state}}


@pytest.fixture
def ready(azure: FakeAzure) -> FakeAzure:
    """A subscription that has all of it."""
    azure.answers["providers"].append({"namespace": "microsoft.policyinsights", "registrationState": "Registered"})
    azure.by_path |= {FEATURE: feature("Registered"), WORKSPACE: {"location": "eastus"}}
    for sku in azure.answers["skus"]:
        sku.setdefault("capabilities", []).append({"name": "EncryptionAtHostSupported", "value": "True"})
    return azure


def checked(azure: FakeAzure, changes: dict[str, Any] | None = None) -> CheckResult:
    return result_of(NAME, situation(azure, "dev", CHANGES if changes is None else changes))


def test_a_stack_without_them_asks_nothing(azure: FakeAzure) -> None:
    there = situation(azure, "dev")
    azure.requests.clear()
    result = result_of(NAME, there)
    assert result.status is Status.OK
    assert [finding.message for finding in result.findings] == ["the stack file asks for none of it"]
    assert azure.requests == []


def test_a_subscription_that_has_all_passes(ready: FakeAzure) -> None:
    result = checked(ready)
    assert result.status is Status.OK, problems(result)
    assert result.findings[0].message == "Azure has what they need: Azure Policy, Defender, encrypted hosts"


@pytest.mark.parametrize("state", ["NotRegistered", None])
def test_policies_need_their_provider(ready: FakeAzure, state: str | None) -> None:
    (entry,) = [one for one in ready.answers["providers"] if one["namespace"] == "microsoft.policyinsights"]
    if state is None:
        ready.answers["providers"].remove(entry)
    else:
        entry["registrationState"] = state
    text = only_problem(checked(ready), Status.WARNING)
    assert "airflow-aks:cluster.azurePolicy: Microsoft.PolicyInsights is not registered" in text
    assert "az provider register --namespace Microsoft.PolicyInsights" in text


def test_a_workspace_that_does_not_exist_is_a_failure(ready: FakeAzure) -> None:
    del ready.by_path[WORKSPACE]
    text = only_problem(checked(ready), Status.FAILURE)
    assert f"airflow-aks:cluster.defenderWorkspaceId: {WORKSPACE} does not exist" in text


@pytest.mark.parametrize(
    ("state", "remedy"),
    [("NotRegistered", "az feature register --namespace Microsoft.Compute"), ("Registering", "wait until Azure has")],
)
def test_encrypted_hosts_need_a_feature_of_the_subscription(ready: FakeAzure, state: str, remedy: str) -> None:
    ready.by_path[FEATURE] = feature(state)
    text = only_problem(checked(ready), Status.FAILURE)
    assert "airflow-aks:cluster.hostEncryption: the feature EncryptionAtHost" in text
    assert state in text
    assert remedy in text


def test_a_size_that_does_not_encrypt_at_the_host_is_a_failure(ready: FakeAzure) -> None:
    pool = {"name": "airflow", "vmSize": "Standard_D4as_v5", "minNodes": 1, "maxNodes": 2}
    (sku,) = [one for one in ready.answers["skus"] if one["name"] == "Standard_D4as_v5"]
    sku["capabilities"][-1]["value"] = "False"
    text = only_problem(checked(ready, {**CHANGES, "cluster.pools": [pool]}), Status.FAILURE)
    assert "airflow-aks:cluster.pools[0].vmSize: Standard_D4as_v5 does not encrypt at the host" in text


@pytest.mark.parametrize("answer", ["workspace", "feature"])
@pytest.mark.parametrize("error", [FORBIDDEN, BROKEN])
def test_what_azure_does_not_tell_is_unknown(ready: FakeAzure, answer: str, error: Any) -> None:
    ready.refuse[answer] = error
    assert checked(ready).status is Status.UNKNOWN
