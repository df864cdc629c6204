"""Tests plan.mmd: valid Mermaid text, escaped, without secrets, equal for equal plans."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from dryrun.picture.architecture import describe_architecture
from dryrun.picture.mermaid import render_mermaid
from dryrun.plan import Plan
from tests.cases import CASES
from tests.dryrun.small_plan import small_plan
from tests.plans import plan_of

pytestmark = pytest.mark.usefixtures("untraced")

# Labels consist of characters without a meaning in Mermaid, character codes and line breaks.
LABEL = r"\"(?:[\w .,/()'+-]|#\d+;|<br>)+\""
LINE = re.compile(
    rf"flowchart TB| +subgraph \w+ \[{LABEL}\]| +end| +(?P<box>\w+)\[{LABEL}\]"
    rf"|  (?P<source>\w+) -->\|{LABEL}\| (?P<target>\w+)"
)


def render(plan: Plan) -> str:
    return render_mermaid(describe_architecture(plan))


def frames_around(text: str, title: str) -> list[str]:
    """Return the ids of the frames around the box with this title, from the outermost inwards."""
    around: list[str] = []
    for line in text.splitlines():
        if f'["{title}"]' in line:
            return around
        if line.strip() == "end":
            around.pop()
        elif "subgraph" in line:
            around.append(line.split()[1])
    raise AssertionError(f"no box {title}")


@pytest.mark.parametrize("case", CASES)
def test_every_line_is_a_frame_a_box_or_an_arrow_between_boxes(case: str) -> None:
    text = render(plan_of(*CASES[case]))
    found = [LINE.fullmatch(line) for line in text.splitlines()]
    assert [line for line, match in zip(text.splitlines(), found, strict=True) if not match] == []
    boxes = [match["box"] for match in found if match and match["box"]]
    assert len(boxes) == len(set(boxes))
    assert {match[end] for match in found if match and match["source"] for end in ("source", "target")} <= set(boxes)
    assert text.count("subgraph") == len(re.findall(r"^ *end$", text, re.MULTILINE))


def test_every_box_and_frame_of_the_picture_is_there() -> None:
    content = describe_architecture(small_plan())
    text = render_mermaid(content)
    titles = [box.title for box in (*content.boxes.values(), *content.frames.values())]
    assert [title for title in titles if f'["{title}"]' not in text] == []


def test_arrows_show_who_calls_whom_and_how_it_is_reached() -> None:
    assert '  sync -->|"reads secrets<br>private endpoint"| vault\n' in render(small_plan(private=True))
    assert '  sync -->|"reads secrets<br>public endpoint"| vault\n' in render(small_plan(private=False))


def test_database_is_in_the_network_when_it_has_a_private_subnet() -> None:
    assert frames_around(render(small_plan(private=True)), "Database") == ["group", "network"]
    assert frames_around(render(small_plan(private=False)), "Database") == ["group"]


def test_boxes_are_in_the_frame_of_their_side() -> None:
    text = render(small_plan())
    assert frames_around(text, "Git") == ["outside"]
    assert frames_around(text, "Key Vault") == ["group"]
    assert frames_around(text, "Secret sync") == ["group", "network", "cluster"]
    text = render(plan_of("prod"))
    assert frames_around(text, "Secret sync") == ["group", "network", "cluster", "sync_namespace"]
    assert '["Namespace external-secrets"]' in text
    assert frames_around(text, "Kubernetes Secrets") == ["group", "network", "cluster", "namespace"]


def test_special_characters_are_written_as_character_codes() -> None:
    dags = {"gitSync": {"enabled": True, "repo": "https://git.example.com/x", "period": '"] --> x\n%%{<b>`#1;& a:\\'}}
    text = render(small_plan(values={"dags": dags}))
    assert "DAGs, every #34;#93; --#62; x #37;#37;#123;#60;b#62;#96;#35;1#59;#38; a#58;#92;<br>via" in text
    assert all(LINE.fullmatch(line) for line in text.splitlines())


def test_text_holds_no_secret_and_no_sign_in() -> None:
    dags = {"gitSync": {"enabled": True, "repo": "https://user:word@git.example.com/team/dags.git"}}
    text = render(small_plan(values={"dags": dags}))
    assert "word" not in text
    assert "shown-anywhere" not in text
    plan = plan_of("prod")
    assert [name for name, value in plan.vault.items() if value in render(plan)] == []


def test_equal_plans_give_the_same_bytes() -> None:
    assert render(small_plan()) == render(small_plan())


def test_empty_plan_makes_an_empty_diagram() -> None:
    assert render(replace(small_plan(), resources=(), outputs={})) == "flowchart TB\n"
