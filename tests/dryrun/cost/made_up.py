"""Prices for the tests, without a network. Every one is made up: see price_server.py."""

from __future__ import annotations

from collections.abc import Iterable

from dryrun.cost.charges import list_charges
from dryrun.cost.costs import Costs, Line, price
from dryrun.cost.meter import Meter
from dryrun.cost.prices import NO_PRICES, Answer, Prices, pick_fields
from dryrun.cost.retail_prices import make_address
from dryrun.plan import Plan
from tests.dryrun.cost.price_server import matching

DAY = "2026-08-15"


def answers(meters: Iterable[Meter], day: str = DAY) -> list[Answer]:
    """What the stand-in of the interface answers for the filters of meters."""
    filters = dict.fromkeys(meter.filter for meter in meters)
    return [
        Answer(
            filter=text, address=make_address(text), date=day, items=tuple(pick_fields(row) for row in matching(text))
        )
        for text in filters
    ]


def prices_for(plan: Plan) -> Prices:
    """The made-up prices of everything in a plan."""
    return NO_PRICES.plus(answers(charge.meter for charge in list_charges(plan)))


def costs_of(plan: Plan) -> Costs:
    return price(plan, prices_for(plan))


def line(costs: Costs, name: str) -> Line:
    """The only line whose name begins so."""
    (found,) = [line for line in costs.lines if line.name.startswith(name)]
    return found


def amounts(costs: Costs, name: str) -> tuple[float | None, float | None]:
    found = line(costs, name)
    return found.least, found.most


def made_up_line(component: str, least: float, most: float) -> Line:
    """A charge of a component with these amounts."""
    return Line(
        component=component,
        name=f"{component} price",
        meter="a meter",
        unit="1 Hour",
        unit_price=1.0,
        date=DAY,
        address=f"https://prices.example/{component}",
        least=least,
        most=most,
    )
