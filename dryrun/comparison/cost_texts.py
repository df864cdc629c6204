"""Texts on the difference of the costs that the terminal, the Markdown comment and the page share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dryrun.cost.cost_change import CostChange, SumChange
from dryrun.cost.costs import Costs
from dryrun.cost.prices import CURRENCY
from dryrun.cost.shown import format_amount, format_days
from dryrun.words import pluralize

from .changes import Comparison

HEADER: Final = ("Component", "Least", "Most")
_NO_PRICES: Final = "The cost is not compared: there are no prices. `make cost` gets some, and dry runs use them."


@dataclass(frozen=True, kw_only=True)
class CostTexts:
    """One line on the cost, a row for each component whose sums differ and one for all, and notes on the prices.

    `is_quiet`: the line only says why the cost is not compared.
    """

    summary: str
    is_quiet: bool = False
    rows: tuple[tuple[str, str, str], ...] = ()
    notes: tuple[str, ...] = ()


def describe_cost(comparison: Comparison) -> CostTexts | None:
    """Return what the change does to the cost, or why nobody knows; None if nothing changes at all."""
    cost = comparison.cost
    if comparison.is_empty and not cost.components:
        return None
    if cost.before is None or cost.after is None or cost.total is None:
        known = "before" if cost.before else "after" if cost.after else None
        text = f"The cost is not compared: only the side {known} the change has prices." if known else _NO_PRICES
        return CostTexts(summary=text, is_quiet=True)
    changes = (*cost.components, cost.total) if cost.components else ()
    return CostTexts(
        summary=_summarize(cost, cost.total),
        rows=tuple((change.component, *_describe_sums(change)) for change in changes),
        notes=_list_notes(cost, cost.before, cost.after) if changes or cost.without_price else (),
    )


def _summarize(cost: CostChange, total: SumChange) -> str:
    least, most = _describe_sums(total)
    parts = [f"Cost a month in {CURRENCY}: least {least}, most {most}"]
    if cost.prices_differ:
        parts.append("prices of different days")
    if cost.without_price:
        parts.append(f"{pluralize(len(cost.without_price), 'charge')} without a price")
    return "; ".join(parts)


def _describe_sums(change: SumChange) -> tuple[str, str]:
    """Return the new least and most, each with its difference: `645.78 (+134.99)`."""
    least, most = (change.after.least, change.after.most) if change.after else (0, 0)
    return _describe_amount(least, change.least), _describe_amount(most, change.most)


def _describe_amount(amount: float, difference: float) -> str:
    return f"{format_amount(amount)} ({f'{difference:+,.2f}' if difference else 'no change'})"


def _list_notes(cost: CostChange, before: Costs, after: Costs) -> tuple[str, ...]:
    days = f"Retail prices of {format_days(sorted({*before.dates, *after.dates}))}."
    if cost.prices_differ:
        days = (
            f"Prices of {format_days(before.dates)} before the change, of {format_days(after.dates)} after it: the "
            "difference contains what Azure changed in between."
        )
    names = ", ".join(f"{component}: {name}" for component, name in cost.without_price)
    missing = f"The sums lack charges without a price ({names}). `make cost` asks for prices."
    return (days, missing) if names else (days,)
