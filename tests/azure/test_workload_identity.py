"""How many service accounts an identity takes."""

from __future__ import annotations

import pytest

from components.azure.identity import WorkloadIdentity, WorkloadIdentityArgs
from dryrun.recorder import record


def identity_of(accounts: int) -> None:
    WorkloadIdentity(
        "pods",
        WorkloadIdentityArgs(
            identity_name="id-pods",
            resource_group_name="rg",
            location="canadacentral",
            subscription_id="s",
            issuer_url="https://issuer.example.com/",
            namespace="airflow",
            service_accounts=[f"account-{number}" for number in range(accounts)],
            roles=[],
        ),
    )


def test_twenty_service_accounts_are_taken() -> None:
    plan = record(lambda: identity_of(20), project="airflow-aks", stack="dev", config={}, secret_keys=[])
    assert len(plan.all("azure-native:managedidentity:FederatedIdentityCredential")) == 20


def test_more_than_twenty_are_refused_with_how_to_split() -> None:
    with pytest.raises(ValueError, match=r"allows 20 federated credentials per identity, and 21 .*split the accounts"):
        record(lambda: identity_of(21), project="airflow-aks", stack="dev", config={}, secret_keys=[])
