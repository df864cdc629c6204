"""Answers of Azure's retail prices interface, as a file keeps them: each with its filter, its address and its date.

Source: Azure, "Azure Retail Prices overview".
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

CURRENCY: Final = "USD"
# What a price is chosen and shown by. An item of the interface has more fields.
FIELDS: Final = (
    "armRegionName",
    "meterName",
    "productName",
    "retailPrice",
    "skuName",
    "tierMinimumUnits",
    "type",
    "unitOfMeasure",
)
Item = Mapping[str, Any]


class PricesError(Exception):
    """No prices can be had; the message gives the reason in one line."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The items that the interface gave for a filter, the address that was asked, and the day (ISO 8601)."""

    filter: str
    address: str
    date: str
    items: tuple[Item, ...]


@dataclass(frozen=True, kw_only=True)
class Prices:
    """Answers by their filter."""

    answers: Mapping[str, Answer]

    def plus(self, answers: Sequence[Answer]) -> Prices:
        """Return the prices with further answers, which replace those of the same filter."""
        return Prices(answers={**self.answers, **{answer.filter: answer for answer in answers}})


NO_PRICES: Final = Prices(answers={})


def read_prices(file: Path) -> Prices:
    """Read a file that `write_prices` wrote.

    Raises:
        PricesError: the file cannot be read or has another form; the message names it.

    """
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        if content["currency"] != CURRENCY:
            raise PricesError(f"{file}: its currency must be {CURRENCY} (is {content['currency']!r})")
        answers = [_read_answer(answer) for answer in content["answers"]]
    except OSError as error:
        raise PricesError(f"{file}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise PricesError(
            f'{file}: is no file of prices: {{"currency", "answers": [{{"filter", "address", "date", "items"}}]}}'
        ) from error
    return NO_PRICES.plus(answers)


def write_prices(prices: Prices, file: Path) -> None:
    """Write the answers, sorted by their filters, into a file; it replaces an old one in one step.

    Raises:
        OSError: the file cannot be written.

    """
    answers = [asdict(answer) for _, answer in sorted(prices.answers.items())]
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f".{file.name}.new")
    try:
        beside.write_text(json.dumps({"currency": CURRENCY, "answers": answers}, indent=1) + "\n", encoding="utf-8")
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)


def pick_fields(item: Any) -> dict[str, Any]:
    """Return the fields of an item that a price needs.

    Raises:
        ValueError: one is missing, or the price or the tier is no number.

    """
    if not isinstance(item, dict) or not set(FIELDS) <= set(item):
        raise ValueError("an item lacks a field")
    for name in ("retailPrice", "tierMinimumUnits"):
        if isinstance(item[name], bool) or not isinstance(item[name], int | float) or item[name] < 0:
            raise ValueError(f"{name} is no amount")
    return {name: item[name] for name in FIELDS}


def _read_answer(content: Any) -> Answer:
    return Answer(
        filter=str(content["filter"]),
        address=str(content["address"]),
        date=datetime.date.fromisoformat(content["date"]).isoformat(),
        items=tuple(pick_fields(item) for item in content["items"]),
    )
