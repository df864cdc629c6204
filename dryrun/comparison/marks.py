"""Marks the differences on the page of the plan after the change."""

from __future__ import annotations

from typing import Any

from dryrun.page import render_page
from dryrun.words import describe_type

from .changes import Change, Comparison
from .cost_texts import describe_cost
from .wording import ACTIONS, TITLES, describe_change, list_lines, name_all, summarize


def render_marked_page(comparison: Comparison) -> str:
    """Return plan.html of the new plan with an overview of the changes and a mark on each changed resource."""
    names = name_all(comparison.old, comparison.new)
    found = [_describe(change, names) for action in ACTIONS for change in comparison.of(action)]
    consequences = [
        (title.replace("`", ""), [consequence.text for consequence in comparison.with_severity(severity)])
        for severity, title in TITLES.items()
    ]
    return render_page(
        comparison.new,
        comparison.cost.after,
        changes={
            "summary": summarize(comparison),
            "marks": {mark["urn"]: mark for mark in found},
            "found": found,
            "consequences": [(title, texts) for title, texts in consequences if texts and not comparison.is_empty],
            "cost": describe_cost(comparison),
            "outputs": [line for difference in comparison.outputs for line in list_lines(difference)],
        },
    )


def _describe(change: Change, names: dict[str, str]) -> dict[str, Any]:
    shown = change.differences if change.action not in ("added", "removed") else ()
    return {
        "urn": change.urn,
        "name": change.name,
        "kind": describe_type(change.type),
        "action": change.action,
        "about": describe_change(change, names),
        "lines": [line for difference in shown for line in list_lines(difference)],
    }
