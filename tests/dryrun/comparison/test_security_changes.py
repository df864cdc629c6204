"""What a comparison says of the security baseline on a living stack: what is free, and what would be lost."""

from __future__ import annotations

from typing import Any

import pytest

from dryrun.comparison.changes import Comparison
from dryrun.comparison.comparing import compare_plans
from tests.cases import SELECTORS
from tests.landing_zone_cases import DATABASE_KEY
from tests.plans import plan_of

pytestmark = pytest.mark.usefixtures("untraced")
CLUSTER = "azure-native:containerservice:ManagedCluster"
POOL = "azure-native:containerservice:AgentPool"
SERVER = "azure-native:dbforpostgresql:Server"


def compared(before: dict[str, Any], after: dict[str, Any]) -> Comparison:
    return compare_plans(plan_of("prod", before), plan_of("prod", after))


def texts(comparison: Comparison, severity: str) -> list[str]:
    return [one.text for one in comparison.consequences if one.severity == severity]


def actions(comparison: Comparison, type_: str) -> set[str]:
    return {change.action for change in comparison.changes if change.type == type_}


@pytest.mark.parametrize("name", ["azure-policy", "defender"])
def test_what_can_come_later_loses_nothing(name: str) -> None:
    found = compared({}, SELECTORS[name])
    assert not found.loses_data
    assert texts(found, "refused") == []
    assert {change.action for change in found.changes} == {"changed"}


def test_another_disk_encryption_replaces_the_cluster_and_is_refused() -> None:
    found = compared({}, SELECTORS["disk-encryption-set"])
    assert actions(found, CLUSTER) == {"replaced"}
    (refused,) = [text for text in texts(found, "refused") if "diskEncryptionSetId is" in text]
    assert refused.startswith("airflow-aks:cluster.diskEncryptionSetId is /subscriptions/")
    assert refused.endswith("/des-aks, and the stack was made without it: `pulumi up` refuses it")


def test_encrypted_hosts_are_refused_on_every_pool() -> None:
    found = compared({}, SELECTORS["host-encryption"])
    refused = texts(found, "refused")
    assert (
        "airflow-aks:cluster.hostEncryption is true, and the stack was made without it: `pulumi up` refuses it"
        in refused
    )
    assert [text for text in refused if "agentPoolProfiles[*].enableEncryptionAtHost in place" in text]
    pools = plan_of("prod").all(POOL)
    assert len([text for text in refused if "change enableEncryptionAtHost in place" in text]) == len(pools) > 0


@pytest.mark.parametrize(("before", "after"), [({}, "database-key"), ("database-key", {})])
def test_a_key_that_comes_or_goes_is_refused(before: Any, after: Any) -> None:
    found = compared(*(SELECTORS[one] if isinstance(one, str) else one for one in (before, after)))
    assert [text for text in texts(found, "refused") if text.startswith("airflow-aks:database.customerManagedKey is")]


def test_another_key_is_an_update_in_place() -> None:
    other = {"database.customerManagedKey": {**DATABASE_KEY, "keyId": f"{DATABASE_KEY['keyId']}-next"}}
    found = compared(SELECTORS["database-key"], other)
    assert not found.loses_data
    assert [(change.type, change.action) for change in found.changes] == [(SERVER, "changed")]


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (SELECTORS["azure-policy"], "keeps the add-on of Azure Policy until somebody runs `az aks disable-addons"),
        (SELECTORS["defender"], "keeps Defender until somebody runs `az aks update --disable-defender`"),
        ({"network.dnsServers": ["10.9.0.4"]}, "keeps its DNS servers until somebody removes them in Azure"),
    ],
    ids=["Azure Policy", "Defender", "DNS servers"],
)
def test_what_the_stack_file_leaves_to_others_again_stays_as_it_is(before: dict[str, Any], words: str) -> None:
    (note,) = [text for text in texts(compared(before, {}), "note") if " keeps " in text]
    assert words in note
