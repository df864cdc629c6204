"""What each resource of a plan costs, with made-up prices."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dryrun.cost.charges import PRICED, list_charges
from dryrun.cost.costs import HOURS, price
from dryrun.cost.not_priced import FREE, NOT_PRICED, list_not_priced, list_unknown_types
from dryrun.cost.prices import NO_PRICES
from tests.cases import SELECTORS
from tests.dryrun.cost.made_up import DAY, amounts, costs_of, line
from tests.dryrun.small_plan import with_input
from tests.plans import every_plan, plan_of

ACCESS = {"host": "airflow.contoso.com", "tls": {"issuer": "selfSigned"}}


def pool(size: str, **more: Any) -> dict[str, Any]:
    return {"cluster.pools": [{"name": "airflow", "vmSize": size, "minNodes": 2, "maxNodes": 5, **more}]}


def test_every_type_of_every_plan_is_priced_or_named_as_free() -> None:
    unknown = {name: list_unknown_types(plan) for name, plan in every_plan()}
    assert {name: types for name, types in unknown.items() if types} == {}


def test_no_type_is_both_priced_and_free() -> None:
    assert PRICED.isdisjoint(FREE)


def test_a_type_that_nobody_knows_is_named() -> None:
    assert list_unknown_types(with_input("x")) == ["azure-native:a:Thing"]
    assert any("azure-native:a:Thing" in text for text in list_not_priced(with_input("x")))


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_every_charge_of_the_shipped_stacks_has_a_price_with_its_origin(stack: str) -> None:
    costs = costs_of(plan_of(stack))
    assert costs.without_price == ()
    for found in costs.lines:
        assert found.meter
        assert found.unit
        assert found.date == DAY
        assert found.address.startswith("https://prices.azure.com/api/retail/prices?api-version=2023-01-01-preview&")


def test_nodes_cost_by_the_hour_from_the_fewest_to_the_most() -> None:
    costs = costs_of(plan_of("dev"))
    assert amounts(costs, "nodes system") == (292, 292)
    assert amounts(costs, "nodes airflow") == (146, 438)


def test_spot_nodes_have_the_price_of_spot() -> None:
    found = line(costs_of(plan_of("dev")), "nodes tasks")
    assert found.meter == "Virtual Machines Ddsv5 Series, D4ds v5 Spot"
    assert (found.least, found.most) == (0, 4 * 0.04 * HOURS)


@pytest.mark.parametrize(("tier", "hour"), [("Standard", 0.1), ("Premium", 0.6)])
def test_the_control_plane_costs_by_its_tier(tier: str, hour: float) -> None:
    costs = costs_of(plan_of("dev", {"cluster.tier": tier}))
    assert amounts(costs, "control plane") == (hour * HOURS, hour * HOURS)


def test_the_free_control_plane_costs_nothing() -> None:
    assert not [found for found in costs_of(plan_of("dev")).lines if found.name.startswith("control plane")]


@pytest.mark.parametrize(
    ("size", "more", "disks"),
    [
        ("Standard_D4ds_v5", {}, None),
        ("Standard_D4ds_v5", {"osDiskSizeGb": 200}, (2 * 40, 5 * 40)),
        ("Standard_D4s_v5", {}, (2 * 20, 5 * 20)),
        ("Standard_D4s_v5", {"osDiskSizeGb": 256}, (2 * 40, 5 * 40)),
    ],
)
def test_os_disks_cost_unless_they_are_part_of_the_machine(
    size: str, more: dict[str, Any], disks: tuple[float, float] | None
) -> None:
    costs = costs_of(plan_of("dev", {**pool(size, **more), "airflow.executor": "LocalExecutor"}))
    found = [(found.least, found.most) for found in costs.lines if found.name.startswith("OS disks of nodes airflow")]
    assert found == ([disks] if disks else [])


def test_a_standby_doubles_the_servers_and_their_storage() -> None:
    single, double = (
        costs_of(plan_of("prod", {"database.highAvailability": mode})) for mode in ("Disabled", "ZoneRedundant")
    )
    assert amounts(single, "PostgreSQL D4ds_v5") == (0.5 * HOURS, 0.5 * HOURS)
    assert amounts(double, "PostgreSQL D4ds_v5") == (2 * 0.5 * HOURS, 2 * 0.5 * HOURS)
    assert amounts(single, "its storage, 128 GiB") == (12.8, 12.8)
    assert amounts(double, "its storage, 128 GiB") == (25.6, 25.6)


def test_a_burstable_server_has_a_price_of_its_own() -> None:
    assert amounts(costs_of(plan_of("dev")), "PostgreSQL B2s") == (0.05 * HOURS, 0.05 * HOURS)


@pytest.mark.parametrize(("available", "nodes"), [(True, 2), (False, 1)])
def test_the_broker_has_a_replica_for_high_availability(available: bool, nodes: int) -> None:
    changes = {"airflow.executor": "CeleryExecutor", "broker.highAvailability": available}
    found = amounts(costs_of(plan_of("prod", changes)), "Managed Redis Balanced_B0")
    assert found == (round(nodes * 0.02 * HOURS, 2),) * 2


def test_a_registry_costs_by_the_day() -> None:
    assert amounts(costs_of(plan_of("dev")), "registry, Basic") == (round(0.2 * HOURS / 24, 2),) * 2


def test_equal_charges_of_a_component_are_one_line() -> None:
    found = line(costs_of(plan_of("prod")), "private DNS zone")
    assert found.name == "private DNS zone, 3 times"
    assert found.least == 1.5


def test_the_price_of_the_region_goes_before_the_price_for_everywhere() -> None:
    costs = costs_of(plan_of("prod"))
    assert line(costs, "public address").unit_price == 0.007
    assert line(costs, "NAT gateway").unit_price == 0.045


@pytest.mark.parametrize(
    ("stack", "visibility", "balancers"), [("dev", "public", 1), ("dev", "internal", 2), ("prod", "public", 1)]
)
def test_a_public_gateway_shares_the_load_balancer_of_the_outbound_traffic(
    stack: str, visibility: str, balancers: int
) -> None:
    costs = costs_of(plan_of(stack, {"access": {**ACCESS, "visibility": visibility}}))
    assert len([found for found in costs.lines if found.name.startswith("load balancer")]) == balancers


def test_a_premium_share_costs_its_size_and_a_standard_one_what_is_in_it() -> None:
    shares = {"logs.delivery": "azureFiles", "logs.sizeGb": 100}
    premium = costs_of(plan_of("prod", {**shares, "logs.redundancy": "Premium_ZRS"}))
    standard = costs_of(plan_of("prod", {**shares, "logs.redundancy": "Standard_ZRS"}))
    assert amounts(premium, "file share, 100 GiB") == (20, 20)
    assert amounts(standard, "file share, up to 100 GiB") == (0, 8)


def test_what_depends_on_the_use_alone_has_the_price_of_a_unit_and_no_amount() -> None:
    blobs = line(costs_of(plan_of("prod")), "blobs, ZRS")
    assert (blobs.least, blobs.most, blobs.unit_price, blobs.unit) == (None, None, 0.02, "1 GB/Month")


def test_alerts_cost_by_their_number_and_logs_by_use() -> None:
    costs = costs_of(plan_of("prod", SELECTORS["monitoring"]))
    assert line(costs, "logs taken in").unit_price == 3
    alerts = [found for found in costs.lines if found.name.startswith("alert ")]
    assert len(alerts) > 3
    assert all(found.least == found.most and found.least for found in alerts)


def test_networking_services_are_named_where_a_stack_has_them() -> None:
    name = "Advanced Container Networking Services, by the node"
    assert name not in list_not_priced(plan_of("prod"))
    assert name in list_not_priced(plan_of("prod", SELECTORS["egress-restricted"]))
    assert set(NOT_PRICED) <= set(list_not_priced(plan_of("prod")))


def test_without_prices_every_charge_is_named() -> None:
    plan = plan_of("dev")
    costs = price(plan, NO_PRICES)
    assert costs.lines == ()
    assert len(costs.without_price) == len(list_charges(plan)) > 5
    assert ("registry", "registry, Basic") in costs.without_price
    assert json.dumps(costs.total.most) == "0"
