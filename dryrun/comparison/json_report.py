"""Writes a comparison as JSON."""

from __future__ import annotations

import json
from typing import Any

from dryrun.cost.cost_change import CostChange, SumChange
from dryrun.cost.costs import Costs, Sum
from dryrun.cost.prices import CURRENCY

from .changes import Change, Comparison, Reason
from .wording import ACTIONS, describe_reason, name_all, summarize


def render_json(comparison: Comparison, exit_code: int) -> str:
    """Return the comparison as JSON text; docs/comparing.md describes the keys."""
    names = name_all(comparison.old, comparison.new)
    content = {
        "project": comparison.new.project,
        "stack": comparison.new.stack,
        "exitCode": exit_code,
        "losesData": comparison.loses_data,
        "summary": summarize(comparison),
        "counts": {action: len(comparison.of(action)) for action in ACTIONS},
        "consequences": [
            {"severity": found.severity, "text": found.text, "urn": found.urn} for found in comparison.consequences
        ],
        "resources": [_describe(change, names) for change in comparison.changes],
        "outputs": [difference.as_json() for difference in comparison.outputs],
        "cost": _describe_cost(comparison.cost),
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _describe(change: Change, names: dict[str, str]) -> dict[str, Any]:
    return {
        "action": change.action,
        "urn": change.urn,
        "formerUrn": change.old.urn if change.former_name and change.old else None,
        "type": change.type,
        "name": change.name,
        "reasons": [_describe_reason(reason, names) for reason in change.reasons],
        "deletedFirst": change.deleted_first if change.action == "replaced" else None,
        "differences": [difference.as_json() for difference in change.differences],
    }


def _describe_reason(reason: Reason, names: dict[str, str]) -> dict[str, Any]:
    return {
        "path": reason.path,
        "source": reason.source,
        "cause": reason.cause,
        "text": describe_reason(reason, names),
    }


def _describe_cost(cost: CostChange) -> dict[str, Any]:
    return {
        "currency": CURRENCY,
        "total": _describe_sums(cost.total) if cost.total else None,
        "components": [{"component": change.component, **_describe_sums(change)} for change in cost.components],
        "withoutPrice": [
            {"component": component, "name": name}
            for component, name in (*cost.unpriced_changes, *cost.always_unpriced)
        ],
        "pricesOf": {"before": _list_days(cost.before), "after": _list_days(cost.after)},
    }


def _describe_sums(change: SumChange) -> dict[str, Any]:
    return {
        "before": _describe_sum(change.before),
        "after": _describe_sum(change.after),
        "difference": {"least": change.least, "most": change.most},
    }


def _describe_sum(found: Sum | None) -> dict[str, float] | None:
    return {"least": found.least, "most": found.most} if found else None


def _list_days(costs: Costs | None) -> list[str] | None:
    return list(costs.dates) if costs else None
