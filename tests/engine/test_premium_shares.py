"""The way from Premium shares back to Standard ones: refused, until somebody goes it deliberately."""

from __future__ import annotations

import pytest

from tests.engine import checks

from .workspace import Workspace

ACCOUNT = "azure-native:storage:StorageAccount"
PREMIUM = {"delivery": "azureFiles", "redundancy": "Premium_LRS", "sizeGb": 100}


@pytest.fixture
def premium(living_dev: Workspace) -> Workspace:
    """A living stack whose logs moved to a Premium share."""
    living_dev.change("logs", **PREMIUM)
    living_dev.up()
    assert living_dev.cloud.find(ACCOUNT, "log-storage-file-account")
    return living_dev


def test_leaving_premium_is_refused_before_anything_is_planned(premium: Workspace) -> None:
    before = premium.in_cloud()
    premium.change("logs", redundancy="Standard_LRS")
    premium.cloud.operations.clear()
    for result in (premium.preview(check=False), premium.up(check=False), premium.up("--refresh", check=False)):
        assert result.code != 0
        assert "airflow-aks:logs.redundancy: is Standard_LRS" in result.output
        assert "docs/logs.md#from-premium-back-to-standard" in result.output
        assert "Traceback" not in result.output
    assert checks.operations(premium, "create", "update", "delete") == []
    assert premium.in_cloud() == before


def test_premium_set_back_leaves_nothing_to_do(premium: Workspace) -> None:
    premium.change("logs", redundancy="Standard_LRS")
    assert premium.up(check=False).code != 0
    premium.change("logs", redundancy="Premium_LRS")
    assert premium.up().changes.keys() == {"unchanged"}


def test_the_steps_of_the_page_go_back(premium: Workspace) -> None:
    (record,) = [item["urn"] for item in premium.export() if item["urn"].endswith("::log-storage-redundancy-class")]
    premium.run("state", "delete", record, "--yes", "--stack", premium.stack, check=True)
    premium.change("logs", redundancy="Standard_LRS")
    premium.up()
    assert [item.name for item in premium.cloud.objects.values() if item.type == ACCOUNT] == ["log-storage-account"]


def test_standard_stays_free_to_change(living_dev: Workspace) -> None:
    living_dev.change("logs", redundancy="Standard_ZRS")
    living_dev.up()
    assert living_dev.cloud.find(ACCOUNT).inputs["sku"]["name"] == "Standard_ZRS"
