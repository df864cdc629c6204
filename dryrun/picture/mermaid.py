"""Renders the picture as Mermaid text, which GitHub and other Markdown viewers draw."""

from __future__ import annotations

import re
from collections.abc import Container
from typing import Final

from .architecture import Architecture, Frame
from .box import Box, is_in_subnet

# From the outermost inwards; the namespaces of the gateway and of the secret sync stand beside the innermost.
_FRAMES: Final[tuple[Frame, ...]] = ("group", "network", "cluster", "namespace")
_OTHERS: Final[dict[Frame, tuple[str, ...]]] = {
    "gateway_namespace": ("gateway", "certificates"),
    "sync_namespace": ("sync",),
}
_FRAME_OF_SIDE: Final[dict[str, Frame]] = {"azure": "group", "kubernetes": "cluster", "airflow": "namespace"}


def render_mermaid(content: Architecture) -> str:
    """Return an architecture as a Mermaid flowchart of frames, boxes and arrows.

    Boxes have their titles only. Names, sizes and versions are on the page, so that this text changes less often.
    """
    boxes = dict(content.boxes)
    if content.pools:
        boxes["nodes"] = Box(title="Node pools", side="kubernetes")
    places = {key: _find_frame(key, box, content.frames) for key, box in boxes.items()}

    def render_boxes(frame: Frame | None, indent: str) -> list[str]:
        return [f"{indent}{make_id(key)}[{_quote(boxes[key].title)}]" for key in boxes if places[key] == frame]

    lines = ["flowchart TB"]
    if None in places.values():
        lines += ['  subgraph outside ["Outside Azure"]', *render_boxes(None, "    "), "  end"]
    indent = "  "
    for frame in (frame for frame in _FRAMES if frame in content.frames):
        lines.append(f"{indent}subgraph {frame} [{_quote(content.frames[frame].title)}]")
        indent += "  "
        lines += render_boxes(frame, indent)
        for other in (other for other in _OTHERS if frame == "cluster" and other in content.frames):
            lines.append(f"{indent}subgraph {other} [{_quote(content.frames[other].title)}]")
            lines += [*render_boxes(other, f"{indent}  "), f"{indent}end"]
    lines += [f"{indent[:end]}end" for end in range(len(indent) - 2, 0, -2)]
    flows = [(flow.source, flow.target, flow.label, flow.note) for flow in content.flows]
    flows += [("nodes", key, "pods sign in", "") for key in boxes if key.startswith("identity:")]
    for source, target, *texts in flows:
        if {source, target} <= set(boxes):
            lines.append(f"  {make_id(source)} -->|{_quote(*texts)}| {make_id(target)}")
    return "\n".join(lines) + "\n"


def _find_frame(key: str, box: Box, frames: Container[Frame]) -> Frame | None:
    """Return the innermost drawn frame around a box; None if the box is outside Azure."""
    frame = _FRAME_OF_SIDE.get(box.side)
    own = next((other for other, inside in _OTHERS.items() if key in inside and other in frames), None)
    if own is not None:
        return own
    if key == "secrets":
        frame = "namespace"
    elif is_in_subnet(box):
        frame = "network"
    around = _FRAMES[: _FRAMES.index(frame) + 1] if frame else ()
    return next((frame for frame in reversed(around) if frame in frames), None)


def make_id(key: str) -> str:
    """Return the id of a box in the Mermaid text."""
    return re.sub(r"\W", "_", key)


def _quote(*lines: str) -> str:
    """Return lines as a quoted label, with character codes for characters that Mermaid or HTML would interpret."""
    escaped = [re.sub(r"[^\w .,/()'+-]", lambda found: f"#{ord(found[0])};", " ".join(line.split())) for line in lines]
    return f'"{"<br>".join(line for line in escaped if line)}"'
