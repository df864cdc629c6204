"""Look newer charts, images and digests up, and write them into charts/pins.yaml.

`python -m charts.update_pins` rewrites the file. With `--check` it prints the changes without making them, with
`--only PART` it handles one part of the file. It exits with 1 when a source did not answer and, with `--check`, when
there is a change.
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
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from .registry_lookup import Registries, SourceError
from .versions import airflow_version, pick_newest, read_numbers

PINS_FILE = Path(__file__).with_name("pins.yaml")

Node = MutableMapping[str, Any]
Report = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Pinned:
    """A part of the file with images: a release line of Airflow, another chart, or the tools, which have no chart."""

    label: str
    node: Node
    line: str = ""
    ended: bool = False


def parse(text: str) -> Node:
    """Parse the file with its comments, quotes and layout."""
    document: Node = _make_yaml().load(text)
    return document


def dump(document: Node) -> str:
    """Return the document as text with its original layout."""
    text = io.StringIO()
    _make_yaml().dump(document, text)
    return text.getvalue()


def list_parts(document: Node, today: datetime.date) -> Iterator[Pinned]:
    """Yield each release line of Airflow and each other part."""
    for name, node in document.items():
        if name != "airflow":
            yield Pinned(label=name, node=node)
            continue
        for line, release in node.items():
            end = release.get("endOfLife")
            yield Pinned(label=f"{name} {line}", node=release, line=line, ended=end is not None and end < today)
            # Read after the line was updated, which may add one. A patch is a version: only its digest is looked up.
            yield Pinned(label=f"{name} {line} patch", node={"images": release.get("patches") or {}}, ended=True)


def update_image(registries: Registries, part: Pinned, name: str) -> str | None:
    """Set the newest tag of the same shape and its digest; returns the change as text. Raises SourceError.

    Airflow's own image stays within its release line, and the version that it leaves becomes a patch of that line. Past
    a line's end of life, tags stay and digests are updated.
    """
    image = part.node["images"][name]
    old = dict(image)
    source, old_tag, old_digest = image["source"], image["tag"], image.get("digest")
    tag = old_tag
    if not part.ended:
        within = part.line if name == "airflow" else ""
        tag = pick_newest(old_tag, registries.list_tags(source), within)
    digest = registries.find_digest(source, tag)
    if (tag, digest) == (old_tag, old_digest):
        return None
    image["tag"], image["digest"] = tag, digest
    if part.line and name == "airflow" and tag != old_tag:
        keep_patch(part.node, old, tag)
    what = f"{part.label} {name}: {old_tag}"
    if tag != old_tag:
        return f"{what} -> {tag} {digest}"
    return f"{what} {digest}" + (f", the tag meant {old_digest} before" if old_digest else "")


def keep_patch(release: Node, old: Node, tag: str) -> None:
    """Keep the image that a line ran, because a stack may name its version in `airflow.patch`; drop what the line runs.

    An entry for the version that the line runs now would be a second pin of it.
    """
    patches = release.setdefault("patches", CommentedMap())
    patches.pop(airflow_version(tag), None)
    image = CommentedMap(old)
    image.fa.set_flow_style()
    patches[DoubleQuotedScalarString(airflow_version(old["tag"]))] = image


def update_chart(registries: Registries, part: Pinned, report: Report) -> str | None:
    """Set the chart's newest stable version and its package's digest; returns the change as text. Raises SourceError.

    A release line keeps its chart's major version and, past its end of life, its chart, as newer charts drop support
    for old Airflow. Newer versions that are not set are reported.
    """
    chart = part.node["chart"]
    old, old_digest = chart["version"], chart.get("sha256")
    offered = registries.list_chart_versions(chart["repository"], chart["name"])
    latest = pick_newest(old, offered)
    within = str(read_numbers(old)[0]) if part.line else ""
    version = old if part.ended else pick_newest(old, offered, within)
    if version != latest:
        report(f"{part.label} chart: {latest} is there but not taken, read its release notes first")
    digest = old_digest
    if version in offered:
        digest = registries.chart_digest(chart["repository"], chart["name"], version)
    if (version, digest) == (old, old_digest):
        return None
    chart["version"] = version
    # A digest belongs to its version: without a digest of the new version, the old digest is removed.
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
    """Update the document or one part of it, and report each change and each source that fails in a line.

    Returns whether anything changed, and whether any source failed.
    """
    changed = failed = False
    parts = {name: node for name, node in document.items() if only in (None, name)}
    for part in list_parts(parts, today):
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
    document = parse(file.read_text(encoding="utf-8"))
    if only is not None and only not in document:
        report(f"--only {only}: no such part; parts are {', '.join(document)}")
        return 2
    changed, failed = update(document, Registries(client), today, report, only)
    if changed and not check:
        _replace(file, dump(document))
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


def _make_yaml() -> YAML:
    layout = YAML()
    layout.preserve_quotes = True
    # Wide enough for an image with its digest, which is one line.
    layout.width = 4096
    return layout


def _replace(file: Path, text: str) -> None:
    """Replace the file atomically: when writing fails, the old one stays."""
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
