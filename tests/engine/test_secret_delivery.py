"""The two deliveries of secrets on a living stack."""

from __future__ import annotations

import pytest

from tests.engine import checks

from .workspace import Workspace


@pytest.mark.parametrize("delivery", ["externalSecrets", "csi"])
def test_secret_of_ones_own_that_is_missing_stops_the_update_before_airflow(stack: Workspace, delivery: str) -> None:
    stack.change("secrets", delivery=delivery)
    stack.up()
    stack.change("airflow", keyVaultSecrets={"AIRFLOW_VAR_REGION": "region"})
    stack.cloud.operations.clear()
    result = stack.up(check=False)
    assert result.code != 0
    assert "region" in result.output
    assert not [name for name in checks.operations(stack, "create", "update") if name.startswith("airflow-")]
    stack.store("region", "westeurope")
    assert "airflow-release" in checks.applied(stack)


def test_secrets_outlive_the_change_of_their_delivery_at_every_moment(stack: Workspace) -> None:
    """What is new is there before anything old goes, both ways, and the add-on outlives the keeper."""
    for delivery, first, last in (
        ("csi", "secret-sync-csi-keeper", "secret-sync-external-secrets-operator"),
        ("externalSecrets", "secret-sync-external-secrets-externalsecret-airflow-jwt-secret", "secret-sync-csi-keeper"),
    ):
        stack.change("secrets", delivery=delivery)
        checks.applied(stack)
        order = stack.cloud.operations
        assert order.index(("create", first)) < order.index(("delete", last))
    cluster = stack.cloud.find("azure-native:containerservice:ManagedCluster")
    assert cluster.outputs["addonProfiles"]["azureKeyvaultSecretsProvider"]["enabled"]
