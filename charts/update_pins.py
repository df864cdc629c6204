"""Look up newer charts, images and digests, and write them into charts/pins.yaml.

`python -m charts.update_pins` rewrites the file. With `--check` it only prints the changes. With `--only PART` it
handles one part of the file. The exit code is 1 when a source does not answer and, with `--check`, when there is a
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
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from components.settings.retirements import load_retirements
from components.settings.today import read_today

from .newest_tag import airflow_version, pick_newest, read_numbers
from .registry_lookup import Registries, SourceError

PINS_FILE = Path(__file__).with_name("pins.yaml")

Node = MutableMapping[str, Any]
Report = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Pinned:
    """A part of the file with images: a release line of Airflow, another chart, or the tools, which have no chart.

    `line`: the release line, if the part is one. `ended`: versions are kept, and only digests are updated.
    """

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
    retired = load_retirements().airflow
    for name, node in document.items():
        if name != "airflow":
            yield Pinned(label=name, node=node)
            continue
        for line, release in node.items():
            ended = line in retired and retired[line].date < today
            yield Pinned(label=f"{name} {line}", node=release, line=line, ended=ended)
            # The patches are read only after the line's update, which may add a patch. The version of a patch is fixed,
            # so only its digest is updated.
            yield Pinned(label=f"{name} {line} patch", node={"images": release.get("patches") or {}}, ended=True)


def update_image(registries: Registries, part: Pinned, name: str) -> str | None:
    """Set the newest tag of the same shape and its digest; returns the change as text. Raises SourceError.

    Airflow's own image stays within its release line, and the image's previous version becomes a patch of that line.
    After the end of life of a release line, tags are kept and only digests are updated.
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
    """Add the previous image to the line's patches, because a stack may select that version with `airflow.patch`.

    Remove the patch entry of the new version, which the line itself pins now.
    """
    patches = release.setdefault("patches", CommentedMap())
    patches.pop(airflow_version(tag), None)
    image = CommentedMap(old)
    image.fa.set_flow_style()
    patches[DoubleQuotedScalarString(airflow_version(old["tag"]))] = image


def update_chart(registries: Registries, part: Pinned, report: Report) -> str | None:
    """Set the chart's newest stable version and its package's digest; returns the change as text. Raises SourceError.

    Newer charts drop support for old Airflow. So a release line keeps the major version of its chart and, after its end
    of life, the chart itself. A newer version that is not set is reported.
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
    # A digest belongs to one version, so the old digest is removed even if the new version has none.
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
    """Update the document or one part of it; report each change and each failed lookup in one line.

    Returns whether anything changed, and whether any lookup failed.
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
    today = read_today()
    with httpx.Client(follow_redirects=True, timeout=30) as client:
        return run(PINS_FILE, client, today, _print, options.check, options.only)


def _make_yaml() -> YAML:
    layout = YAML()
    layout.preserve_quotes = True
    # Wide enough for an image with its digest, which is one line.
    layout.width = 4096
    return layout


def _replace(file: Path, text: str) -> None:
    """Replace the file atomically, so that the old file stays if writing fails."""
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
