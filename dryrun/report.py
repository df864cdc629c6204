"""Prints the summary of a dry run on the terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.text import Text

from dryrun.picture.azure import describe_broker, describe_database, describe_network
from dryrun.picture.gateway import describe_visitors

from . import facts
from .duration_reader import load_durations
from .images import list_images
from .manifests import describe_chart
from .plan import Plan, Resource
from .remains import list_remains
from .timeline import compute_timeline, describe_critical_path, format_seconds
from .tree import Component, group_components, list_components, list_others
from .words import pluralize, summarize

_NAME_WIDTH: Final = 24
_LEAST_WIDTH: Final = 20

Row = tuple[str, str]


def print_summary(plan: Plan, out: Path | None) -> None:
    """Print the plan on about one screen, and the folder of its files. Terminal markup in values is not interpreted."""
    console = Console(highlight=False, markup=False, emoji=False)
    parts = list_components(plan)
    _print_line(console, (f"{plan.project} {plan.stack}", "bold"), (", dry run: nothing was created", ""))
    resources = pluralize(len(facts.list_created(plan)), "resource")
    _print_line(console, (f"{facts.find_region(plan)}, {facts.describe_airflow(plan)}, {resources}", ""))
    console.print()
    for title, found in group_components(parts).items():
        rows = [(part.name, summarize(part.resources) or "nothing in this stack") for part in found]
        _print_rows(console, title, rows)
    if list_others(plan):
        _print_rows(console, "Others", [("no component", summarize(list_others(plan)))])
    _print_rows(console, "Good to know", _list_facts(plan, parts))
    _print_rows(console, "Helm releases", [_describe_release(release) for release in plan.releases])
    _print_rows(console, "Rendered charts", [_describe_release(chart) for chart in plan.rendered_charts])
    _print_rows(console, "Images", _describe_images(plan))
    console.print()
    _print_warnings(console, plan)
    _print_end(console, plan, out)


def _print_line(console: Console, *pieces: tuple[str, str]) -> None:
    """Print text with styles, without control characters and line breaks. The terminal wraps it."""
    text = Text()
    for value, style in pieces:
        text.append("".join(character for character in value if character.isprintable()), style)
    console.print(text, soft_wrap=True)


def _print_rows(console: Console, title: str, rows: Iterable[Row]) -> None:
    """Print a title and a list of names with descriptions; print nothing for an empty list."""
    found = list(rows)
    if not found:
        return
    _print_line(console, (title, "bold cyan"))
    room = max(console.width - _NAME_WIDTH, _LEAST_WIDTH)
    for name, description in found:
        label = f"  {name}".ljust(_NAME_WIDTH - 1) + " "
        lines = _wrap(description, room)
        if len(label) > _NAME_WIDTH:
            _print_line(console, (label, ""))
            label = " " * _NAME_WIDTH
        for number, line in enumerate(lines):
            _print_line(console, (" " * _NAME_WIDTH if number else label, ""), (line, ""))


def _wrap(description: str, room: int) -> list[str]:
    lines = textwrap.wrap(description, room, break_on_hyphens=False) or [""]
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines]


def _list_facts(plan: Plan, parts: tuple[Component, ...]) -> list[Row]:
    rows: list[Row] = []
    way_out = facts.describe_outbound(next((part for part in parts if part.class_name == "Cluster"), None))
    for part in parts:
        match part.class_name:
            case "Network":
                rows.append((part.name, f"{_read_addresses(part)}, out through a {way_out}"))
            case "Cluster":
                rows.append(("nodes", ", ".join(_format_pool(pool) for pool in facts.list_pools(part))))
            case "Database" | "Broker":
                box = describe_database(part) if part.class_name == "Database" else describe_broker(part)
                rows.append((part.name, ", ".join([*box.lines[1:], box.access if box.private else "public endpoint"])))
    rows.extend(_describe_way_in(plan))
    rows.extend(_describe_timeline(plan))
    protected, kept = facts.list_protected(plan), list_remains(plan)
    rows.append(("refuses deletion", summarize(protected) or "nothing: protectData is off"))
    return [*rows, *(("" if index else "stays when destroyed", text) for index, text in enumerate(kept))]


def _describe_way_in(plan: Plan) -> Iterator[Row]:
    """Yield who can reach the UI, unless the stack has none."""
    if not plan.outputs.get("airflowVersion"):
        return
    url = plan.outputs.get("airflowUrl")
    if not url:
        yield "way in", "nothing is reachable from outside, a port-forward leads to the UI: output connectCommand"
        return
    visitors, internal = describe_visitors(plan)
    yield "way in", f"{url}, {visitors}, through {'an internal' if internal else 'a public'} gateway"


def _describe_timeline(plan: Plan) -> Iterator[Row]:
    timeline = compute_timeline(plan, load_durations())
    yield "first update", f"about {format_seconds(timeline.seconds)}: {describe_critical_path(timeline)}"
    if timeline.untimed:
        yield "", f"without typical times for {', '.join(timeline.untimed)}"


def _read_addresses(part: Component) -> str:
    return describe_network(part).lines[0].rpartition(", ")[2]


def _format_pool(pool: facts.NodePool) -> str:
    return " ".join(filter(None, [pool.name, pool.nodes, pool.vm_size, "(spot)" if pool.spot else ""]))


def _describe_release(release: Resource) -> Row:
    chart = describe_chart(release)
    place = f" in {chart['namespace']}" if chart["namespace"] else ""
    return str(chart["releaseName"]), f"chart {chart['name']} {chart['version']}{place}"


def _describe_images(plan: Plan) -> list[Row]:
    rows = []
    for image in list_images(plan):
        source = f"{image.source} {image.tag}" if image.source else f"{image.reference}, not imported"
        rows.append((image.name, f"{source}, {image.digest[:19]}..." if image.digest and image.source else source))
    return rows


def _print_warnings(console: Console, plan: Plan) -> None:
    if not plan.warnings:
        _print_line(console, ("No warnings", "green"))
        return
    _print_line(console, (pluralize(len(plan.warnings), "warning"), "bold yellow"))
    for text in plan.warnings:
        path, message = facts.split_warning(text)
        _print_line(console, (f"  {path}: " if path else "  ", "yellow"), (message, ""))


def _print_end(console: Console, plan: Plan, out: Path | None) -> None:
    secret = facts.count_secret_outputs(plan)
    _print_line(console, (pluralize(len(plan.outputs), "stack output") + (f", {secret} secret" if secret else ""), ""))
    if out is None:
        _print_line(console, ("No files written; --out DIR writes them, with a page to look at", ""))
    else:
        _print_line(console, (f"Files in {out}; open {out / 'plan.html'} in a browser", "bold"))
