"""The picture with a gateway, teams, chaos and monitoring: where boxes stand, and what arrows and text cross."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from dryrun.picture.architecture import Frame, describe_architecture
from dryrun.picture.box import Placed
from dryrun.picture.layout import Picture, lay_out
from dryrun.picture.mermaid import render_mermaid
from dryrun.plan import Plan
from tests.case_values import HOST
from tests.cases import ENTRA
from tests.dryrun.test_arrow_drawing import passes
from tests.plans import ROOT, plan_of
from tests.program.test_operations_together import TOGETHER, together

ACCESS = {"host": HOST, "allowedCidrs": ["203.0.113.0/24"], "signIn": {**ENTRA, "federated": True}}
GATEWAY_TOO = {**TOGETHER, "access": {**ACCESS, "tls": {"issuer": "selfSigned"}}}
PLANS = {
    "together": lambda: together("prod"),
    "with a gateway": lambda: plan_of("prod", GATEWAY_TOO),
    "with csi": lambda: plan_of("prod", {**GATEWAY_TOO, "secrets.delivery": "csi"}),
    "with shares": lambda: plan_of("prod", {**TOGETHER, "dags.delivery": "azureFiles", "dags.git.repository": None}),
}
each = pytest.mark.parametrize("name", PLANS)
# The font of labels, in pixels: what stands above and below the line on which they are written.
ABOVE, BELOW = 9.0, 3.0
TITLE_LINES = (10.0, 28.0)


def drawn(plan: Plan) -> Picture:
    return lay_out(describe_architecture(plan))


def boxes(picture: Picture) -> dict[str, Placed]:
    return {box.key: box for box in picture.boxes}


def frames(picture: Picture) -> dict[str, Placed]:
    return {frame.key: frame for frame in picture.frames}


def stands_in(box: Placed, frame: Placed) -> bool:
    return frame.x <= box.x and box.right <= frame.right and frame.y <= box.y and box.bottom <= frame.bottom


@pytest.mark.parametrize("frame", get_args(Frame))
def test_every_frame_has_a_colour(frame: str) -> None:
    css = (ROOT / "dryrun" / "templates" / "plan.css").read_text(encoding="utf-8")
    rules = re.findall(r"([^{}]+)\{[^}]*\bfill:[^}]*\}", css)
    assert any(re.search(rf"\.frame\.{frame}\b", selector) for selector in rules), "an SVG shape is black without it"


@each
def test_no_arrow_passes_through_a_box(name: str) -> None:
    picture = drawn(PLANS[name]())
    found = [(arrow.label, box.key) for arrow in picture.arrows for box in picture.boxes if passes(arrow.path, box)]
    assert found == []


@each
def test_no_label_beside_an_arrow_covers_the_title_of_a_frame(name: str) -> None:
    picture = drawn(PLANS[name]())
    labels = [arrow for arrow in picture.arrows if arrow.beside]
    assert labels
    for frame in picture.frames:
        top, bottom = (frame.y + line for line in TITLE_LINES)
        for arrow in labels:
            if frame.x < arrow.x < frame.right:
                base = arrow.y + 4.0
                assert base + BELOW <= top or base - ABOVE >= bottom, (frame.title, arrow.label)


def test_the_certificate_stands_beside_the_gateway() -> None:
    picture = drawn(PLANS["with a gateway"]())
    place = frames(picture)["gateway_namespace"]
    assert stands_in(boxes(picture)["gateway"], place)
    assert stands_in(boxes(picture)["certificates"], place)


def test_the_namespaces_of_teams_stand_beside_airflows() -> None:
    picture = drawn(PLANS["together"]())
    team = next(box for box in picture.boxes if box.title == "Team access")
    assert not stands_in(team, frames(picture)["namespace"])
    assert stands_in(team, frames(picture)["cluster"])


def test_chaos_stands_in_airflows_namespace_and_says_what_it_deletes() -> None:
    plan = PLANS["together"]()
    chaos = next(box for box in drawn(plan).boxes if box.title == "Chaos")
    assert stands_in(chaos, frames(drawn(plan))["namespace"])
    assert chaos.lines == ("deletes a scheduler pod", "every 5 minutes")
    inside = render_mermaid(describe_architecture(plan)).partition('subgraph namespace ["Namespace airflow"]')[2]
    assert '["Chaos"]' in inside.partition("end")[0]
