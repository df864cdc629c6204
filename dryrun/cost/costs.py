"""The costs of a plan by the month: what each charge costs, and the sums by component."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from dryrun.plan import Plan

from .charges import Charge, list_charges
from .not_priced import list_not_priced
from .prices import CURRENCY, Answer, Item, Prices, PricesError

HOURS: Final = 730
_UNIT: Final = re.compile(r"(?P<number>\d+)(?P<multiple>[KM]?)\s*/?\s*(?P<of>.*)")
_MULTIPLES: Final = {"": 1, "K": 1_000, "M": 1_000_000}
# How many units of a meter one resource has a month, by what the meter's unit is of.
_PER_MONTH: Final[Mapping[str, float]] = {
    "Hour": HOURS,
    "GB/Hour": HOURS,
    "GiB/Hour": HOURS,
    "Day": HOURS / 24,
    "Month": 1,
    "GB/Month": 1,
    "GiB/Month": 1,
    "GB": 1,
    "": 1,
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """A charge with its price: the meter, its unit and price, the day and address of the price.

    `least` and `most` are amounts of money a month; None if the charge depends on the use alone, and only the price of
    a unit is known.
    """

    component: str
    name: str
    meter: str
    unit: str
    unit_price: float
    date: str
    address: str
    least: float | None
    most: float | None


@dataclass(frozen=True, kw_only=True)
class Sum:
    """The least and the most that a component costs a month."""

    component: str
    least: float
    most: float


@dataclass(frozen=True, kw_only=True)
class Costs:
    """What a plan costs a month, in the order of the program.

    `without_price`: charges for which the prices have none, as component and name. `not_priced`: what a bill may have
    besides.
    """

    lines: tuple[Line, ...] = ()
    without_price: tuple[tuple[str, str], ...] = ()
    not_priced: tuple[str, ...] = ()

    @property
    def sums(self) -> tuple[Sum, ...]:
        """The sums by component; a component without a fixed charge has none."""
        names = dict.fromkeys(line.component for line in self.lines if line.least is not None)
        return tuple(self._add_up(name) for name in names)

    @property
    def total(self) -> Sum:
        """The sum of all components."""
        return self._add_up(None)

    @property
    def dates(self) -> tuple[str, ...]:
        """The oldest and the newest day of the prices; one if they are equal, none without prices."""
        days = sorted({line.date for line in self.lines})
        return tuple(dict.fromkeys((days[0], days[-1]))) if days else ()

    def _add_up(self, component: str | None) -> Sum:
        lines = [line for line in self.lines if component in (None, line.component)]
        return Sum(
            component=component or "all",
            least=round(sum(line.least or 0 for line in lines), 2),
            most=round(sum(line.most or 0 for line in lines), 2),
        )


def price(plan: Plan, prices: Prices) -> Costs:
    """Return the costs of a plan with these prices. Equal plans and prices give equal costs."""
    lines: list[Line] = []
    without: list[tuple[str, str]] = []
    for charge in list_charges(plan):
        answer = prices.answers.get(charge.meter.filter)
        items = charge.meter.pick(answer) if answer else []
        if answer is None or not items or _per_month(str(items[0]["unitOfMeasure"])) is None:
            without.append((charge.component, charge.name))
        else:
            lines.append(_make_line(charge, answer, items))
    return Costs(lines=tuple(lines), without_price=tuple(without), not_priced=list_not_priced(plan))


def as_json(costs: Costs) -> dict[str, Any]:
    """Return the content of cost.json: amounts a month, the sums first."""
    return {
        "currency": CURRENCY,
        "hoursPerMonth": HOURS,
        "total": asdict(costs.total),
        "components": [asdict(found) for found in costs.sums],
        "lines": [_describe_line(line) for line in costs.lines],
        "withoutPrice": [{"component": component, "name": name} for component, name in costs.without_price],
        "notPriced": list(costs.not_priced),
    }


def read_costs(file: Path) -> Costs:
    """Read the cost.json of a dry run.

    Raises:
        PricesError: the file cannot be read, or holds something else.

    """
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        return Costs(
            lines=tuple(_read_line(line) for line in content["lines"]),
            without_price=tuple((found["component"], found["name"]) for found in content["withoutPrice"]),
            not_priced=tuple(content["notPriced"]),
        )
    except OSError as error:
        raise PricesError(f"{file}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise PricesError(f"{file}: is no cost.json of a dry run") from error


def _describe_line(line: Line) -> dict[str, Any]:
    content = asdict(line)
    return {"unitPrice" if key == "unit_price" else key: value for key, value in content.items()}


def _read_line(content: Mapping[str, Any]) -> Line:
    least, most = (None if content[key] is None else float(content[key]) for key in ("least", "most"))
    return Line(
        component=content["component"],
        name=content["name"],
        meter=content["meter"],
        unit=content["unit"],
        unit_price=float(content["unitPrice"]),
        date=datetime.date.fromisoformat(content["date"]).isoformat(),
        address=content["address"],
        least=least,
        most=most,
    )


def _make_line(charge: Charge, answer: Answer, items: list[Item]) -> Line:
    unit = str(items[0]["unitOfMeasure"])
    return Line(
        component=charge.component,
        name=charge.name,
        meter=f"{items[0]['productName']}, {items[0]['meterName']}",
        unit=unit,
        unit_price=next((item["retailPrice"] for item in items if item["retailPrice"]), 0.0),
        date=answer.date,
        address=answer.address,
        least=None if charge.by_use else _amount(charge.least, unit, items),
        most=None if charge.by_use else _amount(charge.most, unit, items),
    )


def _amount(quantity: float, unit: str, items: list[Item]) -> float:
    """Return the money for so many nodes or GiB a month, each part at the price of its tier."""
    units = quantity * (_per_month(unit) or 0)
    starts = [float(item["tierMinimumUnits"]) for item in items]
    money = 0.0
    for item, start, end in zip(items, starts, [*starts[1:], float("inf")], strict=True):
        money += max(0.0, min(units, end) - start) * float(item["retailPrice"])
    return round(money, 2)


def _per_month(unit: str) -> float | None:
    """Return how many units of a meter one resource has a month; None for a unit that is not known."""
    match = _UNIT.fullmatch(unit)
    if match is None or match["of"] not in _PER_MONTH:
        return None
    return _PER_MONTH[match["of"]] / (int(match["number"]) * _MULTIPLES[match["multiple"]])
