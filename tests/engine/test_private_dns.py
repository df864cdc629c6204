"""Private DNS zones of others: a stack's names stand in them, and they stay when the stack moves or goes."""

from __future__ import annotations

import copy

import pytest

from tests.engine import checks
from tests.engine.existing_subnets import lend_network, lent
from tests.engine.existing_zones import (
    ENDPOINT,
    GROUP,
    LINK,
    ZONE,
    attach_by_policy,
    lend_zones,
    lent_zones,
    link_zones,
)
from tests.landing_zone_cases import OF_LANDING_ZONE, ZONES, zones

from .refusal import CloudError
from .workspace import Workspace
from .zone_moves import changes_nothing, database_zone, group_zones, into_landing_zone, own_zones

CLUSTER = "azure-native:containerservice:ManagedCluster"
NETWORK = "azure-native:network:VirtualNetwork"
ROLE = "azure-native:authorization:RoleAssignment"
IDENTITY = "azure-native:managedidentity:UserAssignedIdentity"
OF_PROD = zones("registry", "keyVault", "database")
STANDBY = "airflow-aks:database.highAvailability: ZoneRedundant"


@pytest.fixture
def landing(prod: Workspace) -> Workspace:
    lend_network(prod.cloud)
    lend_zones(prod.cloud)
    into_landing_zone(prod, {"mode": "existing", "zones": OF_LANDING_ZONE})
    return prod


@pytest.fixture
def living(living_prod: Workspace) -> Workspace:
    """Prod in a network of its own, and beside it the zones of a platform team."""
    lend_zones(living_prod.cloud)
    return living_prod


def test_a_stack_comes_and_goes_and_the_zones_stay_as_they_were(landing: Workspace) -> None:
    before = copy.deepcopy((lent_zones(landing.cloud), lent(landing.cloud)))
    landing.up()
    changes_nothing(landing)
    landing.preview("--refresh", "--expect-no-changes")
    assert own_zones(landing) == []
    assert group_zones(landing) == {ZONES[key] for key in ("registry", "keyVault", "blob")}
    assert database_zone(landing) == ZONES["database"]
    cluster = landing.cloud.find(CLUSTER).inputs
    assert cluster["apiServerAccessProfile"]["privateDNSZone"] == ZONES["cluster"]
    landing.unprotect()
    landing.destroy()
    assert (lent_zones(landing.cloud), lent(landing.cloud)) == before
    assert {item.type for item in landing.cloud.objects.values()} == {
        ZONE,
        "azure-native:network:Subnet",
        "azure-native:privatedns:VirtualNetworkLink",
    }


def test_what_azure_policy_attaches_is_no_drift(landing: Workspace) -> None:
    into_landing_zone(landing, {"mode": "policy", "zones": zones("database")})
    landing.up()
    assert group_zones(landing) == set()
    attached = attach_by_policy(landing.cloud)
    assert len(attached) == 3
    landing.cloud.operations.clear()
    landing.preview("--refresh", "--expect-no-changes")
    landing.up("--refresh")
    assert checks.operations(landing, "create", "update", "delete") == []
    assert all(landing.cloud.exists(group) for group in attached)
    before = copy.deepcopy(lent_zones(landing.cloud))
    landing.unprotect()
    landing.destroy()
    assert lent_zones(landing.cloud) == before
    assert [item.name for item in landing.cloud.objects.values() if item.type in (ENDPOINT, GROUP)] == []


def test_roles_that_others_assign_are_waited_for(landing: Workspace) -> None:
    private_dns = {"mode": "existing", "zones": OF_LANDING_ZONE, "grantAccess": False}
    into_landing_zone(landing, private_dns, grantAccess=True)
    refused = landing.up(check=False)
    assert refused.code != 0
    assert f"CustomPrivateDNSZoneMissingPermissionError: no role on {ZONES['cluster']}" in refused.output
    assert "airflow-aks:network.privateDns.grantAccess leaves to others: az role assignment create" in refused.output
    assert f"--scope {ZONES['cluster']}" in refused.output
    principal = landing.cloud.find(IDENTITY, "cluster-control-plane-identity").outputs["principalId"]
    role = {"principalId": principal, "roleDefinitionId": "b12aa53e-6015-4669-85d0-8515ebb3ae7f"}
    landing.cloud.create_outside(ROLE, "by-others", {**role, "scope": ZONES["cluster"]})
    landing.up()
    changes_nothing(landing)
    landing.unprotect()
    landing.destroy()
    assert [item.name for item in landing.cloud.objects.values() if item.type == ROLE] == ["by-others"]


def test_a_zone_that_does_not_exist_stops_the_update_and_one_that_comes_does_not(landing: Workspace) -> None:
    zone = landing.cloud.objects.pop(ZONES["registry"])
    refused = landing.up(check=False)
    assert refused.code != 0
    assert f"InvalidPrivateDnsZoneIds: {ZONES['registry']}" in refused.output
    landing.cloud.objects[ZONES["registry"]] = zone
    landing.up()
    changes_nothing(landing)


def test_a_database_with_a_standby_stays_in_its_zone(living: Workspace) -> None:
    living.change("network", privateDns={"mode": "existing", "zones": OF_PROD})
    for refused in (living.preview(check=False), living.up(check=False)):
        assert refused.code != 0
        assert f"Azure changes the zone of no database with {STANDBY}" in refused.output
    assert checks.operations(living, "create", "update", "delete") == []
    living.change("network", privateDns={"mode": "own"})
    changes_nothing(living)


