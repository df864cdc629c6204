"""Prices a plan without asking anybody, for a dry run."""

from __future__ import annotations

from pathlib import Path

from dryrun.plan import Plan

from .cache import cache_file, read_cache
from .costs import Costs, price
from .prices import read_prices


def price_offline(plan: Plan, file: Path | None) -> Costs | None:
    """Return the costs with the prices of a file, or with the kept ones; None if no kept price fits the plan.

    Asks nobody: a dry run needs no network.

    Raises:
        PricesError: the file cannot be read.

    """
    costs = price(plan, read_prices(file) if file else read_cache(cache_file()))
    return costs if costs.lines or file else None
