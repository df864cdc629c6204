"""Reads what `pulumi preview --json` found, keeps names without values, and shows it as Markdown."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from dryrun.markdown import fence

# Operations of the engine that change something, and what they do to the resource.
_KINDS: Final = {
    "create": "create",
    "update": "update",
    "delete": "delete",
    "replace": "replace",
    "create-replacement": "replace",
    "delete-replaced": "replace",
    "import": "import",
    "import-replacement": "replace",
}
_ORDER: Final = ("replace", "delete", "create", "import", "update")
_URN: Final = re.compile(r"urn:pulumi:[^\s`|<>]{1,1000}")
_PROPERTY: Final = re.compile(r"[^\s`|<>]{1,300}")
_ERROR_LIMIT: Final = 4000
_SHOWN: Final = 200


class PreviewFileError(Exception):
    """A file does not hold a preview as `dump_preview` writes it."""


@dataclass(frozen=True, order=True)
class Change:
    """What would happen to a resource, and the properties that differ."""

    kind: str
    urn: str
    properties: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What an update of a stack would change, or the errors that prevent it. It holds no value of any property."""

    stack: str
    changes: tuple[Change, ...]
    errors: tuple[str, ...]

    @property
    def clean(self) -> bool:
        """Whether the preview succeeded and found nothing to change."""
        return not self.changes and not self.errors


def read_preview(stack: str, code: int, out: str, err: str) -> Preview:
    """Return the preview that `pulumi preview --json` printed, with its exit code and error output."""
    try:
        digest = json.loads(out)
    except ValueError:
        digest = {}
    found: dict[str, Change] = {}
    for step in digest.get("steps") or []:
        kind = _KINDS.get(step["op"])
        if kind is not None:
            properties = {*(step.get("diffReasons") or ()), *(step.get("replaceReasons") or ())}
            properties |= set(step.get("detailedDiff") or ())
            found[step["urn"]] = _merge(found.get(step["urn"]), Change(kind, step["urn"], tuple(sorted(properties))))
    errors = [one["message"].strip() for one in digest.get("diagnostics") or [] if one.get("severity") == "error"]
    # With --expect-no-changes, the exit code says no more than the steps do.
    if code and not errors and not found:
        errors.append(err.strip() or out.strip() or f"pulumi ended with exit code {code}")
    shortened = tuple(one[:_ERROR_LIMIT] for one in errors if one)
    return Preview(stack=stack, changes=tuple(sorted(found.values())), errors=shortened)


def dump_preview(preview: Preview) -> str:
    """Return the preview as JSON."""
    changes = [{"kind": one.kind, "urn": one.urn, "properties": list(one.properties)} for one in preview.changes]
    return json.dumps({"stack": preview.stack, "changes": changes, "errors": list(preview.errors)}, indent=2) + "\n"


def load_preview(text: str) -> Preview:
    """Return the preview that a file holds.

    Raises:
        PreviewFileError: it holds anything else. The file may come from a pull request of anybody.

    """
    try:
        content = json.loads(text)
        stack, changes, errors = content["stack"], content["changes"], content["errors"]
        preview = Preview(
            stack=_text(stack), changes=tuple(map(_load_change, changes)), errors=tuple(map(_text, errors))
        )
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise PreviewFileError("the file holds no preview") from error
    return preview


def render_preview(preview: Preview) -> str:
    """Return the preview as Markdown: the errors, or a table of changes with the most dangerous first."""
    if preview.errors:
        return "\n\n".join(["The preview failed:", *map(fence, preview.errors)])
    if not preview.changes:
        return "Nothing would change."
    counts = Counter(one.kind for one in preview.changes)
    ordered = sorted(preview.changes, key=lambda one: (_ORDER.index(one.kind), one.urn))
    rows = [f"| {one.kind} | `{_shorten(one.urn)}` | {_list(one.properties)} |" for one in ordered[:_SHOWN]]
    more = [f"\n{len(ordered) - _SHOWN} more are in the log."] if len(ordered) > _SHOWN else []
    summary = ", ".join(f"{counts[kind]} to {kind}" for kind in _ORDER if counts[kind])
    return "\n".join([f"{summary}.", "", "| | resource | properties |", "| --- | --- | --- |", *rows, *more])


def _merge(first: Change | None, second: Change) -> Change:
    """Return one change of the several steps of a resource: a replacement is a creation and a deletion."""
    if first is None:
        return second
    kind = min(first.kind, second.kind, key=_ORDER.index)
    return Change(kind, second.urn, tuple(sorted({*first.properties, *second.properties})))


def _load_change(content: Mapping[str, Any]) -> Change:
    kind, urn, properties = content["kind"], content["urn"], content["properties"]
    known = kind in _ORDER and _URN.fullmatch(urn) and all(map(_PROPERTY.fullmatch, properties))
    if not known or not isinstance(properties, list):
        raise ValueError(kind)
    return Change(kind, urn, tuple(properties))


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > _ERROR_LIMIT:
        raise ValueError("no text of a preview")
    return value


def _shorten(urn: str) -> str:
    """Return a resource's type and name."""
    return "::".join(urn.split("::")[-2:]).rpartition("$")[2]


def _list(properties: tuple[str, ...]) -> str:
    shown = ", ".join(f"`{one}`" for one in properties[:8])
    return f"{shown} and {len(properties) - 8} more" if len(properties) > 8 else shown
