"""How the reports of a comparison show the difference of the costs."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from dryrun.comparison.changes import Comparison
from dryrun.comparison.comparing import compare_dry_runs
from dryrun.comparison.cost_texts import describe_cost
from dryrun.comparison.json_report import render_json
from dryrun.comparison.markdown import render_markdown
from dryrun.comparison.marks import render_marked_page
from dryrun.comparison.reading import DryRun
from dryrun.comparison.terminal import print_comparison
from dryrun.cost.costs import Costs, Line
from tests.dryrun.comparison.plans import SERVER, with_inputs
from tests.dryrun.cost.made_up import DAY
from tests.dryrun.cost.made_up import made_up_line as line
from tests.dryrun.markup import outline, section, text
from tests.dryrun.small_plan import small_plan

SUMMARY = "Cost a month in USD: least 245.00 (+44.50), most 1,345.00 (+44.50)"
NO_PRICES = "The cost is not compared: there are no prices. `make cost` gets some, and dry runs use them."


def costs(*lines: Line, without_price: tuple[tuple[str, str], ...] = ()) -> Costs:
    return Costs(lines=lines, without_price=without_price)


BEFORE = costs(line("cluster", 100, 1200), line("database", 80.5, 80.5), line("broker", 20, 20))
AFTER = costs(line("cluster", 100, 1200), line("database", 145, 145))


def compare(before: Costs | None, after: Costs | None, *, changed: bool = True) -> Comparison:
    """A comparison of a plan with another database size, or of equal plans."""
    old = small_plan()
    sizes = (with_inputs(one, sku={"name": "L"}) if one.type == SERVER else one for one in old.resources)
    new = replace(old, resources=tuple(sizes)) if changed else old
    return compare_dry_runs(DryRun(plan=old, costs=before), DryRun(plan=new, costs=after))


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    return compare(BEFORE, AFTER)


def test_the_terminal_has_a_line_and_a_table(comparison: Comparison, capsys: pytest.CaptureFixture[str]) -> None:
    print_comparison(comparison)
    lines = [" ".join(shown.split()) for shown in capsys.readouterr().out.splitlines()]
    first = lines.index(SUMMARY)
    assert lines[first + 1 : first + 6] == [
        "Component Least Most",
        "database 145.00 (+64.50) 145.00 (+64.50)",
        "broker 0.00 (-20.00) 0.00 (-20.00)",
        "all 245.00 (+44.50) 1,345.00 (+44.50)",
        f"Retail prices of {DAY}.",
    ]
    assert first < lines.index("Airflow stops or restarts")


def test_the_comment_has_one_line_and_folds_the_table(comparison: Comparison) -> None:
    comment = render_markdown(comparison)
    assert comment.splitlines()[2] == SUMMARY
    _, _, fold = comment.partition("<details><summary>The cost by component</summary>\n\n")
    table, _, rest = fold.partition("\n\n")
    assert table.splitlines() == [
        "| Component | Least | Most |",
        "| --- | ---: | ---: |",
        "| database | 145.00 (+64.50) | 145.00 (+64.50) |",
        "| broker | 0.00 (-20.00) | 0.00 (-20.00) |",
        "| all | 245.00 (+44.50) | 1,345.00 (+44.50) |",
    ]
    assert rest.startswith(f"Retail prices of {DAY}.\n")
    assert comment.count("<details>") == comment.count("</details>")


def test_json_has_both_sides_and_the_difference(comparison: Comparison) -> None:
    cost = json.loads(render_json(comparison, 0))["cost"]
    assert cost["currency"] == "USD"
    assert cost["total"] == {
        "before": {"least": 200.5, "most": 1300.5},
        "after": {"least": 245, "most": 1345},
        "difference": {"least": 44.5, "most": 44.5},
    }
    assert [one["component"] for one in cost["components"]] == ["database", "broker"]
    assert cost["components"][1]["after"] is None
    assert cost["pricesOf"] == {"before": [DAY], "after": [DAY]}


def test_the_page_shows_the_difference_and_the_costs_after_it(comparison: Comparison) -> None:
    page = render_marked_page(comparison)
    overview = section(page, "changes")
    assert SUMMARY in text(overview)
    assert '<th scope="row">database</th><td data-title="Least">145.00 (+64.50)</td>' in overview
    assert "1,345.00" in section(page, "cost")
    assert outline(page).open == []


def test_an_equal_cost_is_one_line() -> None:
    found = describe_cost(compare(BEFORE, BEFORE))
    assert found is not None
    assert found.summary == "Cost a month in USD: least 200.50 (no change), most 1,300.50 (no change)"
    assert found.rows == found.notes == ()
    assert "The cost by component" not in render_markdown(compare(BEFORE, BEFORE))


def test_prices_of_another_day_are_named() -> None:
    later = costs(*(replace(one, date="2026-09-01") for one in AFTER.lines))
    found = describe_cost(compare(BEFORE, later))
    assert found is not None
    assert found.summary == f"{SUMMARY}; prices of different days"
    assert found.notes[0].startswith(f"Prices of {DAY} before the change, of 2026-09-01 after it: ")


def test_other_prices_are_shown_even_if_the_plans_are_equal() -> None:
    later = costs(*(replace(one, date="2026-09-01") for one in AFTER.lines))
    assert "prices of different days" in render_markdown(compare(BEFORE, later, changed=False))


def test_no_sum_is_shown_for_what_has_no_price_on_one_side() -> None:
    after = costs(line("cluster", 100, 1200), without_price=(("database", "server L|XL"),))
    comment = render_markdown(compare(BEFORE, after))
    assert r"USD: not known, without a price for database: server L\|XL. `make cost` asks for prices." in comment
    assert "| broker | 0.00 (-20.00) | 0.00 (-20.00) |" in comment
    assert "| database |" not in comment
    assert "| all |" not in comment


def test_many_names_are_counted() -> None:
    found = describe_cost(compare(BEFORE, costs(without_price=tuple(("cluster", f"n{index}") for index in range(9)))))
    assert found is not None
    assert found.summary.endswith("cluster: n2; cluster: n3; 5 more. `make cost` asks for prices.")


def test_what_has_no_price_on_both_sides_is_a_note() -> None:
    before, after = (replace(side, without_price=(("gateway", "balancer"),)) for side in (BEFORE, AFTER))
    comment = render_markdown(compare(before, after))
    assert f"\n{SUMMARY}\n" in comment
    assert "Both sides lack a price for gateway: balancer.\n" in comment


@pytest.mark.parametrize(("before", "after", "side"), [(BEFORE, None, "before"), (None, AFTER, "after")])
def test_prices_on_one_side_alone_are_one_line(before: Costs | None, after: Costs | None, side: str) -> None:
    comment = render_markdown(compare(before, after))
    assert f"<sub>The cost is not compared: only the side {side} the change has prices.</sub>\n" in comment
    assert "The cost by component" not in comment


def reports(comparison: Comparison, capsys: pytest.CaptureFixture[str]) -> list[str]:
    print_comparison(comparison)
    return [capsys.readouterr().out, render_markdown(comparison), render_marked_page(comparison)]


def test_without_prices_each_report_has_one_quiet_line(capsys: pytest.CaptureFixture[str]) -> None:
    terminal, comment, page = reports(compare(None, None), capsys)
    assert terminal.count(NO_PRICES) == 1
    assert comment.count(f"<sub>{NO_PRICES}</sub>") == 1
    assert f'<p class="quiet">{NO_PRICES.replace("`", "")}</p>' in page
    assert 'id="cost"' not in page


def test_without_prices_json_has_no_sums() -> None:
    cost: Any = json.loads(render_json(compare(None, None), 0))["cost"]
    assert (cost["total"], cost["components"]) == (None, [])
    assert cost["pricesOf"] == {"before": None, "after": None}


@pytest.mark.parametrize("side", [None, BEFORE])
def test_nothing_is_said_if_nothing_changes(side: Costs | None, capsys: pytest.CaptureFixture[str]) -> None:
    terminal, comment, page = reports(compare(side, side, changed=False), capsys)
    assert terminal == "airflow-aks test: Nothing changes\n"
    assert comment == "## `test`: Nothing changes\n"
    assert "ost" not in text(section(page, "changes"))
