"""Keeps the answers of the retail prices interface in a file of this machine, each with its day."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from .meter import Meter
from .prices import NO_PRICES, Answer, Prices, PricesError, read_prices, write_prices

# The environment variable that names another file.
FILE_VARIABLE: Final = "AIRFLOW_AKS_PRICES"
# Days after which an answer is asked for again.
_FRESH_DAYS: Final = 7

Fetch = Callable[[list[Meter]], list[Answer]]


def cache_file() -> Path:
    """Return the file that keeps the answers; it may not exist yet."""
    named = os.environ.get(FILE_VARIABLE)
    folder = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(named) if named else Path(folder) / "airflow-aks" / "prices.json"


def read_cache(file: Path) -> Prices:
    """Return the kept answers; none if there is no file, or if it is no file of prices."""
    try:
        return read_prices(file)
    except PricesError:
        return NO_PRICES


def collect_prices(
    meters: Iterable[Meter], file: Path, fetch: Fetch, today: datetime.date, *, refresh: bool = False
) -> tuple[Prices, str | None]:
    """Return prices for the meters, and a warning if older ones must do because no newer ones can be had.

    Asks only for filters without a kept answer of the last days; `refresh`: for all. The file keeps new answers.

    Raises:
        PricesError: an answer cannot be had, and none is kept either.
        OSError: the file cannot be written.

    """
    kept, wanted = read_cache(file), list(meters)
    asked = [meter for meter in wanted if refresh or not _is_fresh(kept.answers.get(meter.filter), today)]
    if not asked:
        return kept, None
    try:
        prices = kept.plus(fetch(asked))
    except PricesError as error:
        dates = [kept.answers[meter.filter].date for meter in asked if meter.filter in kept.answers]
        if len(dates) < len(asked):
            raise
        return kept, f"prices of {min(dates)} and later, because no newer ones can be had: {error}"
    write_prices(prices, file)
    return prices, None


def _is_fresh(answer: Answer | None, today: datetime.date) -> bool:
    return answer is not None and today - datetime.date.fromisoformat(answer.date) < datetime.timedelta(_FRESH_DAYS)
