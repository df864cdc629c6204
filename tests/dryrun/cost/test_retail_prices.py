"""The client of the retail prices interface, against a strict stand-in on the loopback address."""

from __future__ import annotations

import datetime
import json
import socket
from collections.abc import Iterator

import pytest

from dryrun.cost.machine_meters import cluster_management, virtual_machine
from dryrun.cost.meter import make_meter
from dryrun.cost.prices import PricesError
from dryrun.cost.retail_prices import _origin, fetch_answers, make_address
from tests.dryrun.cost.price_server import PATH, REGION, PriceServer, machine, serving

TODAY = datetime.date(2026, 8, 15)
VM = virtual_machine(REGION, "Standard_D4ds_v5", spot=False)


@pytest.fixture
def server() -> Iterator[PriceServer]:
    with serving() as state:
        yield state


def no_sleep(seconds: float) -> None:
    raise AssertionError(f"waits {seconds} seconds")


def test_every_page_is_read(server: PriceServer) -> None:
    (answer,) = fetch_answers([VM], TODAY, server.address, no_sleep)
    # Windows, low priority, spot and the machine itself, on two pages.
    assert len(answer.items) == 4 > server.page_size
    assert [row["retailPrice"] for row in VM.pick(answer)] == [0.2]


def test_an_answer_has_its_filter_its_day_and_the_address_that_was_asked(server: PriceServer) -> None:
    (answer,) = fetch_answers([VM], TODAY, server.address, no_sleep)
    assert answer.filter == VM.filter
    assert answer.date == "2026-08-15"
    assert answer.address == make_address(VM.filter, server.address)
    assert "$filter=serviceName%20eq%20'Virtual%20Machines'" in answer.address


def test_a_filter_that_two_meters_have_is_asked_once(server: PriceServer) -> None:
    spot = virtual_machine(REGION, "Standard_D4ds_v5", spot=True)
    answers = fetch_answers([VM, spot, cluster_management(REGION, "Standard")], TODAY, server.address, no_sleep)
    assert [answer.filter for answer in answers] == server.asked
    assert len(server.asked) == 2


@pytest.mark.parametrize(("retry_after", "waited"), [("7", [7, 7]), (None, [2, 10]), ("3600", [60, 60])])
def test_too_many_requests_are_sent_again_after_a_while(
    server: PriceServer, retry_after: str | None, waited: list[float]
) -> None:
    server.busy, server.retry_after = 2, retry_after
    waits: list[float] = []
    (answer,) = fetch_answers([VM], TODAY, server.address, waits.append)
    assert answer.items
    assert waits == waited


def test_an_interface_that_stays_busy_is_an_error(server: PriceServer) -> None:
    server.busy = 99
    waits: list[float] = []
    with pytest.raises(PricesError, match=r"^127\.0\.0\.1: answers 429 Too Many Requests$"):
        fetch_answers([VM], TODAY, server.address, waits.append)
    assert len(waits) == 3


def test_a_filter_that_the_interface_does_not_take_is_an_error_at_once(server: PriceServer) -> None:
    with pytest.raises(PricesError, match="answers 400 Bad Request"):
        fetch_answers([make_meter(("unitOfMeasure", "1 Hour"), regions=("",))], TODAY, server.address, no_sleep)


def test_values_are_compared_with_their_case(server: PriceServer) -> None:
    (answer,) = fetch_answers([make_meter(("serviceName", "virtual machines"), regions=("",))], TODAY, server.address)
    assert answer.items == ()


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b"[]",
        b"{}",
        b'{"Items": [1]}',
        json.dumps({"Items": [{**machine("Standard_X1_v5", "X", 1)[0], "retailPrice": "1"}]}).encode(),
        json.dumps({"Items": [{**machine("Standard_X1_v5", "X", 1)[0], "retailPrice": -1}]}).encode(),
    ],
)
def test_something_else_than_prices_is_an_error(server: PriceServer, body: bytes) -> None:
    server.body = body
    with pytest.raises(PricesError, match=r"^127\.0\.0\.1: answers something else than prices$"):
        fetch_answers([VM], TODAY, server.address, no_sleep)


def test_a_list_that_goes_on_at_another_host_is_not_followed(server: PriceServer) -> None:
    server.next_address = "http://prices.example.com/api/retail/prices"
    with pytest.raises(PricesError, match=r"goes on at another host, prices\.example\.com"):
        fetch_answers([VM], TODAY, server.address, no_sleep)


def test_a_link_may_name_the_port_that_the_scheme_has_anyway() -> None:
    assert _origin("https://prices.azure.com:443/api/retail/prices?x") == _origin("https://prices.azure.com/api")


def test_a_list_without_an_end_is_an_error(server: PriceServer) -> None:
    server.items = machine("Standard_D4ds_v5", "Ddsv5", 0.2) * 60
    with pytest.raises(PricesError, match="the list of prices has no end"):
        fetch_answers([VM], TODAY, server.address, no_sleep)


def test_an_interface_that_cannot_be_reached_is_one_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}{PATH}"
        with pytest.raises(PricesError, match=r"^127\.0\.0\.1: cannot be reached, .*refused") as caught:
            fetch_answers([VM], TODAY, address, no_sleep)
    assert "\n" not in str(caught.value)
