"""What a comparison says when private DNS zones change hands, before an update does it."""

from __future__ import annotations

from typing import Any

import pytest

from dryrun.comparison.changes import Comparison, Severity
from dryrun.comparison.comparing import compare_plans
from tests.landing_zone_cases import LANDING_ZONE, ZONES, zones
from tests.plans import plan_of

WITHOUT_STANDBY = {"database.highAvailability": "Disabled"}
EXISTING = {"network.privateDns": {"mode": "existing", "zones": zones("registry", "keyVault", "database")}}
POLICY = {"network.privateDns": {"mode": "policy", "zones": zones("database")}}


def compared(before: dict[str, Any], after: dict[str, Any]) -> Comparison:
    return compare_plans(plan_of("prod", before), plan_of("prod", after))


def said(comparison: Comparison, severity: Severity) -> str:
    return "\n".join(consequence.text for consequence in comparison.with_severity(severity))


def test_a_move_to_zones_of_others_says_what_is_replaced_and_removed() -> None:
    found = compared(WITHOUT_STANDBY, {**WITHOUT_STANDBY, **EXISTING})
    assert not found.loses_data
    assert said(found, "refused") == ""
    stops = said(found, "stops")
    assert "private endpoint registry-private-endpoint: its DNS zone group is replaced" in stops
    assert "private endpoint key-vault-private-endpoint: its DNS zone group is replaced" in stops
    assert "its record moves to another private DNS zone" in stops
    assert "3 private DNS zones (airflow-prod.private.postgres.database.azure.com, privatelink.azurecr.io, " in stops
    assert {change.name for change in found.of("replaced")} == {
        "registry-private-zone-group",
        "key-vault-private-zone-group",
    }


def test_a_move_back_names_the_links_that_stand_in_the_way() -> None:
    found = compared({**WITHOUT_STANDBY, **EXISTING}, WITHOUT_STANDBY)
    assert "which Azure refuses while another zone of the name is linked" in said(found, "note")
    assert "its DNS zone group is replaced" in said(found, "stops")


def test_a_move_to_azure_policy_asks_for_a_remediation() -> None:
    found = compared({**WITHOUT_STANDBY, **EXISTING}, {**WITHOUT_STANDBY, **POLICY})
    assert "start a remediation task of the policy" in said(found, "stops")
    assert found.of("replaced") == []


def test_a_move_from_azure_policy_fails_beside_its_groups() -> None:
    found = compared({**WITHOUT_STANDBY, **POLICY}, {**WITHOUT_STANDBY, **EXISTING})
    refused = said(found, "refused")
    assert "private endpoint registry-private-endpoint has the DNS zone group of Azure Policy" in refused
    assert "delete that group first" in refused


@pytest.mark.parametrize("after", [EXISTING, {**EXISTING, **WITHOUT_STANDBY}])
def test_a_database_with_a_standby_is_refused_another_zone(after: dict[str, Any]) -> None:
    """Also where the update that moves it takes the standby away."""
    found = compared({}, after)
    assert "Azure changes no private DNS zone of a server with a standby" in said(found, "refused")
    assert not found.loses_data


def test_the_record_refuses_what_the_update_would_refuse() -> None:
    refused = said(compared({}, EXISTING), "refused")
    assert "airflow-aks:network.privateDns.zones.database is /subscriptions/" in refused
    assert "and the stack was made without it: `pulumi up` refuses it" in refused
    # A record that keeps some of its entries refuses those.
    moved = {**WITHOUT_STANDBY, **EXISTING, "cluster.zones": ["1"]}
    assert "airflow-aks:cluster.zones is" in said(compared({**WITHOUT_STANDBY, **EXISTING}, moved), "refused")


def test_another_zone_of_the_api_server_is_refused() -> None:
    before = {**LANDING_ZONE, **POLICY}
    after = {**LANDING_ZONE, "network.privateDns": {"mode": "policy", "zones": zones("database", "cluster")}}
    found = compared(before, after)
    assert f"network.privateDns.zones.cluster is {ZONES['cluster'].lower()}, and the stack was made without it" in said(
        found, "refused"
    )
    assert "AKS cluster aks-airflow-prod is replaced" in said(found, "stops")
    back = compared(after, before)
    assert "network.privateDns.zones.cluster is not set, and the stack was made with" in said(back, "refused")


def test_a_service_that_gets_a_public_address_says_nothing_of_zones() -> None:
    found = compared({}, {"registry.publicAccess": True})
    texts = " ".join(consequence.text for consequence in found.consequences)
    assert "zone" not in texts
