"""The file that keeps prices on this machine, each with its day."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from dryrun.cost.cache import FILE_VARIABLE, cache_file, collect_prices, read_cache
from dryrun.cost.machine_meters import cluster_management, virtual_machine
from dryrun.cost.meter import Meter
from dryrun.cost.prices import NO_PRICES, Answer, PricesError, read_prices, write_prices
from tests.dryrun.cost.made_up import answers
from tests.dryrun.cost.price_server import REGION

TODAY = datetime.date(2026, 8, 15)
VM = virtual_machine(REGION, "Standard_D4ds_v5", spot=False)
AKS = cluster_management(REGION, "Standard")


class Interface:
    """Answers with made-up prices of today, or not at all."""

    def __init__(self, down: bool = False) -> None:
        self.down = down
        self.asked: list[Meter] = []

    def __call__(self, meters: list[Meter]) -> list[Answer]:
        self.asked += meters
        if self.down:
            raise PricesError("the interface is down")
        return answers(meters, TODAY.isoformat())


@pytest.fixture
def kept(tmp_path: Path) -> Callable[..., Path]:
    """Makes a file with the price of VM from so many days ago."""

    def make(days: int) -> Path:
        day = (TODAY - datetime.timedelta(days)).isoformat()
        write_prices(NO_PRICES.plus(answers([VM], day)), tmp_path / "prices.json")
        return tmp_path / "prices.json"

    return make


def test_what_is_not_kept_is_asked_for_and_kept(tmp_path: Path) -> None:
    file, interface = tmp_path / "new" / "prices.json", Interface()
    prices, warning = collect_prices([VM, AKS], file, interface, TODAY)
    assert (interface.asked, warning) == ([VM, AKS], None)
    assert read_prices(file) == prices
    assert {answer["date"] for answer in json.loads(file.read_text())["answers"]} == {"2026-08-15"}


@pytest.mark.parametrize(("days", "refresh", "asked"), [(6, False, []), (7, False, [VM]), (0, True, [VM])])
def test_what_is_kept_is_asked_for_again_after_a_week(
    kept: Callable[[int], Path], days: int, refresh: bool, asked: list[Meter]
) -> None:
    interface = Interface()
    collect_prices([VM], kept(days), interface, TODAY, refresh=refresh)
    assert interface.asked == asked


def test_a_new_meter_is_asked_for_alone_and_the_others_stay(kept: Callable[[int], Path]) -> None:
    interface, file = Interface(), kept(3)
    collect_prices([VM, AKS], file, interface, TODAY)
    assert interface.asked == [AKS]
    assert {answer.date for answer in read_cache(file).answers.values()} == {"2026-08-12", "2026-08-15"}


def test_older_prices_do_with_a_warning_if_no_newer_ones_can_be_had(kept: Callable[[int], Path]) -> None:
    prices, warning = collect_prices([VM], kept(90), Interface(down=True), TODAY)
    assert prices.answers[VM.filter].date == "2026-05-17"
    assert warning == "prices of 2026-05-17 and later, because no newer ones can be had: the interface is down"


def test_without_any_price_it_is_an_error(kept: Callable[[int], Path]) -> None:
    with pytest.raises(PricesError, match="the interface is down"):
        collect_prices([VM, AKS], kept(90), Interface(down=True), TODAY)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"currency": "USD", "answers": [{"filter": "x"}]}'])
def test_a_file_that_holds_something_else_is_replaced(tmp_path: Path, text: str) -> None:
    file = tmp_path / "prices.json"
    file.write_text(text, encoding="utf-8")
    collect_prices([VM], file, Interface(), TODAY)
    assert VM.filter in read_prices(file).answers
    assert [*tmp_path.iterdir()] == [file]


def test_the_file_stands_below_the_cache_folder_unless_a_variable_names_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert str(cache_file()).endswith("no-prices.json")
    monkeypatch.delenv(FILE_VARIABLE)
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert cache_file() == Path("/somewhere/airflow-aks/prices.json")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_file() == Path.home() / ".cache" / "airflow-aks" / "prices.json"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"currency": "EUR"}, "its currency must be USD (is 'EUR')"),
        ({"answers": None}, "is no file of prices"),
        ({"answers": [{"filter": "a", "address": "b", "date": "2026-02-30", "items": []}]}, "is no file of prices"),
        ({"answers": [{"filter": "a", "address": "b", "date": "2026-02-20", "items": [{}]}]}, "is no file of prices"),
    ],
)
def test_a_wrong_file_is_an_error_that_names_it(tmp_path: Path, change: dict[str, object], words: str) -> None:
    file = tmp_path / "prices.json"
    file.write_text(json.dumps({"currency": "USD", "answers": [], **change}), encoding="utf-8")
    with pytest.raises(PricesError) as caught:
        read_prices(file)
    assert str(caught.value).startswith(f"{file}: {words}")


def test_a_file_that_is_not_there_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(PricesError, match=r"prices\.json: No such file or directory"):
        read_prices(tmp_path / "prices.json")