def test_a_living_stack_moves_to_zones_of_others_and_back(living: Workspace) -> None:
    own = set(own_zones(living))
    assert len(own) == 3
    living.change("database", highAvailability="Disabled")
    living.up()
    network = living.cloud.find(NETWORK).id
    with pytest.raises(CloudError, match="overlapping namespaces"):
        link_zones(living.cloud, network)
    for item in [item for item in living.cloud.objects.values() if item.type == LINK and item.name != "hub"]:
        living.cloud.delete_outside(LINK, item.name)
    linked = link_zones(living.cloud, network)
    lent_before = copy.deepcopy(lent_zones(living.cloud))
    kept = {item.id for item in living.cloud.objects.values() if item.type in checks.DATA_TYPES}

    living.change("network", privateDns={"mode": "existing", "zones": OF_PROD})
    living.cloud.operations.clear()
    living.up()
    assert own_zones(living) == []
    assert group_zones(living) == {ZONES["registry"], ZONES["keyVault"]}
    assert database_zone(living) == ZONES["database"]
    # The groups are replaced, and with them the Jobs whose images come by that way; nothing else is.
    assert set(checks.operations(living, "delete")) == {
        *(f"{service}-private-zone-group" for service in ("registry", "key-vault")),
        *(f"airflow-database-{job}" for job in ("migration", "first-user")),
        *(f"network-{zone}-zone" for zone in ("registry", "key-vault", "database")),
        # Somebody has deleted these already.
        *(f"network-{zone}-zone-link" for zone in ("registry", "key-vault", "database")),
    }
    assert checks.operations(living, "update") == ["database-server"]
    changes_nothing(living)

    living.change("database", highAvailability="ZoneRedundant")
    living.up()
    living.change("network", privateDns={"mode": "own"})
    refused = living.preview(check=False)
    assert refused.code != 0
    assert f"Azure changes the zone of no database with {STANDBY}" in refused.output
    living.change("network", privateDns={"mode": "existing", "zones": OF_PROD})
    living.change("database", highAvailability="Disabled")
    living.up()

    living.change("network", privateDns={"mode": "own"})
    refused = living.up(check=False)
    assert refused.code != 0
    assert "overlapping namespaces: privatelink." in refused.output
    for link in linked:
        del living.cloud.objects[link], lent_before[link]
    living.up()
    assert set(own_zones(living)) == own
    assert group_zones(living) | {database_zone(living)} == own
    living.change("database", highAvailability="ZoneRedundant")
    living.up()
    changes_nothing(living)
    assert lent_zones(living.cloud) == lent_before
    assert {item.id for item in living.cloud.objects.values() if item.type in checks.DATA_TYPES} == kept


def test_a_living_stack_moves_from_one_zone_of_others_to_another(landing: Workspace) -> None:
    landing.up()
    other = ZONES["registry"].replace("rg-dns", "rg-dns-2")
    landing.cloud.objects[other] = copy.deepcopy(landing.cloud.objects[ZONES["registry"]])
    into_landing_zone(landing, {"mode": "existing", "zones": {**OF_LANDING_ZONE, "registry": other}})
    landing.cloud.operations.clear()
    landing.up()
    assert other in group_zones(landing)
    assert ("delete", "registry-private-zone-group") in landing.cloud.operations
    assert ("delete", "registry-private-endpoint") not in landing.cloud.operations
    changes_nothing(landing)


def test_the_zone_of_a_living_api_server_is_not_changed(landing: Workspace) -> None:
    landing.up()
    landing.cloud.operations.clear()
    into_landing_zone(landing, {"mode": "policy", "zones": zones("database")})
    refused = landing.preview(check=False)
    assert refused.code != 0
    assert f"zones.cluster: is not set, and the stack was made with {ZONES['cluster'].lower()}" in refused.output
    assert checks.operations(landing, "create", "update", "delete") == []
    into_landing_zone(landing, {"mode": "policy", "zones": zones("database", "cluster")})
    landing.up()
    assert group_zones(landing) == set()
    changes_nothing(landing)


def test_a_second_group_beside_that_of_azure_policy_is_refused_until_that_goes(landing: Workspace) -> None:
    into_landing_zone(landing, {"mode": "policy", "zones": zones("database", "cluster")})
    landing.up()
    attached = attach_by_policy(landing.cloud)
    into_landing_zone(landing, {"mode": "existing", "zones": OF_LANDING_ZONE})
    refused = landing.up(check=False)
    assert refused.code != 0
    assert "Cannot create more than one private dns zone groups" in refused.output
    for group in attached:
        del landing.cloud.objects[group]
    landing.up()
    assert group_zones(landing) == {ZONES[key] for key in ("registry", "keyVault", "blob")}
    changes_nothing(landing)


def test_dns_servers_come_and_stay_when_the_stack_file_no_longer_names_them(living: Workspace) -> None:
    living.change("network", dnsServers=["10.9.0.4"])
    living.up()
    assert living.cloud.find(NETWORK).inputs["dhcpOptions"] == {"dnsServers": ["10.9.0.4"]}
    living.change("network", dnsServers=["10.9.0.4", "10.9.0.5"])
    living.up()
    assert living.cloud.find(NETWORK).inputs["dhcpOptions"] == {"dnsServers": ["10.9.0.4", "10.9.0.5"]}
    living.change("network", dnsServers=[])
    changes_nothing(living)
    assert living.cloud.find(NETWORK).inputs["dhcpOptions"] == {"dnsServers": ["10.9.0.4", "10.9.0.5"]}
