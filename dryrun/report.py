"""The terminal summary of a dry run."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.text import Text

from dryrun.picture.azure import broker, database, network

from . import facts
from .images import images
from .kubernetes import chart_of
from .plan import Plan, Resource
from .tree import Component, beside, by_group, components
from .words import counted, inventory

_NAME_WIDTH: Final = 24
_LEAST_WIDTH: Final = 20

Row = tuple[str, str]


def print_summary(plan: Plan, out: Path | None) -> None:
    """Say in about a screen what the plan holds, and where to look further. Values are printed literally."""
    console = Console(highlight=False, markup=False, emoji=False)
    parts = components(plan)
    _line(console, (f"{plan.project} {plan.stack}", "bold"), (", dry run: nothing was created", ""))
    _line(console, (f"{facts.region(plan)}, {facts.airflow(plan)}, {counted(len(facts.made(plan)), 'resource')}", ""))
    console.print()
    for title, found in by_group(parts).items():
        _rows(console, title, [(part.name, inventory(part.resources) or "nothing in this stack") for part in found])
    if beside(plan):
        _rows(console, "Others", [("no component", inventory(beside(plan)))])
    _rows(console, "Good to know", _good_to_know(plan, parts))
    _rows(console, "Helm releases", [_release(release) for release in plan.releases])
    _rows(console, "Images", _images(plan))
    console.print()
    _warnings(console, plan)
    _end(console, plan, out)


def _line(console: Console, *pieces: tuple[str, str]) -> None:
    """Literal text with a style, without what a terminal would obey; a terminal breaks it, not we."""
    text = Text()
    for value, style in pieces:
        text.append("".join(character for character in value if character.isprintable()), style)
    console.print(text, soft_wrap=True)


def _rows(console: Console, title: str, rows: Iterable[Row]) -> None:
    """A titled list of names, each with what is to be said of it; nothing when there are none."""
    found = list(rows)
    if not found:
        return
    _line(console, (title, "bold cyan"))
    room = max(console.width - _NAME_WIDTH, _LEAST_WIDTH)
    for name, said in found:
        label = f"  {name}".ljust(_NAME_WIDTH - 1) + " "
        lines = _wrapped(said, room)
        if len(label) > _NAME_WIDTH:
            _line(console, (label, ""))
            label = " " * _NAME_WIDTH
        for number, line in enumerate(lines):
            _line(console, (" " * _NAME_WIDTH if number else label, ""), (line, ""))


def _wrapped(said: str, room: int) -> list[str]:
    lines = textwrap.wrap(said, room, break_on_hyphens=False) or [""]
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines]


def _good_to_know(plan: Plan, parts: tuple[Component, ...]) -> list[Row]:
    rows: list[Row] = []
    way_out = facts.outbound(next((part for part in parts if part.class_name == "Cluster"), None))
    for part in parts:
        match part.class_name:
            case "Network":
                rows.append((part.name, f"{_addresses(part)}, out through a {way_out}"))
            case "Cluster":
                rows.append(("nodes", ", ".join(_pool(pool) for pool in facts.pools(part))))
            case "Database" | "Broker":
                box = database(part) if part.class_name == "Database" else broker(part)
                rows.append((part.name, ", ".join([*box.lines[1:], box.access if box.private else "public endpoint"])))
    protected, kept = facts.protected(plan), facts.kept(plan)
    rows.append(("refuses deletion", inventory(protected) or "nothing: protectData is off"))
    return [*rows, ("stays when destroyed", inventory(kept))] if kept else rows


def _addresses(part: Component) -> str:
    return network(part).lines[0].rpartition(", ")[2]


def _pool(pool: facts.NodePool) -> str:
    return f"{pool.name} {pool.nodes}" + (" (spot)" if pool.spot else "")


def _release(release: Resource) -> Row:
    chart = chart_of(release)
    return str(chart["releaseName"]), f"chart {chart['name']} {chart['version']} in {chart['namespace']}"


def _images(plan: Plan) -> list[Row]:
    rows = []
    for image in images(plan):
        source = f"{image.source} {image.tag}" if image.source else f"{image.reference}, not imported"
        rows.append((image.name, f"{source}, {image.digest[:19]}..." if image.digest and image.source else source))
    return rows


def _warnings(console: Console, plan: Plan) -> None:
    if not plan.warnings:
        _line(console, ("No warnings", "green"))
        return
    _line(console, (counted(len(plan.warnings), "warning"), "bold yellow"))
    for text in plan.warnings:
        path, message = facts.warning(text)
        _line(console, (f"  {path}: " if path else "  ", "yellow"), (message, ""))


def _end(console: Console, plan: Plan, out: Path | None) -> None:
    secret = facts.secret_outputs(plan)
    _line(console, (counted(len(plan.outputs), "stack output") + (f", {secret} secret" if secret else ""), ""))
    if out is None:
        _line(console, ("No files written; --out DIR writes them, with a page to look at", ""))
    else:
        _line(console, (f"Files in {out}; open {out / 'plan.html'} in a browser", "bold"))
