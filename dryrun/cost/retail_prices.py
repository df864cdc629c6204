"""Asks Azure's retail prices interface, which needs no account. Source: Azure, "Azure Retail Prices overview"."""

from __future__ import annotations

import datetime
import http.client
import json
import time
from collections.abc import Callable, Iterable
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import Request, urlopen

from .meter import Meter
from .prices import CURRENCY, Answer, PricesError, pick_fields

ADDRESS: Final = "https://prices.azure.com/api/retail/prices"
# In this version, the values of a filter are case-sensitive.
_VERSION: Final = "2023-01-01-preview"
_TIMEOUT_SECONDS: Final = 30
# Seconds to wait before each further try, unless the interface names another time; at most so many of it are waited.
_WAITS: Final = (2, 10, 30)
_LONGEST_WAIT: Final = 60
_TRY_AGAIN: Final = frozenset({429, 500, 502, 503, 504})
_MOST_PAGES: Final = 50
_PORTS: Final = {"https": 443, "http": 80}

Sleep = Callable[[float], None]


def fetch_answers(
    meters: Iterable[Meter], today: datetime.date, address: str = ADDRESS, sleep: Sleep = time.sleep
) -> list[Answer]:
    """Return the interface's answer for the filter of each meter; a filter that several meters have is asked once.

    Raises:
        PricesError: the interface cannot be reached, or answers something else than prices.

    """
    filters = dict.fromkeys(meter.filter for meter in meters)
    return [_fetch_answer(text, today, address, sleep) for text in filters]


def make_address(text: str, address: str = ADDRESS) -> str:
    """Return the address that answers a filter."""
    query = urlencode(
        {"api-version": _VERSION, "currencyCode": f"'{CURRENCY}'", "$filter": text}, quote_via=quote, safe="$'"
    )
    return f"{address}?{query}"


def _fetch_answer(text: str, today: datetime.date, address: str, sleep: Sleep) -> Answer:
    first = following = make_address(text, address)
    items: list[dict[str, Any]] = []
    for _ in range(_MOST_PAGES):
        page = _read_page(following, sleep)
        items += page[0]
        if not page[1]:
            return Answer(filter=text, address=first, date=today.isoformat(), items=tuple(items))
        if _origin(page[1]) != _origin(address):
            raise PricesError(f"{_host(address)}: the list of prices goes on at another host, {_host(page[1])}")
        following = page[1].replace(" ", "%20")
    raise PricesError(f"{_host(address)}: the list of prices has no end")


def _read_page(address: str, sleep: Sleep) -> tuple[list[dict[str, Any]], str]:
    """Return the items of a page, and the address of the next one; empty on the last page."""
    text = _request(address, sleep)
    try:
        page = json.loads(text)
        return [pick_fields(item) for item in page["Items"]], str(page.get("NextPageLink") or "")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise PricesError(f"{_host(address)}: answers something else than prices") from error


def _request(address: str, sleep: Sleep) -> bytes:
    host = _host(address)
    for wait in (*_WAITS, None):
        try:
            # The scheme is that of the interface, or of the address that the user names.
            request = Request(address, headers={"Accept": "application/json"})  # noqa: S310
            with urlopen(request, timeout=_TIMEOUT_SECONDS) as response:  # noqa: S310
                return bytes(response.read())
        except HTTPError as error:
            if error.code not in _TRY_AGAIN or wait is None:
                raise PricesError(f"{host}: answers {error.code} {error.reason}") from error
            sleep(_waiting_time(error, wait))
        except (URLError, OSError, http.client.HTTPException) as error:
            raise PricesError(f"{host}: cannot be reached, {getattr(error, 'reason', None) or error}") from error
    raise AssertionError("the last try either returns or raises")


def _waiting_time(error: HTTPError, otherwise: float) -> float:
    """Return the seconds that the interface asks to wait, if it does so in seconds."""
    named = error.headers.get("Retry-After", "")
    return min(float(named), _LONGEST_WAIT) if named.isdecimal() else otherwise


def _host(address: str) -> str:
    return urlsplit(address).hostname or address


def _origin(address: str) -> tuple[str, str | None, int | None]:
    """Return scheme, host and port. The interface's links name the port that the scheme has anyway."""
    parts = urlsplit(address)
    return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)
