"""Prints the costs of a plan on the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from dryrun.plan import Plan

from .amounts import format_amount, format_days, format_unit_price
from .costs import HOURS, Costs
from .prices import CURRENCY


def print_costs(plan: Plan, costs: Costs) -> None:
    """Print the sums of each component with their charges, then what has no sum. Markup in names is not interpreted."""
    console = Console(highlight=False, markup=False, emoji=False)
    console.print(Text(f"{plan.project} {plan.stack}: {CURRENCY} a month", "bold"), soft_wrap=True)
    console.print(
        f"The least is with the fewest nodes, the most with all of them, {HOURS} hours long. Retail prices of "
        f"{format_days(costs.dates)}.",
        soft_wrap=True,
    )
    console.print(_make_table(costs))
    by_use = [line for line in costs.lines if line.least is None]
    _print_list(console, "By use", [f"{line.component}: {line.name}, {format_unit_price(line)}" for line in by_use])
    _print_list(console, "Without a price", [f"{component}: {name}" for component, name in costs.without_price])
    _print_list(console, "Not priced", list(costs.not_priced))


def _make_table(costs: Costs) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("Component", overflow="fold")
    table.add_column("Price", overflow="fold")
    table.add_column("Least", justify="right", no_wrap=True)
    table.add_column("Most", justify="right", no_wrap=True)
    for found in costs.sums:
        table.add_row(Text(found.component, "bold"), "", format_amount(found.least), format_amount(found.most))
        for line in costs.lines:
            if line.component == found.component and line.least is not None and line.most is not None:
                amounts = (Text(format_amount(amount), "dim") for amount in (line.least, line.most))
                table.add_row(Text(f"  {line.name}"), Text(format_unit_price(line), "dim"), *amounts)
    total = costs.total
    table.add_row(Text("all", "bold"), "", *(Text(format_amount(each), "bold") for each in (total.least, total.most)))
    return table


def _print_list(console: Console, title: str, rows: list[str]) -> None:
    if rows:
        console.print()
        console.print(Text(title, "bold cyan"))
        for row in rows:
            console.print(Text(f"  {row}"), soft_wrap=True)
