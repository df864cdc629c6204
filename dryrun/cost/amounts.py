"""Amounts of money, prices and their days as text."""

from __future__ import annotations

from collections.abc import Sequence

from .costs import Line
from .prices import CURRENCY


def format_amount(amount: float) -> str:
    """Return money as text, for example `1,234.50`."""
    return f"{amount:,.2f}"


def format_unit_price(line: Line) -> str:
    """Return the price of a unit as text, for example `0.226 USD for 1 Hour`."""
    return f"{line.unit_price:.6f}".rstrip("0").rstrip(".") + f" {CURRENCY} for {line.unit}"


def format_days(days: Sequence[str]) -> str:
    """Return sorted days as text: `2026-08-15`, or `2026-08-15 to 2026-08-22` for the first and the last of several."""
    return " to ".join(dict.fromkeys((days[0], days[-1]))) if days else "no day"
