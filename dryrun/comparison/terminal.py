"""Prints a comparison on the terminal."""

from __future__ import annotations

from typing import Final

from rich.console import Console
from rich.text import Text

from dryrun.words import describe_type

from .changes import Action, Change, Comparison, Severity
from .cost_texts import HEADER, CostTexts, describe_cost
from .wording import ACTIONS, TITLES, describe_change, list_lines, name_all, summarize

_STYLES: Final[dict[Action, str]] = {
    "replaced": "bold red",
    "removed": "red",
    "added": "green",
    "changed": "yellow",
    "renamed": "cyan",
}
_SEVERITIES: Final[dict[Severity, str]] = {
    "data": "bold red",
    "refused": "bold red",
    "stops": "bold yellow",
    "note": "bold",
}
_SIGNS: Final = {"-": "red", "+": "green"}


def print_comparison(comparison: Comparison, *, allow_data_loss: bool = False) -> None:
    """Print what differs, and last what it means. Terminal markup in values is not interpreted."""
    console = Console(highlight=False, markup=False, emoji=False)
    _print_line(
        console, (f"{comparison.new.project} {comparison.new.stack}", "bold"), (f": {summarize(comparison)}", "")
    )
    names = name_all(comparison.old, comparison.new)
    for action in ACTIONS:
        for change in comparison.of(action):
            _print_change(console, change, names)
    if comparison.outputs:
        _print_line(console, ("stack outputs", "bold"))
        _print_differences(console, [line for found in comparison.outputs for line in list_lines(found)])
    cost = describe_cost(comparison)
    if cost:
        _print_cost(console, cost)
    for severity, title in TITLES.items():
        found = comparison.with_severity(severity)
        if found and not comparison.is_empty:
            allowed = " (allowed)" if severity == "data" and allow_data_loss else ""
            console.print()
            _print_line(console, (title.replace("`", "") + allowed, _SEVERITIES[severity]))
            for consequence in found:
                _print_line(console, ("  ", ""), (consequence.text, ""))


def _print_change(console: Console, change: Change, names: dict[str, str]) -> None:
    about = describe_change(change, names)
    head = f"{describe_type(change.type)} {change.name}" + (f": {about}" if about else "")
    _print_line(console, (change.action.ljust(9), _STYLES[change.action]), (head, ""))
    if change.action not in ("added", "removed"):
        _print_differences(console, [line for found in change.differences for line in list_lines(found)])


def _print_cost(console: Console, cost: CostTexts) -> None:
    _print_line(console, (cost.summary, "dim" if cost.is_quiet else "bold"))
    rows = (HEADER, *cost.rows) if cost.rows else ()
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for component, least, most in rows:
        text = f"          {component:<{widths[0]}}  {least:>{widths[1]}}  {most:>{widths[2]}}"
        _print_line(console, (text, "dim" if component == HEADER[0] else ""))
    for note in cost.notes:
        _print_line(console, (f"          {note}", "dim"))


def _print_differences(console: Console, lines: list[tuple[str, str]]) -> None:
    for sign, text in lines:
        _print_line(console, (f"          {sign} {text}", _SIGNS[sign]))


def _print_line(console: Console, *pieces: tuple[str, str]) -> None:
    """Print text with styles, without control characters and line breaks. The terminal wraps it."""
    text = Text()
    for value, style in pieces:
        text.append("".join(character for character in value if character.isprintable()), style)
    console.print(text, soft_wrap=True)
