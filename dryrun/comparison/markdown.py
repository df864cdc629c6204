"""Writes a comparison as Markdown, for a comment on a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from dryrun.markdown import LONGEST_COMMENT, fence
from dryrun.words import describe_type, pluralize

from .changes import Action, Change, Comparison, Severity
from .cost_texts import HEADER, CostTexts, describe_cost
from .diagram import render_changed
from .wording import ACTIONS, TITLES, describe_change, list_lines, name_all, summarize

# Room for the sentence that says what is not shown, and for the end of a folded part.
_RESERVE: Final = 500
_LONGEST_LINE: Final = 400
_MOST_LINES: Final = 60
_LOUD: Final[tuple[Severity, ...]] = ("data", "refused", "stops")
_ALERTS: Final = {"data": "CAUTION", "refused": "WARNING", "stops": "IMPORTANT"}


def render_markdown(comparison: Comparison, *, allow_data_loss: bool = False) -> str:
    """Return the comparison as Markdown of at most LONGEST_COMMENT characters: what is loud, then folded details."""
    page = _Page()
    page.add(f"## `{comparison.new.stack}`: {summarize(comparison)}\n")
    cost = describe_cost(comparison)
    if cost is None:
        return page.text
    page.add(f"<sub>{cost.summary}</sub>\n" if cost.is_quiet else f"{escape(cost.summary)}\n")
    for severity in _LOUD:
        texts = [found.text for found in comparison.with_severity(severity)]
        if texts:
            title = TITLES[severity]
            if severity == "data" and allow_data_loss:
                title += " (allowed)"
            page.add(_render_alert(_ALERTS[severity], title, texts))
    diagram = render_changed(comparison)
    if diagram:
        page.add_folded("The changed part of the architecture", [f"```mermaid\n{diagram}```\n"])
    if cost.notes:
        page.add_folded("The cost by component", [_render_table(cost), *(f"{escape(note)}\n" for note in cost.notes)])
    names = name_all(comparison.old, comparison.new)
    for action in ACTIONS:
        changes = comparison.of(action)
        if changes:
            title = f"{pluralize(len(changes), 'resource')} {action}"
            page.add_folded(title, (_render_change(change, action, names) for change in changes))
    if comparison.outputs:
        lines = [line for difference in comparison.outputs for line in list_lines(difference)]
        page.add_folded("Stack outputs", [_render_lines(lines)])
    notes = comparison.with_severity("note")
    if notes:
        page.add_folded(TITLES["note"], [f"- {escape(found.text)}\n" for found in notes])
    return page.text


def render_message(stack: str, message: str) -> str:
    """Return the Markdown for a stack that was not compared: an error, or that there is nothing to compare."""
    text = f"## `{stack}`: not compared\n\n{_render_lines([(' ', line) for line in message.splitlines()])}"
    return text if len(text) <= LONGEST_COMMENT else f"{text[: LONGEST_COMMENT - 20]}\n...\n````\n"


def escape(text: str) -> str:
    """Return text that Markdown shows as it is, and that mentions nobody; code in backticks stays code."""
    pieces = re.split(r"(`[^`]*`)", " ".join(text.split()))
    return "".join(piece if index % 2 else _escape_plain(piece) for index, piece in enumerate(pieces))


def _escape_plain(text: str) -> str:
    escaped = re.sub(r"([\\*_\[\]|~#])", r"\\\1", text)
    return escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("@", "&#64;")


class _Page:
    """Markdown that grows up to LONGEST_COMMENT characters and says what did not fit."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._is_full = False

    @property
    def text(self) -> str:
        """The Markdown."""
        return "\n".join(self._parts)

    def add(self, part: str) -> bool:
        """Add a part; return False, and say so on the page once, if it does not fit."""
        if self._is_full:
            return False
        if self._length + len(part) + 1 > LONGEST_COMMENT - _RESERVE:
            self._is_full = True
            part = (
                "**The comparison is longer than a comment may be, and ends here.** `make compare` shows all of it, "
                "and the JSON file contains it.\n"
            )
        self._parts.append(part)
        self._length += len(part) + 1
        return not self._is_full

    def add_folded(self, title: str, items: Iterable[str]) -> None:
        """Add a part that a reader has to open; it ends properly, even if not every item fits."""
        if self._is_full:
            return
        self.add(f"<details><summary>{title}</summary>\n")
        for item in items:
            if not self.add(item):
                break
        self._parts.append("</details>\n")
        self._length += len("</details>\n") + 1


def _render_alert(kind: str, title: str, texts: list[str]) -> str:
    lines = [f"**{title}**", *(f"- {escape(text)}" for text in texts)]
    return f"> [!{kind}]\n" + "".join(f"> {line}\n" for line in lines)


def _render_table(cost: CostTexts) -> str:
    header, *rows = (f"| {' | '.join(map(escape, row))} |\n" for row in (HEADER, *cost.rows))
    return f"{header}| --- | ---: | ---: |\n{''.join(rows)}" if rows else ""


def _render_change(change: Change, action: Action, names: dict[str, str]) -> str:
    head = f"**{change.name}** ({describe_type(change.type)})"
    about = describe_change(change, names)
    lines = [line for difference in change.differences for line in list_lines(difference)]
    text = f"- {head}" + (f": {escape(about)}" if about else "") + "\n"
    if action in ("added", "removed") or not lines:
        return text
    return f"{text}\n{_render_lines(lines)}"


def _render_lines(lines: list[tuple[str, str]]) -> str:
    """Return lines with their signs in a block that GitHub colours."""
    texts = [f"{sign} {text}"[:_LONGEST_LINE] for sign, text in lines]
    if len(texts) > _MOST_LINES:
        texts = [*texts[:_MOST_LINES], f"  ... and {len(texts) - _MOST_LINES} more lines"]
    return fence("\n".join(texts), "diff") + "\n"
