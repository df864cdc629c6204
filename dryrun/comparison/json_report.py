"""Writes a comparison as JSON."""

from __future__ import annotations

import json
from typing import Any

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
