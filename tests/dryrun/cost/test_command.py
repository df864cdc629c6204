"""`make cost`: the command line `python -m dryrun.cost`, without the network."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from dryrun.cost.__main__ import main
from dryrun.cost.cache import FILE_VARIABLE
from dryrun.cost.prices import write_prices
from tests.dryrun.cost.made_up import prices_for
from tests.dryrun.cost.price_server import PATH, PriceServer, serving
from tests.plans import ROOT, STACK_FILES, plan_of

DEV = ["dev", "--config", str(STACK_FILES / "dev.yaml"), "--project", str(ROOT)]


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PriceServer]:
    monkeypatch.setenv(FILE_VARIABLE, str(tmp_path / "prices.json"))
    with serving() as state:
        yield state


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a port that nobody listens on."""
    monkeypatch.setenv(FILE_VARIABLE, str(tmp_path / "prices.json"))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}{PATH}"


def test_the_table_has_a_sum_for_each_component_and_names_what_it_leaves_out(
    server: PriceServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*DEV, "--address", server.address]) == 0
    out = capsys.readouterr().out
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert lines[0] == "airflow-aks dev: USD a month"
    assert "Retail prices of 2026-08-15." in out
    assert "cluster 465.01 873.81" in lines
    assert "nodes tasks, D4ds_v5, spot 0.04 USD for 1 Hour 0.00 116.80" in lines
    assert "all 510.79 919.59" in lines
    assert "key-vault: operations on secrets, 0.03 USD for 10K" in lines
    assert "Not priced" in lines
    assert "Without a price" not in lines


def test_prices_are_kept_and_not_asked_for_again(server: PriceServer, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*DEV, "--address", server.address]) == 0
    first, asked = capsys.readouterr().out, len(server.asked)
    assert main([*DEV, "--address", server.address]) == 0
    assert capsys.readouterr().out == first
    assert len(server.asked) == asked > 5
    assert main([*DEV, "--address", server.address, "--refresh"]) == 0
    assert len(server.asked) == 2 * asked


def test_a_file_of_prices_needs_no_interface(tmp_path: Path, nowhere: str, capsys: pytest.CaptureFixture[str]) -> None:
    write_prices(prices_for(plan_of("dev")), tmp_path / "given.json")
    assert main([*DEV, "--prices", str(tmp_path / "given.json"), "--address", nowhere, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["total"] == {"component": "all", "least": 510.79, "most": 919.59}
    assert not (tmp_path / "prices.json").exists()


def test_without_an_interface_it_is_one_line_and_exit_code_1(nowhere: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*DEV, "--address", nowhere]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("error: no prices: 127.0.0.1: cannot be reached, ")
    assert captured.err.count("\n") == 1


def test_prices_of_something_else_are_one_line_and_exit_code_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "other.json").write_text('{"currency": "USD", "answers": []}', encoding="utf-8")
    assert main([*DEV, "--prices", str(tmp_path / "other.json")]) == 1
    assert capsys.readouterr().err == "error: no prices: none of the prices is one of this stack\n"


def test_charges_without_a_price_are_named(server: PriceServer, capsys: pytest.CaptureFixture[str]) -> None:
    server.items = [row for row in server.items if row["serviceName"] != "Container Registry"]
    assert main([*DEV, "--address", server.address]) == 0
    assert "Without a price\n  registry: registry, Basic\n" in capsys.readouterr().out


def test_an_unknown_stack_is_the_error_of_a_dry_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nowhere", "--project", str(ROOT)]) == 1
    assert capsys.readouterr().err.startswith("error: unknown stack 'nowhere'")


def test_a_cache_that_cannot_be_written_is_one_line(
    server: PriceServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv(FILE_VARIABLE, str(tmp_path / "file" / "prices.json"))
    assert main([*DEV, "--address", server.address]) == 1
    assert capsys.readouterr().err.startswith("error: cannot write ")
