"""The sums of a plan, their file, and where a dry run shows them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dryrun.__main__ import main
from dryrun.cost.cache import FILE_VARIABLE
from dryrun.cost.costs import Costs, as_json, read_costs
from dryrun.cost.prices import PricesError, write_prices
from dryrun.files import write_plan
from dryrun.page import render_page
from tests.dryrun.cost.made_up import costs_of, prices_for
from tests.dryrun.small_plan import small_plan
from tests.plans import ROOT, STACK_FILES, plan_of

DEV = ["dev", "--config", str(STACK_FILES / "dev.yaml"), "--project", str(ROOT)]


@pytest.fixture(scope="module")
def dev() -> Costs:
    return costs_of(plan_of("dev"))


@pytest.fixture
def prices_file(tmp_path: Path) -> Path:
    write_prices(prices_for(plan_of("dev")), tmp_path / "prices.json")
    return tmp_path / "prices.json"


def test_the_sums_add_up(dev: Costs) -> None:
    assert [found.component for found in dev.sums] == ["cluster", "registry", "database"]
    assert dev.total.least == round(sum(found.least for found in dev.sums), 2)
    assert dev.total.most == round(sum(found.most for found in dev.sums), 2) > dev.total.least
    assert dev.total.least == round(sum(line.least for line in dev.lines if line.least is not None), 2)


def test_the_file_holds_every_cost(dev: Costs, tmp_path: Path) -> None:
    write_plan(plan_of("dev"), tmp_path, dev)
    content = json.loads((tmp_path / "cost.json").read_text(encoding="utf-8"))
    assert content == json.loads(json.dumps(as_json(dev)))
    assert content["currency"] == "USD"
    assert content["total"]["most"] == dev.total.most
    assert {"meter", "unit", "unitPrice", "date", "address"} <= set(content["lines"][0])
    assert read_costs(tmp_path / "cost.json") == dev


@pytest.mark.parametrize("text", ["", "{}", '{"lines": [{}], "withoutPrice": [], "notPriced": []}'])
def test_another_file_is_no_file_of_costs(text: str, tmp_path: Path) -> None:
    file = tmp_path / "cost.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(PricesError, match=r"cost\.json: is no cost\.json of a dry run"):
        read_costs(file)


def test_the_page_shows_the_table_with_the_origin_of_each_price(dev: Costs) -> None:
    page = render_page(plan_of("dev"), dev)
    assert '<section id="cost"' in page
    assert '<a href="#cost">Cost</a>' in page
    assert f"{dev.total.most:,.2f}" in page
    for line in dev.lines:
        assert f"{line.meter}, {line.date}, <a href=" in page
    assert "Reservations, savings plans" in page


def test_without_prices_the_page_has_no_costs() -> None:
    assert "cost" not in render_page(small_plan()).replace(".costs", "").lower()


def test_charges_without_a_price_stand_on_the_page(dev: Costs) -> None:
    page = render_page(plan_of("dev"), Costs(lines=dev.lines, without_price=(("broker", "a thing"),), not_priced=()))
    assert "<h3>Without a price</h3>" in page
    assert "broker: a thing" in page


def tree(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_two_dry_runs_with_the_same_prices_write_the_same_bytes(tmp_path: Path, prices_file: Path) -> None:
    for name in ("a", "b"):
        assert main([*DEV, "--out", str(tmp_path / name), "--prices", str(prices_file)]) == 0
    files = tree(tmp_path / "a")
    assert files == tree(tmp_path / "b")
    assert b'<section id="cost"' in files["plan.html"]
    assert json.loads(files["cost.json"])["withoutPrice"] == []


def test_a_dry_run_shows_the_prices_that_the_machine_keeps(
    tmp_path: Path, prices_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(FILE_VARIABLE, str(prices_file))
    assert main([*DEV, "--out", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out" / "cost.json").is_file()
    monkeypatch.setenv(FILE_VARIABLE, str(tmp_path / "nothing.json"))
    assert main([*DEV, "--out", str(tmp_path / "out")]) == 0
    assert not (tmp_path / "out" / "cost.json").exists()


def test_a_wrong_file_of_prices_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*DEV, "--prices", str(tmp_path / "nothing.json")]) == 1
    assert capsys.readouterr().err == f"error: {tmp_path / 'nothing.json'}: No such file or directory\n"
