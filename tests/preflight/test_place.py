"""The region, the VM sizes and the vCPU quota."""

from __future__ import annotations

import re

import pytest

from components.azure.vm_sizes import vm_size
from components.preflight.findings import Status
from components.preflight.node_demand import Demand, demand_of, nodes_at_start
from tests.plans import ROOT

from .azure_answers import region, sku, usage, usages
from .fake_azure import PAGE, FakeAzure
from .situations import deploy, only_problem, problems, result_of, situation

ZONES = {"1", "2", "3"}


@pytest.mark.parametrize("name", ["region", "VM sizes", "vCPU quota"])
@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_place_with_room_passes(azure: FakeAzure, name: str, stack: str) -> None:
    result = result_of(name, situation(azure, stack))
    assert result.status is Status.OK, problems(result)
    assert result.findings


def test_misspelt_region_gets_the_near_names(azure: FakeAzure) -> None:
    text = only_problem(
        result_of("region", situation(azure, "dev", {"azure-native:location": "canadacentrel"})), Status.FAILURE
    )
    assert text.startswith("failure azure-native:location: canadacentrel is no region of this subscription")
    assert "did you mean canadacentral or canadaeast" in text


def test_region_that_holds_no_resources_is_refused(azure: FakeAzure) -> None:
    text = only_problem(
        result_of("region", situation(azure, "dev", {"azure-native:location": "canada"})), Status.FAILURE
    )
    assert "canada is no region of this subscription" in text


def test_unlike_name_gets_the_command_that_lists_regions(azure: FakeAzure) -> None:
    result = result_of("region", situation(azure, "dev", {"azure-native:location": "xyz"}))
    assert "az account list-locations" in only_problem(result, Status.FAILURE)


def test_zones_in_a_region_without_zones_are_named_once(azure: FakeAzure) -> None:
    changes = {"azure-native:location": "canadaeast", "logs.redundancy": "Standard_GRS"}
    text = only_problem(result_of("region", situation(azure, "prod", changes)), Status.FAILURE)
    assert text.startswith("failure airflow-aks:cluster.zones: zone 1, 2, 3 is named, and canadaeast has no")
    assert "set it to []" in text


def test_zone_of_a_pool_is_named_by_its_own_setting(azure: FakeAzure) -> None:
    azure.answers["locations"] = [region("canadacentral", "Canada Central", "1", "2")]
    text = only_problem(
        result_of("region", situation(azure, "prod", {"cluster.zones": ["1", "2"], "cluster.pools": POOLS})),
        Status.FAILURE,
    )
    assert text.startswith("failure airflow-aks:cluster.pools[1].zones: zone 3 is named")


POOLS = [
    {"name": "airflow", "minNodes": 3, "maxNodes": 9},
    {"name": "tasks", "vmSize": "Standard_D8ds_v5", "purpose": "workers", "zones": ["3"], "maxNodes": 2},
]


def test_redundancy_over_zones_needs_zones(azure: FakeAzure) -> None:
    changes = {"azure-native:location": "canadaeast", "logs.redundancy": "Standard_ZRS"}
    text = only_problem(result_of("region", situation(azure, "dev", changes)), Status.FAILURE)
    assert text.startswith("failure airflow-aks:logs.redundancy: Standard_ZRS needs availability zones")


def test_sizes_are_read_from_every_page(azure: FakeAzure) -> None:
    azure.answers["skus"] = [*[sku(f"Standard_F{n}s_v2", "f", n) for n in range(1, 8)], *azure.answers["skus"]]
    assert len(azure.answers["skus"]) > 2 * PAGE
    assert result_of("VM sizes", situation(azure)).status is Status.OK
    assert len(azure.asked("skus")) == 4
    assert "location%20eq%20%27canadacentral%27" in str(azure.asked("skus")[0].url)


def test_size_that_is_not_there_gets_near_ones(azure: FakeAzure) -> None:
    azure.answers["skus"] = [sku("Standard_D4ads_v5", "standardDADSv5Family", 4, *ZONES), azure.answers["skus"][1]]
    result = result_of("VM sizes", situation(azure))
    first, *_ = problems(result)
    assert first.startswith("failure airflow-aks:cluster.systemPool.vmSize: Standard_D4ds_v5 is not offered")
    assert "Standard_D4ads_v5" in first
    assert len(problems(result)) == 3


@pytest.mark.parametrize(
    ("reason", "said"),
    [("NotAvailableForSubscription", "has closed it to this subscription"), ("QuotaId", "the offer of this sub")],
)
def test_size_that_is_closed_in_the_region_is_refused(azure: FakeAzure, reason: str, said: str) -> None:
    closed = {
        "type": "Location",
        "values": ["canadacentral"],
        "restrictionInfo": {"locations": ["canadacentral"]},
        "reasonCode": reason,
    }
    azure.answers["skus"][1] = sku("Standard_D8ds_v5", "standardDDSv5Family", 8, *ZONES, restrictions=[closed])
    text = only_problem(result_of("VM sizes", situation(azure, "prod")), Status.FAILURE)
    assert text.startswith("failure airflow-aks:cluster.pools[1].vmSize: Standard_D8ds_v5 is restricted")
    assert said in text


