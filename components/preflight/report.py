"""Shows the results: a progress bar while the checks run, a table, or JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from .findings import CheckResult, Finding, Status, would_fail
from .situation import Situation

_MARKS: Final = {
    Status.OK: ("ok", "green"),
    Status.WARNING: ("warning", "yellow"),
    Status.UNKNOWN: ("unknown", "magenta"),
    Status.FAILURE: ("FAILS", "bold red"),
}


@contextmanager
def show_progress(total: int) -> Iterator[Callable[[str], None]]:
    """Show a bar on a terminal's error output; yield the function that takes the name of each check that ends."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"))
    with Progress(
        *columns, TimeElapsedColumn(), console=console, transient=True, disable=not console.is_terminal
    ) as progress:
        task = progress.add_task("asking Azure", total=total)
        yield lambda name: progress.update(task, advance=1, description=name.ljust(20))


def print_table(situation: Situation, results: Sequence[CheckResult]) -> None:
    """Print the results as one table with what to do, and the verdict below it."""
    console = Console(highlight=False, markup=False, emoji=False)
    subscription = situation.subscription
    console.print(
        Text(f"{situation.settings.project} {situation.settings.stack}, preflight: nothing was changed", "bold")
    )
    console.print(_clean(f"{subscription.name} ({subscription.subscription_id}), {situation.location}"))
    table = Table(show_lines=False, header_style="bold", expand=False)
    for column, share in (("check", 2), ("", 1), ("found", 6), ("what to do", 5)):
        table.add_column(column, ratio=share, overflow="fold")
    for result in results:
        for number, finding in enumerate(_worth_showing(result)):
            word, style = _MARKS[finding.status]
            table.add_row(
                "" if number else result.name, Text(word, style), _clean(_describe(finding)), _clean(finding.remedy)
            )
    console.print(table)
    console.print(_verdict(results))


def print_json(situation: Situation, results: Sequence[CheckResult]) -> None:
    """Print the results as JSON, with every finding."""
    content: dict[str, Any] = {
        "project": situation.settings.project,
        "stack": situation.settings.stack,
        "location": situation.location,
        "subscription": situation.subscription.subscription_id,
        "wouldFail": would_fail(results),
        "checks": [
            {
                "name": result.name,
                "status": result.status.word,
                "findings": [
                    {
                        "status": finding.status.word,
                        "message": finding.message,
                        "remedy": finding.remedy,
                        "setting": finding.setting,
                    }
                    for finding in result.findings
                ],
            }
            for result in results
        ],
    }
    sys.stdout.write(json.dumps(content, indent=2) + "\n")


def _worth_showing(result: CheckResult) -> Sequence[Finding]:
    """Return the problems of a check; of a check without a problem, all that it found in one line."""
    problems = [finding for finding in result.findings if finding.status is not Status.OK]
    if problems:
        return sorted(problems, key=lambda finding: -finding.status)
    return [Finding(status=Status.OK, message="; ".join(finding.message for finding in result.findings))]


def _describe(finding: Finding) -> str:
    return f"{finding.setting}: {finding.message}" if finding.setting else finding.message


def _verdict(results: Sequence[CheckResult]) -> Text:
    count = {status: sum(result.status is status for result in results) for status in Status}
    rest = [f"{count[status]} {status.word}" for status in (Status.WARNING, Status.UNKNOWN) if count[status]]
    ending = f" ({', '.join(rest)})" if rest else ""
    if would_fail(results):
        return Text(f"`pulumi up` would fail: {count[Status.FAILURE]} of {len(results)} checks{ending}", "bold red")
    return Text(f"nothing found that makes `pulumi up` fail{ending}", "bold green" if not rest else "bold yellow")


def _clean(text: str) -> Text:
    """Return text without control characters: part of it comes from Azure."""
    return Text("".join(character for character in text if character.isprintable()))
