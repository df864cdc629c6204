"""Physical names by a company's rule, in whole plans, and several stacks beside each other."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from typing import Any

import pytest

from components.settings.name_types import NAME_TYPES, OTHER_NAME_TYPES
from components.settings.names import Names, stack_names
from components.settings.naming import NamesSettings
from dryrun import cloud
from dryrun.plan import Plan, Resource
from tests.airflow.test_traffic import settings_of
from tests.cases import SELECTORS
from tests.plans import PINS_FILE, changed, plan_of, recorded, shipped, texts

CHOSEN = {
    "resourceGroup": "RG_Contoso.Airflow",
    "nodeResourceGroup": "RG_Contoso.Airflow.Nodes",
    "network": "vnet_contoso.airflow",
    "cluster": "AKS_contoso",
    "dnsPrefix": "contoso",
    "registry": "contosoairflow",
    "vault": "contoso-airflow-kv",
    "storageAccount": "contosologs",
    "fileStorageAccount": "contososhares",
    "databaseServer": "contoso-airflow-db",
    "databaseZone": "contoso.private.postgres.database.azure.com",
    "broker": "contoso-airflow-queue",
    "controlPlaneIdentity": "MI_contoso_aks",
    "kubeletIdentity": "MI_contoso_nodes",
    "airflowIdentity": "MI_contoso_airflow",
    "gatewayAddress": "pip_contoso.gateway",
    "certificateIdentity": "MI_contoso_certificate",
    "secretSyncIdentity": "MI_contoso_secrets",
    "remoteIdentity": "MI_contoso_remote",
    "logWorkspace": "Contoso-Airflow-Logs",
}
HUB = (
    "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/hub/providers/"
    "Microsoft.Network/virtualNetworks/hub"
)
PATTERN = "{type}-{workload}-{environment}-{region}"
# Together, these stacks have every resource with a name of its own.
EVERYTHING: list[dict[str, Any]] = [
    {
        **SELECTORS["celery-executor"],
        **SELECTORS["monitoring"],
        **SELECTORS["certificate-dns"],
        "logs": {"delivery": "azureFiles", "redundancy": "Premium_ZRS"},
    },
    {**SELECTORS["remote-clusters"], **SELECTORS["certificate-letsencrypt"], **SELECTORS["key-vault-backend"]},
    SELECTORS["egress-restricted"],
]


def texts_of(plan: Plan) -> set[str]:
    return {text for resource in plan.resources for text in texts(resource.inputs)} | set(texts(plan.outputs))


def identifiers(plan: Plan) -> list[str]:
    """The ids of what a plan makes in Azure. Role assignments have random names."""
    made = (resource for resource in plan.resources if resource.type.startswith("azure-native:"))
    return [
        cloud.create(resource.type, resource.name, resource.inputs)[0].lower()
        for resource in made
        if resource.type != "azure-native:authorization:RoleAssignment"
    ]


def test_every_name_is_chosen_here() -> None:
    assert set(NamesSettings.model_validate(CHOSEN).chosen) == set(NAME_TYPES)


@pytest.mark.parametrize("changes", EVERYTHING)
def test_no_name_of_the_program_is_left_where_all_are_chosen(changes: dict[str, Any]) -> None:
    own = dataclasses.asdict(stack_names(settings_of(changes), cloud.SUBSCRIPTION))
    found = texts_of(plan_of("prod", {**changes, "naming.names": CHOSEN}))
    assert [(name, text) for name in map(own.get, NAME_TYPES) for text in found if name in text] == []


def test_every_chosen_name_is_used() -> None:
    found = set[str]()
    for changes in EVERYTHING:
        found |= texts_of(plan_of("prod", {**changes, "naming.names": CHOSEN}))
    assert [name for name in CHOSEN.values() if not any(name in text for text in found)] == []


@pytest.mark.parametrize("naming", [{"naming.names": CHOSEN}, {"naming.pattern": PATTERN}])
def test_names_in_pulumi_do_not_depend_on_names_in_azure(naming: dict[str, Any]) -> None:
    plan, plain = plan_of("prod", naming), plan_of("prod")
    assert [resource.urn for resource in plan.resources] == [resource.urn for resource in plain.resources]


def test_settings_that_choose_nothing_change_nothing() -> None:
    plan, plain = plan_of("prod", {"naming": {"pattern": None, "names": {"vault": None}}}), plan_of("prod")
    assert [resource.as_json() for resource in plan.resources] == [resource.as_json() for resource in plain.resources]


def test_a_pattern_names_what_people_see() -> None:
    plan = plan_of("prod", {"naming.pattern": PATTERN})
    assert plan.outputs["resourceGroupName"] == "rg-airflow-prod-cnc"
    assert plan.outputs["clusterName"] == "aks-airflow-prod-cnc"
    assert plan.outputs["registryLoginServer"] == "crairflowprodcnc.azurecr.io"
    assert plan.outputs["keyVaultName"] == "kv-airflow-prod-cnc"


def named_by_logical_name(plan: Plan) -> list[Resource]:
    """The resources whose names are in Pulumi and in Azure the same, but for a pattern."""
    return [
        resource
        for resource in plan.resources
        if resource.type.partition(":")[2] in OTHER_NAME_TYPES and resource.name != "gateway-address-ip"
    ]


def azure_name(resource: Resource) -> str:
    return cloud.create(resource.type, resource.name, resource.inputs)[0].rpartition("/")[2]


@pytest.mark.parametrize("changes", [*EVERYTHING, SELECTORS["private-network"]])
def test_a_pattern_names_every_resource_of_azure(changes: dict[str, Any]) -> None:
    for resource in named_by_logical_name(plan_of("prod", {**changes, "naming.pattern": PATTERN})):
        kind = OTHER_NAME_TYPES[resource.type.partition(":")[2]]
        assert azure_name(resource) == f"{kind.abbreviation}-airflow-prod-cnc-{resource.name}"
        assert len(resource.name) <= len(kind.ending)


@pytest.mark.parametrize("changes", EVERYTHING)
def test_every_resource_with_a_name_of_its_own_has_a_setting_or_follows_the_pattern(changes: dict[str, Any]) -> None:
    plan = plan_of("prod", changes)
    same = [
        resource
        for resource in plan.resources
        if resource.type.startswith("azure-native:") and azure_name(resource) == resource.name
    ]
    assert {resource.urn for resource in same} == {resource.urn for resource in named_by_logical_name(plan)}


def test_a_pattern_without_a_suffix_warns_of_names_that_others_may_have() -> None:
    (warning,) = [text for text in plan_of("prod", {"naming.pattern": PATTERN}).warnings if "naming.pattern" in text]
    assert "has no {suffix}" in warning
    assert "crairflowprodcnc, kv-airflow-prod-cnc, stairflowprodcnc, psql-airflow-prod-cnc, redis-" in warning
    assert "`make preflight STACK=prod`" in warning


@pytest.mark.parametrize(
    "naming",
    [
        {"naming.pattern": "{type}-{workload}-{environment}-{suffix}"},
        {
            "naming.pattern": PATTERN,
            "naming.names": {
                key: CHOSEN[key] for key in ("registry", "vault", "storageAccount", "databaseServer", "broker")
            },
        },
    ],
)
def test_names_that_only_this_stack_has_warn_of_nothing(naming: dict[str, Any]) -> None:
    assert [text for text in plan_of("prod", naming).warnings if "naming" in text] == []


def test_operators_reach_the_vault_by_its_chosen_name() -> None:
    plan = plan_of("prod", {**SELECTORS["egress-restricted"], "naming.names": CHOSEN})
    hosts = {text for text in texts_of(plan) if text.endswith(".vault.azure.net")}
    assert hosts == {"contoso-airflow-kv.vault.azure.net"}


def test_airflow_that_names_the_chosen_vault_may_read_it() -> None:
    arguments = json.dumps({"vault_url": "https://contoso-airflow-kv.vault.azure.net"})
    backend = SELECTORS["key-vault-backend"]["airflow.config"]["secrets"]["backend"]
    config = {"secrets": {"backend": backend, "backend_kwargs": arguments}}
    roles = {
        naming: [
            resource.name
            for resource in plan_of("prod", {"airflow.config": config, "naming.names": {"vault": naming}}).all(
                "azure-native:authorization:RoleAssignment"
            )
        ]
        for naming in ("contoso-airflow-kv", "contoso-other-kv")
    }
    assert "airflow-identity-reads-vault" in roles["contoso-airflow-kv"]
    assert "airflow-identity-reads-vault" not in roles["contoso-other-kv"]


@pytest.mark.parametrize("naming", [{}, {"naming.pattern": PATTERN}])
def test_three_stacks_in_one_subscription_and_one_hub_share_no_name(naming: dict[str, Any]) -> None:
    made = Counter[str]()
    for number, stack in enumerate(("blue", "green", "red"), start=40):
        access = {**SELECTORS["certificate-dns"]["access"], "host": f"{stack}.example.com"}
        network = {"network.peerWith": [HUB], "network.addressSpace": f"10.{number}.0.0/16"}
        config = changed(shipped("prod"), {**EVERYTHING[0], "access": access, **network, **naming})
        made.update(identifiers(recorded(stack, config, PINS_FILE)))
    assert sum(made.values()) > 250
    assert [identifier for identifier, number in made.items() if number > 1] == []


@pytest.mark.parametrize(
    "key",
    [field.name for field in dataclasses.fields(Names) if field.name in NAME_TYPES and NAME_TYPES[field.name].unique],
)
def test_three_stacks_share_no_name_of_all_azure(key: str) -> None:
    names = [
        getattr(stack_names(settings_of({}).model_copy(update={"stack": stack}), cloud.SUBSCRIPTION), key)
        for stack in ("blue", "green", "red")
    ]
    assert len(set(names)) == len(names)
