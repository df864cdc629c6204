"""Texts that the terminal, the Markdown comment and the page share."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from typing import Any, Final

from dryrun.plan import Plan
from dryrun.words import pluralize

from .changes import Action, Change, Comparison, Reason, Severity
from .differences import ABSENT, Difference

ACTIONS: Final[tuple[Action, ...]] = ("replaced", "removed", "added", "changed", "renamed")
TITLES: Final[Mapping[Severity, str]] = {
    "data": "Data is lost",
    "refused": "`pulumi up` refuses or fails",
    "stops": "Airflow stops or restarts",
    "note": "Good to know",
}
_LONGEST: Final = 300
_NOTHING: Final = "Nothing changes"


def summarize(comparison: Comparison) -> str:
    """Return the counts of changes in one line, for example `2 replaced, 1 added; 1 stack output differs`."""
    if comparison.is_empty:
        return _NOTHING
    counts = [f"{len(found)} {action}" for action in ACTIONS if (found := comparison.of(action))]
    outputs = len({difference.path[0] for difference in comparison.outputs})
    verb = "differs" if outputs == 1 else "differ"
    parts = [", ".join(counts), f"{pluralize(outputs, 'stack output')} {verb}" if outputs else ""]
    return "; ".join(part for part in parts if part)


def describe_reason(reason: Reason, names: Mapping[str, str]) -> str:
    """Return why a resource is replaced. `names` are the logical names by URN."""
    cause = names.get(reason.cause or "", reason.cause)
    match reason.source:
        case "container":
            return f"goes with {cause}, which contains it"
        case "kubernetes provider":
            return "its Kubernetes provider is replaced, so it is made in another cluster"
        case "program":
            return f"the program asks for it when {reason.path} changes"
        case "azure" if cause:
            return f"{reason.path} takes {cause}, which only a replacement can change"
        case "azure":
            return f"Azure refuses another {reason.path}"
        case _ if cause:
            return f"{reason.path} takes the new {cause}"
        case _:
            return f"{reason.path} can only be set at creation"


def describe_change(change: Change, names: Mapping[str, str]) -> str:
    """Return why a resource is replaced, in which order, and its former name; empty if there is nothing to say."""
    texts = [describe_reason(reason, names) for reason in change.reasons]
    if change.action == "replaced" and not any(reason.source in ("azure", "container") for reason in change.reasons):
        texts.append("the old one is deleted first" if change.deleted_first else "the new one is created first")
    if change.former_name:
        texts.append(f"was {change.former_name}; the alias keeps it")
    return "; ".join(texts)


def show_value(value: Any) -> str:
    """Return a value on one line, as JSON unless it is text; long ones end in an ellipsis."""
    if value is ABSENT:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def list_lines(difference: Difference) -> list[tuple[str, str]]:
    """Return a difference as lines, each with its sign: `-` for the old value, `+` for the new one.

    For text of several lines and for lists of plain values, only what differs is shown.
    """
    old, new, path = difference.old, difference.new, difference.text
    if isinstance(old, str) and isinstance(new, str) and "\n" in old + new:
        lines = difflib.ndiff(old.splitlines(), new.splitlines())
        return [(line[0], f"{path}: {line[2:]}") for line in lines if line[0] in "-+"]
    if _is_plain_list(old) and _is_plain_list(new) and sorted(map(str, old)) != sorted(map(str, new)):
        gone, come = [item for item in old if item not in new], [item for item in new if item not in old]
        signs = [*(("-", item) for item in gone), *(("+", item) for item in come)]
        if signs:
            return [(sign, f"{path}: {show_value(item)}") for sign, item in signs]
    sides = (("-", old), ("+", new))
    return [(sign, f"{path}: {show_value(value)}") for sign, value in sides if value is not ABSENT]


def _is_plain_list(value: Any) -> bool:
    return isinstance(value, list) and not any(isinstance(item, Mapping | list) for item in value)


def name_all(*plans: Plan) -> dict[str, str]:
    """Return the logical name of each resource, by URN."""
    return {resource.urn: resource.name for plan in plans for resource in plan.resources}
