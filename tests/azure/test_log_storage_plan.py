"""The redundancy of log storage, held against what the stack had."""

from __future__ import annotations

import pulumi
import pytest

from components.azure.log_storage_plan import check_redundancy, redundancy_class
from tests.cases import SELECTORS
from tests.plans import plan_of

STASH = "pulumi:index:Stash"
RECORD = "log-storage-redundancy-class"


@pytest.mark.parametrize(
    ("redundancy", "found"), [("Standard_LRS", "Standard"), ("Standard_RAGZRS", "Standard"), ("Premium_ZRS", "Premium")]
)
def test_redundancies_have_two_classes(redundancy: str, found: str) -> None:
    assert redundancy_class(redundancy) == found


@pytest.mark.parametrize(
    ("redundancy", "recorded"),
    [
        ("Standard_LRS", "Standard"),
        ("Standard_GZRS", "Standard"),
        ("Premium_LRS", "Premium"),
        ("Premium_ZRS", "Standard"),
    ],
)
def test_every_other_way_is_free(redundancy: str, recorded: str) -> None:
    assert check_redundancy(redundancy, recorded, "stairflow") == "stairflow"


@pytest.mark.parametrize("redundancy", ["Standard_LRS", "Standard_ZRS", "Standard_RAGRS"])
def test_the_way_back_is_refused_by_its_path(redundancy: str) -> None:
    with pytest.raises(pulumi.RunError) as refused:
        check_redundancy(redundancy, "Premium", "stairflow")
    assert f"airflow-aks:logs.redundancy: is {redundancy}" in str(refused.value)
    assert "docs/logs.md#from-premium-back-to-standard" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_standard_redundancy_never_changes_the_record() -> None:
    record = plan_of("prod").one(STASH, RECORD)
    assert (record.inputs["input"], record.ignore_changes) == ("Standard", ("input",))


def test_a_premium_redundancy_changes_it() -> None:
    plan = plan_of("prod", SELECTORS["logs-premium"])
    record = plan.one(STASH, RECORD)
    assert (record.inputs["input"], record.ignore_changes) == ("Premium", ())
    assert plan.one("azure-native:storage:StorageAccount", "log-storage-file-account").inputs["kind"] == "FileStorage"
