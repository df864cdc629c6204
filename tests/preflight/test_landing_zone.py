"""The preflight of the whole landing zone: where everything suits nothing is told, and where nothing is, all of it."""

from __future__ import annotations

from typing import Any

import pytest

from components.preflight.checks.rights import ASSIGN
from components.preflight.findings import Finding, Status
from components.preflight.run_checks import run_checks
from tests.docs.pages import text_of
from tests.landing_zone_cases import WHOLE
from tests.plans import ROOT

from .azure_answers import LOCATION, OWNER
from .fake_azure import FakeAzure
from .situations import situation
from .test_cluster_security import ready as security
from .test_encryption_keys import DISKS
from .test_encryption_keys import ready as keys
from .test_existing_places import vault
from .test_existing_registry import registry
from .test_existing_subnets import spoke
from .test_private_zones import hub

ZONE: dict[str, Any] = {**WHOLE, "cluster": {**WHOLE["cluster"], "diskEncryptionSetId": DISKS}}
GROUP = WHOLE["resourceGroup"]["existingName"]
VAULT = WHOLE["keyVault"]["existingId"]
# The names of these functions are those of the fixtures.
__all__ = ["hub", "keys", "security", "spoke"]


def findings(azure: FakeAzure, changes: dict[str, Any]) -> list[tuple[str, Finding]]:
    """What the checks found that is not ok, each with the name of its check."""
    results = run_checks(situation(azure, "prod", changes), lambda _: None)
    return [(result.name, one) for result in results for one in result.findings if one.status is not Status.OK]


@pytest.fixture
def zone(azure: FakeAzure, spoke: FakeAzure, hub: FakeAzure, keys: FakeAzure, security: FakeAzure) -> FakeAzure:
    """Everything that the example names."""
    spoken = spoke.by_path
    azure.by_path = {
        **spoken,
        f"/resourceGroups/{GROUP}": {"name": GROUP, "location": LOCATION, "tags": {}},
        VAULT: vault(),
        f"{VAULT}/secrets/{WHOLE['access']['tls']['certificate']}": {"name": "certificate"},
        WHOLE["registry"]["existingId"]: registry("Approved"),
        WHOLE["monitoring"]["workspaceId"]: {"name": "log-shared", "location": LOCATION, "properties": {}},
    }
    return azure


def test_a_landing_zone_that_suits_passes_every_check(zone: FakeAzure) -> None:
    assert findings(zone, ZONE) == []


def test_a_landing_zone_without_anything_is_told_of_each_setting(azure: FakeAzure) -> None:
    told = {one.setting for _, one in findings(azure, WHOLE) if one.status.word == "failure"}
    assert told >= {
        "airflow-aks:cluster.defenderWorkspaceId",
        "airflow-aks:cluster.diskEncryptionSetId",
        "airflow-aks:database.customerManagedKey.identityId",
        "airflow-aks:keyVault.existingId",
        "airflow-aks:monitoring.workspaceId",
        *(f"airflow-aks:network.existing.{subnet}" for subnet in WHOLE["network"]["existing"] if subnet[-2:] == "Id"),
        "airflow-aks:registry.existingId",
        "airflow-aks:resourceGroup.existingName",
    }


def test_whoever_has_no_right_is_told_of_every_right_that_the_page_lists(zone: FakeAzure) -> None:
    """With grantAccess false everywhere, the one role to assign outside of the group is on the disk encryption set."""
    zone.answers["permissions"] = [{**OWNER, "actions": [], "dataActions": []}]
    page = text_of(ROOT / "docs" / "landing-zone.md")
    found = findings(zone, ZONE)
    refused = [one.message.split(" is not allowed at ") for check, one in found if check == "rights"]
    outside = {action for actions, scope in refused if not scope.endswith(GROUP) for action in actions.split(", ")}
    assert len(outside) >= 8
    assert [action for action in sorted(outside) if f"`{action}`" not in page] == []
    assigned = {one.message.rpartition(" at ")[2] for check, one in found if check == "role assignments"}
    assert {scope for scope in assigned if not scope.endswith(GROUP)} == {DISKS}
    assert f"`{ASSIGN}`" in page
