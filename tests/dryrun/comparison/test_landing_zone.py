"""What a comparison says of a stack that moves into the landing zone of the shipped example, and back."""

from __future__ import annotations

import functools
import re

import pytest

from dryrun.comparison.changes import Comparison
from dryrun.comparison.comparing import compare_plans
from tests import landing_zone_example
from tests.dryrun.comparison.plans import texts
from tests.landing_zone_cases import EXISTING_REGISTRY, LANDING_ZONE
from tests.plans import PINS_FILE, plan_of, recorded

PATTERN = {"naming.pattern": "{type}-{workload}-{environment}-{suffix}"}
# Every setting of the example that `pulumi up` refuses on a stack that was made without it.
REFUSED = {
    "cluster.diskEncryptionSetId",
    "cluster.hostEncryption",
    "cluster.privateApiServer",
    "database.customerManagedKey",
    "keyVault.existingId",
    "naming.pattern",
    "network.existing.databaseSubnetId",
    "network.existing.nodeSubnetId",
    "network.privateDns.zones.cluster",
    "network.privateDns.zones.database",
    "resourceGroup.existingName",
}


@functools.cache
def move(*, back: bool) -> Comparison:
    """Prod as it is, and as the example has it."""
    sides = (plan_of("prod"), recorded("prod", landing_zone_example.config(), PINS_FILE))
    return compare_plans(*(reversed(sides) if back else sides))


@pytest.mark.parametrize("back", [False, True])
def test_every_refusal_is_said_at_once_and_no_other(back: bool) -> None:
    found = texts(move(back=back), "refused")
    named = [match[1] for text in found if (match := re.match(r"airflow-aks:(\S+) is ", text))]
    assert sorted(named) == sorted(REFUSED)
    assert len(found) == len(named)


@pytest.mark.parametrize("back", [False, True])
def test_what_would_be_replaced_is_said(back: bool) -> None:
    found = move(back=back)
    assert found.loses_data
    lost = "\n".join(texts(found, "data"))
    for what in ("storage account", "PostgreSQL server", "database airflow", "10 Key Vault secrets"):
        assert what in lost
    assert any("AKS cluster aks-airflow-prod" in text and "is replaced" in text for text in texts(found, "stops"))


@pytest.mark.parametrize("back", [False, True])
def test_a_move_into_subnets_of_others_or_out_says_what_it_replaces_and_is_refused(back: bool) -> None:
    own = {**LANDING_ZONE, "network.existing": None, "network.outbound": "natGateway"}
    sides = plan_of("prod", own), plan_of("prod", LANDING_ZONE)
    found = compare_plans(*(reversed(sides) if back else sides))
    refused = "\n".join(texts(found, "refused"))
    assert "airflow-aks:network.existing.nodeSubnetId is" in refused
    assert "airflow-aks:network.existing.databaseSubnetId is" in refused
    assert any("AKS cluster aks-airflow-prod is replaced" in text for text in texts(found, "stops"))
    assert any("PostgreSQL server" in text and "replace" in text for text in texts(found, "data"))


@pytest.mark.parametrize("back", [False, True])
def test_a_move_of_the_images_says_what_becomes_of_the_registry(back: bool) -> None:
    sides = plan_of("prod"), plan_of("prod", EXISTING_REGISTRY)
    found = compare_plans(*(reversed(sides) if back else sides))
    removed = [text for text in texts(found, "data") if "container registry crairflowprod" in text]
    assert bool(removed) is not back
    assert any("pods pull their images from" in text for text in texts(found, "note"))


def test_lost_secrets_have_the_names_that_they_have_today() -> None:
    (secrets,) = [text for text in texts(move(back=False), "data") if "10 Key Vault secrets" in text]
    assert "(airflow-fernet-key, " in secrets
    assert "airflow-prod-" not in secrets


@pytest.mark.parametrize("back", [False, True])
def test_a_pattern_of_names_refuses_no_move_of_the_registry(back: bool) -> None:
    sides = plan_of("prod", PATTERN), plan_of("prod", {**PATTERN, **EXISTING_REGISTRY})
    assert texts(compare_plans(*(reversed(sides) if back else sides)), "refused") == []
