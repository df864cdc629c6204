"""The costs that a dry run shows, and amounts of money as text."""

from __future__ import annotations

from pathlib import Path

from dryrun.plan import Plan

from .cache import cache_file, read_cache
from .costs import Costs, Line, price
from .prices import CURRENCY, read_prices


def price_plan(plan: Plan, file: Path | None) -> Costs | None:
    """Return the costs with the prices of a file, or with the kept ones; None if no kept price fits the plan.

    Asks nobody: a dry run needs no network.

    Raises:
        PricesError: the file cannot be read.

    """
    costs = price(plan, read_prices(file) if file else read_cache(cache_file()))
    return costs if costs.lines or file else None


def format_amount(amount: float) -> str:
    """Return money as text, for example `1,234.50`."""
    return f"{amount:,.2f}"


def format_unit_price(line: Line) -> str:
    """Return the price of a unit as text, for example `0.226 USD for 1 Hour`."""
    return f"{line.unit_price:.6f}".rstrip("0").rstrip(".") + f" {CURRENCY} for {line.unit}"


def describe_dates(costs: Costs) -> str:
    """Return the days of the prices as text."""
    return " to ".join(costs.dates) or "no day"
