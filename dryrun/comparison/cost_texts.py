"""Texts on the difference of the costs that the terminal, the Markdown comment and the page share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from dryrun.cost.amounts import format_amount, format_days
from dryrun.cost.cost_change import CostChange, SumChange
from dryrun.cost.costs import Costs
from dryrun.cost.prices import CURRENCY

from .changes import Comparison

HEADER: Final = ("Component", "Least", "Most")
# The JSON report has every name.
_MOST_NAMES: Final = 4
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
    if cost.before is None or cost.after is None:
        known = "before" if cost.before else "after" if cost.after else None
        text = f"The cost is not compared: only the side {known} the change has prices." if known else _NO_PRICES
        return CostTexts(summary=text, is_quiet=True)
    total = (cost.total,) if cost.total and cost.components else ()
    rows = tuple((change.component, *_describe_sums(change)) for change in (*cost.components, *total))
    notes = _list_notes(cost, cost.before, cost.after) if rows or cost.always_unpriced else ()
    return CostTexts(summary=_summarize(cost), rows=rows, notes=notes)


def _summarize(cost: CostChange) -> str:
    title = f"Cost a month in {CURRENCY}"
    if cost.total is None:
        return f"{title}: not known, without a price for {_name(cost.unpriced_changes)}. `make cost` asks for prices."
    least, most = _describe_sums(cost.total)
    return f"{title}: least {least}, most {most}" + ("; prices of different days" if cost.prices_differ else "")


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
    missing = f"Both sides lack a price for {_name(cost.always_unpriced)}."
    return (days, missing) if cost.always_unpriced else (days,)


def _name(charges: Iterable[tuple[str, str]]) -> str:
    names = [f"{component}: {name}" for component, name in charges]
    more = [f"{len(names) - _MOST_NAMES} more"] if len(names) > _MOST_NAMES else []
    return "; ".join([*names[:_MOST_NAMES], *more])
