"""The filter of a meter, and which of the interface's items is its price."""

from __future__ import annotations

from typing import Any

import pytest

from dryrun.cost.charges import Charge
from dryrun.cost.costs import price
from dryrun.cost.machine_meters import database_compute, managed_redis, virtual_machine
from dryrun.cost.meter import Meter, make_meter
from dryrun.cost.prices import NO_PRICES, Answer, pick_fields
from tests.dryrun.cost.price_server import item, matching
from tests.dryrun.small_plan import small_plan

METER = make_meter(("serviceName", "A"), regions=("here", "Global", ""))


def answer(*items: dict[str, Any]) -> Answer:
    return Answer(
        filter=METER.filter, address="https://x.example", date="2026-08-15", items=tuple(map(pick_fields, items))
    )


def priced(**fields: Any) -> dict[str, Any]:
    return {**item("A", "B", "C", "D", 1, "1 Hour"), "armRegionName": "here", **fields}


def test_a_filter_asks_for_pay_as_you_go_prices_only() -> None:
    assert virtual_machine("canadacentral", "Standard_D4ds_v5", spot=True).filter == (
        "serviceName eq 'Virtual Machines' and armRegionName eq 'canadacentral' and "
        "armSkuName eq 'Standard_D4ds_v5' and priceType eq 'Consumption'"
    )


def test_a_quote_in_a_value_is_doubled() -> None:
    meter = make_meter(("skuName", "O'Neill"), regions=("",))
    assert "skuName eq 'O''Neill'" in meter.filter
    assert matching(meter.filter) == []


@pytest.mark.parametrize(
    ("regions", "chosen"),
    [(["Global", "here"], 2), (["", "Global"], 2), (["elsewhere"], None), (["elsewhere", ""], 2)],
)
def test_the_best_region_is_chosen(regions: list[str], chosen: float | None) -> None:
    found = METER.pick(
        answer(*(priced(armRegionName=name, retailPrice=number) for number, name in enumerate(regions, 1)))
    )
    assert (found[0]["retailPrice"] if found else None) == chosen


def test_a_reservation_is_no_price() -> None:
    assert METER.pick(answer(priced(type="Reservation"))) == []


def test_tiers_come_in_order_and_each_once() -> None:
    found = METER.pick(
        answer(priced(tierMinimumUnits=5.0), priced(), priced(retailPrice=9), priced(tierMinimumUnits=2.0))
    )
    assert [row["tierMinimumUnits"] for row in found] == [0.0, 2.0, 5.0]
    assert found[0]["retailPrice"] == 1


@pytest.mark.parametrize(
    ("tier", "sku", "product"),
    [
        ("GeneralPurpose", "Standard_D4ds_v5", "Flexible Server General Purpose Ddsv5 Series Compute"),
        ("GeneralPurpose", "Standard_D2s_v3", "Flexible Server General Purpose - Dsv3 Series Compute"),
        ("MemoryOptimized", "Standard_E4ds_v5", "Flexible Server Memory Optimized Edsv5 Series Compute"),
        ("Burstable", "Standard_B2s", "Flexible Server Burstable BS Series Compute"),
        ("Burstable", "Standard_B2ms", "Flexible Server Burstable BS Series Compute"),
    ],
)
def test_a_database_has_the_product_of_its_tier_and_series(tier: str, sku: str, product: str) -> None:
    meter = database_compute("canadacentral", tier, sku)
    items = tuple(pick_fields(row) for row in matching(meter.filter))
    (found,) = meter.pick(Answer(filter=meter.filter, address="", date="2026-08-15", items=items))
    assert found["productName"].endswith(product)


def test_a_broker_of_another_family_has_its_words() -> None:
    meter = managed_redis("canadacentral", "MemoryOptimized_M10")
    assert ("productName", "Azure Managed Redis - Memory Optimized") in meter.fields
    assert ("skuName", "M10") in meter.fields


def cost_of(charge: Charge, monkeypatch: pytest.MonkeyPatch, *items: dict[str, Any]) -> list[float | None]:
    monkeypatch.setattr("dryrun.cost.costs.list_charges", lambda _: [charge])
    return [line.most for line in price(small_plan(), NO_PRICES.plus([answer(*items)])).lines]


@pytest.mark.parametrize(
    ("unit", "money"),
    [
        ("1 Hour", 730.0),
        ("1/Hour", 730.0),
        ("100 Hour", 7.3),
        ("1/Day", 30.42),
        ("1/Month", 1.0),
        ("1 GB/Month", 1.0),
        ("1 GiB/Month", 1.0),
        ("10K", 0.0),
        ("1 Fortnight", None),
        ("", None),
    ],
)
def test_a_price_is_multiplied_by_what_its_unit_is_of(
    unit: str, money: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = cost_of(Charge(name="x", meter=METER), monkeypatch, priced(unitOfMeasure=unit))
    assert found == ([money] if money is not None else [])


def test_each_part_of_an_amount_has_the_price_of_its_tier(monkeypatch: pytest.MonkeyPatch) -> None:
    tiers = [
        priced(unitOfMeasure="1 GB/Month", retailPrice=0),
        priced(unitOfMeasure="1 GB/Month", retailPrice=3, tierMinimumUnits=5.0),
        priced(unitOfMeasure="1 GB/Month", retailPrice=2, tierMinimumUnits=10.0),
    ]
    charge = Charge(name="x", meter=METER, least=12, most=12)
    assert cost_of(charge, monkeypatch, *tiers) == [5 * 3 + 2 * 2]


def test_meters_with_equal_fields_have_equal_filters() -> None:
    assert METER.filter == Meter(fields=METER.fields, regions=("elsewhere",)).filter
