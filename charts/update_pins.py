"""Look newer charts, images and digests up, and write them into charts/pins.yaml.

`python -m charts.update_pins` rewrites the file; with `--check` it only says what it would change, with `--only PART`
it looks at one part of it. It exits with 1 when a source did not answer and, with `--check`, when there is anything to
change.
"""

from __future__ import annotations

import argparse
import datetime
import io
import sys
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from ruamel.yaml import YAML

from .registry_lookup import Registries, SourceError
from .versions import newest, numbers

PINS_FILE = Path(__file__).with_name("pins.yaml")

Node = MutableMapping[str, Any]
Report = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Pinned:
    """A part of the file with its images: a release line of Airflow, another chart, or the tools, which have none."""

    label: str
    node: Node
    line: str = ""
    ended: bool = False


def parsed(text: str) -> Node:
    """Parse the file with its comments, quotes and layout."""
    document: Node = _layout().load(text)
    return document


def laid_out(document: Node) -> str:
    """Write the document as it was laid out."""
    text = io.StringIO()
    _layout().dump(document, text)
    return text.getvalue()


def pinned_parts(document: Node, today: datetime.date) -> Iterator[Pinned]:
    """Yield every release line and every other part."""
    for name, node in document.items():
        if name != "airflow":
            yield Pinned(label=name, node=node)
            continue
        for line, release in node.items():
            end = release.get("endOfLife")
            yield Pinned(label=f"{name} {line}", node=release, line=line, ended=end is not None and end < today)


def update_image(registries: Registries, part: Pinned, name: str) -> str | None:
    """Set the newest tag of the same shape and its digest; returns what changed. Raises SourceError.

    Airflow stays within its release line. When a line has ended, tags stay and only digests are looked up.
    """
    image = part.node["images"][name]
    source, old_tag, old_digest = image["source"], image["tag"], image.get("digest")
    tag = old_tag
    if not part.ended:
        within = part.line if name == "airflow" else ""
        tag = newest(old_tag, registries.tags(source), within)
    digest = registries.digest(source, tag)
    if (tag, digest) == (old_tag, old_digest):
        return None
    image["tag"], image["digest"] = tag, digest
    what = f"{part.label} {name}: {old_tag}"
    if tag != old_tag:
        return f"{what} -> {tag} {digest}"
    return f"{what} {digest}" + (f", the tag meant {old_digest} before" if old_digest else "")


def update_chart(registries: Registries, part: Pinned, report: Report) -> str | None:
    """Set the chart's newest stable version and its package's digest; returns what changed. Raises SourceError.

    A release line keeps its chart's major version and, when it has ended, its chart: newer ones drop old Airflow. What
    is newer than that is reported, not taken.
    """
    chart = part.node["chart"]
    old, old_digest = chart["version"], chart.get("sha256")
    offered = registries.chart_versions(chart["repository"], chart["name"])
    latest = newest(old, offered)
    within = str(numbers(old)[0]) if part.line else ""
    version = old if part.ended else newest(old, offered, within)
    if version != latest:
        report(f"{part.label} chart: {latest} is there but not taken, read its release notes first")
    digest = old_digest
    if version in offered:
        digest = registries.chart_digest(chart["repository"], chart["name"], version)
    if (version, digest) == (old, old_digest):
        return None
    chart["version"] = version
    # A digest belongs to its version: without a new one the old one goes, too.
    chart.pop("sha256", None)
    if digest:
        chart["sha256"] = digest
    what = f"{part.label} chart: {old}"
    if version != old:
        return f"{what} -> {version}" + (f" sha256:{digest}" if digest else "")
    return f"{what} sha256:{digest}" + (f", the package was sha256:{old_digest} before" if old_digest else "")


def update(
    document: Node, registries: Registries, today: datetime.date, report: Report, only: str | None = None
) -> tuple[bool, bool]:
    """Update the document or one part of it, with a line to `report` for each change and each source that fails.

    Returns whether anything changed, and whether any source failed.
    """
    changed = failed = False
    parts = {name: node for name, node in document.items() if only in (None, name)}
    for part in pinned_parts(parts, today):
        steps = [("chart", partial(update_chart, registries, part, report))] if "chart" in part.node else []
        steps += [(name, partial(update_image, registries, part, name)) for name in part.node["images"]]
        for name, step in steps:
            try:
                line = step()
            except SourceError as error:
                failed = True
                report(f"{part.label} {name}: not looked up, {error}")
                continue
            if line:
                changed = True
                report(line)
    return changed, failed


def run(
    file: Path, client: httpx.Client, today: datetime.date, report: Report, check: bool, only: str | None = None
) -> int:
    """Update the file, or only check it; returns the exit code."""
    document = parsed(file.read_text(encoding="utf-8"))
    if only is not None and only not in document:
        report(f"--only {only}: no such part; parts are {', '.join(document)}")
        return 2
    changed, failed = update(document, Registries(client), today, report, only)
    if changed and not check:
        _replace(file, laid_out(document))
    return int(failed or (check and changed))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m charts.update_pins", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--check", action="store_true", help="change nothing; exit with 1 when something is newer")
    parser.add_argument("--only", metavar="PART", help="look at one part of the file, for example tools")
    options = parser.parse_args(arguments)
    today = datetime.datetime.now(tz=datetime.UTC).date()
    with httpx.Client(follow_redirects=True, timeout=30) as client:
        return run(PINS_FILE, client, today, _print, options.check, options.only)


def _layout() -> YAML:
    layout = YAML()
    layout.preserve_quotes = True
    # A line for each image, however long its digest makes it.
    layout.width = 4096
    return layout


def _replace(file: Path, text: str) -> None:
    """Write the whole file or nothing."""
    beside = file.with_name(f".{file.name}.new")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
