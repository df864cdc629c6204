"""Three stacks side by side in what a company has: one network, one Key Vault, one resource group, one workspace."""

from __future__ import annotations

import functools
from collections import Counter
from typing import Any

import pytest

from dryrun.plan import Plan
from tests.case_values import USER_SECRETS
from tests.landing_zone_cases import EXISTING_PLACES, INTERNAL, LANDING_ZONE, SUBNETS
from tests.plans import PINS_FILE, changed, recorded, shipped
from tests.program.test_names import identifiers

STACKS = ("blue", "green", "red")
PATTERN = "{type}-{workload}-{environment}-{region}"
# A zone of a name is linked to a network once, and the zones of private services have the same names in each stack.
PUBLIC = {"network.private": False, "registry.publicAccess": True}


@functools.cache
def three(pattern: str | None = None, *, private: bool = False) -> list[Plan]:
    """The plans of three stacks that differ in their names, and in the subnets of their gateways alone."""
    shared = {key: subnet for key, subnet in SUBNETS.items() if private or key != "privateEndpointSubnetId"}
    return [
        recorded(
            stack,
            changed(
                shipped("prod"),
                {
                    **LANDING_ZONE,
                    **EXISTING_PLACES,
                    **({} if private else PUBLIC),
                    "network.existing": {**shared, "gatewaySubnetId": f"{SUBNETS['gatewaySubnetId']}-{stack}"},
                    "access": {**INTERNAL, "host": f"{stack}.example.com"},
                    "naming.pattern": pattern,
                    "airflow.keyVaultSecrets": USER_SECRETS,
                },
            ),
            PINS_FILE,
        )
        for stack in STACKS
    ]


every_naming = pytest.mark.parametrize("pattern", [None, PATTERN])


def repeated(values: list[Any]) -> list[Any]:
    return [value for value, number in Counter(values).items() if number > 1]


@every_naming
def test_no_resource_has_the_id_of_another(pattern: str | None) -> None:
    found = [identifier for plan in three(pattern) for identifier in identifiers(plan)]
    assert len(found) > 140
    assert repeated(found) == []


def test_private_services_clash_in_nothing_but_the_zones_that_a_group_has_once() -> None:
    """Preflight finds the zones of another stack in the group: tests/preflight/test_existing_places.py."""
    found = repeated([identifier for plan in three(private=True) for identifier in identifiers(plan)])
    assert {identifier.partition("/privatelink.")[0].rpartition("/")[2] for identifier in found} == {"privatednszones"}


@every_naming
def test_no_secret_has_the_name_of_another(pattern: str | None) -> None:
    names = [
        secret.inputs["secretName"] for plan in three(pattern) for secret in plan.all("azure-native:keyvault:Secret")
    ]
    assert len(names) >= 30
    assert repeated(names) == []
    assert all(len(name) <= 127 for name in names)


def test_no_role_is_assigned_twice() -> None:
    """Azure refuses a second assignment of a role to an identity on a scope."""
    roles = [role.inputs for plan in three() for role in plan.all("azure-native:authorization:RoleAssignment")]
    assert repeated([(role["principalId"], role["roleDefinitionId"], role["scope"].lower()) for role in roles]) == []


def test_no_identity_reads_the_secrets_of_another_stack() -> None:
    plans = three()
    for plan in plans:
        own = {secret.inputs["secretName"] for secret in plan.all("azure-native:keyvault:Secret")}
        scopes = {
            role.inputs["scope"].rpartition("/secrets/")[2]
            for role in plan.all("azure-native:authorization:RoleAssignment")
            if "/secrets/" in role.inputs["scope"]
        }
        assert scopes <= own | set(USER_SECRETS.values())


def test_each_stack_trusts_the_pods_of_its_own_cluster() -> None:
    credentials = [
        (item.inputs["issuer"], item.inputs["resourceName"], item.inputs["subject"])
        for plan in three()
        for item in plan.all("azure-native:managedidentity:FederatedIdentityCredential")
    ]
    assert repeated(credentials) == []
    assert len({issuer for issuer, _, _ in credentials}) == len(STACKS)


def test_each_gateway_has_an_address_of_its_own() -> None:
    assert repeated([plan.outputs["gatewayAddress"] for plan in three()]) == []


def test_every_stack_sends_to_the_workspace_under_names_of_its_own() -> None:
    rules = [rule for plan in three() for rule in plan.all("azure-native:monitor:DataCollectionRule")]
    assert len({rule.inputs["dataCollectionRuleName"] for rule in rules}) == len(STACKS)
    destinations = {rule.inputs["destinations"]["logAnalytics"][0]["workspaceResourceId"] for rule in rules}
    assert len(destinations) == 1