def closed_zone(zone: str) -> dict[str, object]:
    return {
        "type": "Zone",
        "values": ["canadacentral"],
        "restrictionInfo": {"locations": ["canadacentral"], "zones": [zone]},
        "reasonCode": "NotAvailableForSubscription",
    }


def test_size_that_is_closed_in_a_zone_is_refused_for_pools_of_that_zone(azure: FakeAzure) -> None:
    azure.answers["skus"][1] = sku("Standard_D8ds_v5", "family", 8, *ZONES, restrictions=[closed_zone("2")])
    text = only_problem(result_of("VM sizes", situation(azure, "prod")), Status.FAILURE)
    assert "is not offered to this subscription in zone 2, but in zones 1, 3" in text


def test_zones_do_not_matter_to_a_pool_without_zones(azure: FakeAzure) -> None:
    azure.answers["skus"][0] = sku("Standard_D4ds_v5", "family", 4, restrictions=[closed_zone("1")])
    assert result_of("VM sizes", situation(azure, "dev")).status is Status.OK


def test_size_without_a_zone_that_the_pool_has_is_refused(azure: FakeAzure) -> None:
    azure.answers["skus"][1] = sku("Standard_D8ds_v5", "family", 8, "1")
    text = only_problem(result_of("VM sizes", situation(azure, "prod")), Status.FAILURE)
    assert "in zone 2, 3, but in zones 1" in text


def set_quota(azure: FakeAzure, value: str, limit: int, used: int = 0) -> None:
    azure.answers["usages"] = [
        usage(value, entry["name"]["localizedValue"], limit, used) if entry["name"]["value"] == value else entry
        for entry in usages()
    ]


@pytest.mark.parametrize(
    ("quota", "title"), [("cores", "Total Regional vCPUs"), ("standardDDSv5Family", "Standard DDSv5 Family vCPUs")]
)
def test_quota_is_compared_with_the_nodes_at_the_start_and_at_most(azure: FakeAzure, quota: str, title: str) -> None:
    # 16 vCPUs when no task runs, 28 at `maxNodes` during an upgrade: docs/first-deployment.md.
    for limit, used, status in ((16, 1, Status.FAILURE), (16, 0, Status.WARNING), (28, 1, Status.WARNING)):
        set_quota(azure, quota, limit, used)
        text = only_problem(result_of("vCPU quota", situation(azure)), status)
        assert f"{title}: {limit - used} of {limit} are free" in text
        assert f"ask for {28 + used} in the portal" in text
    set_quota(azure, quota, 29, 1)
    assert result_of("vCPU quota", situation(azure)).status is Status.OK


def test_spot_nodes_have_a_quota_of_their_own(azure: FakeAzure) -> None:
    set_quota(azure, "lowPriorityCores", 15)
    text = only_problem(result_of("vCPU quota", situation(azure)), Status.WARNING)
    assert "Low-priority vCPUs: 15 of 15 are free, and `maxNodes` with an upgrade needs 16" in text


def test_nodes_that_the_stack_has_already_count_as_free(azure: FakeAzure) -> None:
    set_quota(azure, "standardDDSv5Family", 28, 28)
    pools = [
        {"vmSize": "Standard_D4ds_v5", "count": 7, "mode": "System"},
        {"vmSize": "Standard_D4ds_v5", "count": 4, "scaleSetPriority": "Spot"},
    ]
    deploy(azure, "dev", ("Microsoft.ContainerService/managedClusters", "aks-airflow-dev"), pools=pools)
    assert result_of("vCPU quota", situation(azure)).status is Status.OK
    azure.answers["pools"] = azure.answers["pools"][1:]
    assert result_of("vCPU quota", situation(azure)).status is Status.FAILURE


def test_family_without_a_quota_is_unknown(azure: FakeAzure) -> None:
    azure.answers["usages"] = [entry for entry in usages() if "DDSv5" not in entry["name"]["value"]]
    text = only_problem(result_of("vCPU quota", situation(azure)), Status.UNKNOWN)
    assert "no quota standardDDSv5Family" in text


def test_vcpus_of_an_unknown_size_are_unknown(azure: FakeAzure) -> None:
    changes = {"cluster.pools": [*POOLS, {"name": "odd", "vmSize": "Standard_X9_v9", "purpose": "other"}]}
    text = only_problem(result_of("vCPU quota", situation(azure, "prod", changes)), Status.UNKNOWN)
    assert text.startswith("unknown airflow-aks:cluster.pools[2].vmSize: the vCPUs of Standard_X9_v9 are unknown")


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_demand_is_that_of_the_page_on_the_first_deployment(azure: FakeAzure, stack: str) -> None:
    page = (ROOT / "docs" / "first-deployment.md").read_text(encoding="utf-8")
    row = re.search(rf"^\| `{stack}` \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|", page, re.MULTILINE)
    assert row is not None
    there = situation(azure, stack)
    regular = spot = Demand()
    for pool, nodes in zip(there.node_pools, nodes_at_start(there.settings, there.node_pools), strict=True):
        size = vm_size(pool.settings.vm_size)
        assert size is not None
        needed = demand_of(pool, nodes, size.vcpus)
        if pool.spot:
            spot = spot.plus(needed)
        else:
            regular = regular.plus(needed)
    assert [regular.at_start, regular.at_most, spot.at_most] == [int(row[column]) for column in (1, 3, 4)]
