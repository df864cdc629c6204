"""Tests what a comparison looks like on the terminal, in a comment, as JSON, as a diagram and on the page."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from dryrun.comparison.changes import Comparison
from dryrun.comparison.diagram import render_changed
from dryrun.comparison.json_report import render_json
from dryrun.comparison.markdown import escape, render_markdown, render_message
from dryrun.comparison.marks import render_marked_page
from dryrun.comparison.terminal import print_comparison
from dryrun.markdown import LONGEST_COMMENT
from dryrun.page import render_page
from dryrun.plan import Plan
from tests.dryrun.comparison.plans import SERVER, compare, plan_of, with_inputs
from tests.dryrun.markup import outline, section, text
from tests.dryrun.small_plan import resource, small_plan


def changed_plan() -> Plan:
    """The small plan with another database size, other Helm values, a node pool less and a share more."""
    plan = small_plan(values={"scheduler": {"replicas": 3}, "config": {"core": {"x": "<b>|@team"}}})
    kept = [
        with_inputs(found, sku={"name": "Standard_D2s"}) if found.type == SERVER else found
        for found in plan.resources
        if found.name not in ("cluster-pool-tasks", "log-storage-account")
    ]
    identity = resource("azure-native:managedidentity:UserAssignedIdentity", "new-identity")
    return replace(plan, resources=(*kept, identity), outputs={**plan.outputs, "airflowUrl": "https://x"})


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    return compare(small_plan(), changed_plan())


@pytest.fixture(scope="module")
def nothing() -> Comparison:
    return compare(small_plan(), small_plan())


def test_the_terminal_says_what_changes_and_what_it_means(
    comparison: Comparison, capsys: pytest.CaptureFixture[str]
) -> None:
    print_comparison(comparison)
    shown = capsys.readouterr().out
    assert "airflow-aks test: 2 removed, 1 added, 2 changed; 1 stack output differs" in shown
    assert "+ values.scheduler.replicas: 3" in shown
    assert shown.index("removed  node pool cluster-pool-tasks") < shown.index("Data is lost")


def test_the_terminal_says_that_nothing_changes(nothing: Comparison, capsys: pytest.CaptureFixture[str]) -> None:
    print_comparison(nothing)
    assert capsys.readouterr().out == "airflow-aks test: Nothing changes\n"


def test_allowed_data_loss_is_marked(comparison: Comparison, capsys: pytest.CaptureFixture[str]) -> None:
    print_comparison(comparison, allow_data_loss=True)
    assert "Data is lost (allowed)" in capsys.readouterr().out
    assert "**Data is lost (allowed)**" in render_markdown(comparison, allow_data_loss=True)


def test_the_comment_begins_with_what_is_lost_and_folds_the_details(comparison: Comparison) -> None:
    comment = render_markdown(comparison)
    assert comment.startswith("## `test`: 2 removed, 1 added, 2 changed; 1 stack output differs\n")
    alerts = re.findall(r"^> \[!(\w+)\]", comment, re.MULTILINE)
    assert alerts == ["CAUTION", "IMPORTANT"]
    assert comment.index("[!CAUTION]") < comment.index("<details>")
    assert comment.count("<details>") == comment.count("</details>") == 6
    assert "- sku.name: Standard_B2s\n+ sku.name: Standard_D2s" in comment


def test_a_comment_without_changes_is_one_line(nothing: Comparison) -> None:
    assert render_markdown(nothing) == "## `test`: Nothing changes\n"


def test_a_comment_contains_the_changed_part_of_the_architecture(comparison: Comparison) -> None:
    assert f"```mermaid\n{render_changed(comparison)}```" in render_markdown(comparison)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("@team", "&#64;team"),
        ("<script>", "&lt;script&gt;"),
        ("a | b", r"a \| b"),
        ("`pulumi up` fails", "`pulumi up` fails"),
        ("a\n# b", r"a \# b"),
    ],
)
def test_text_of_a_stack_file_is_no_markup_in_a_comment(given: str, shown: str) -> None:
    assert escape(given) == shown


def test_a_fence_in_a_value_does_not_end_the_block() -> None:
    old = resource(SERVER, "server", inputs={"version": "```"})
    comment = render_markdown(compare(old, with_inputs(old, version="@x")))
    assert "````diff\n- version: ```\n+ version: @x\n````\n" in comment


@pytest.mark.parametrize("count", [30, 2000])
def test_a_comment_is_never_too_long(count: int) -> None:
    olds = [resource(SERVER, f"server-{index}", inputs={"version": "16"}) for index in range(count)]
    news = [with_inputs(old, version="17" * 100) for old in olds]
    comment = render_markdown(compare(plan_of(*olds), plan_of(*news)))
    assert len(comment) <= LONGEST_COMMENT
    assert comment.count("<details>") == comment.count("</details>")
    assert ("longer than a comment may be" in comment) == (count > 1000)


def test_a_failure_is_a_comment_too() -> None:
    comment = render_message("prod", "airflow-aks:cluster.tier: must be one of Free\nsecond")
    assert comment.startswith("## `prod`: not compared\n")
    assert "airflow-aks:cluster.tier: must be one of Free\n" in comment
    assert len(render_message("prod", "x" * 70_000)) <= LONGEST_COMMENT


def test_json_has_everything(comparison: Comparison) -> None:
    content = json.loads(render_json(comparison, 2))
    assert (content["stack"], content["exitCode"], content["losesData"]) == ("test", 2, True)
    assert content["counts"] == {"replaced": 0, "removed": 2, "added": 1, "changed": 2, "renamed": 0}
    server = next(found for found in content["resources"] if found["name"] == "database-server")
    assert server["differences"] == [{"path": "sku.name", "old": "Standard_B2s", "new": "Standard_D2s"}]
    assert content["outputs"] == [{"path": "airflowUrl", "old": None, "new": "https://x"}]
    assert {found["severity"] for found in content["consequences"]} == {"data", "stops", "note"}


def test_two_comparisons_are_the_same_bytes(comparison: Comparison) -> None:
    again = compare(small_plan(), changed_plan())
    for render in (render_markdown, render_changed, render_marked_page, lambda found: render_json(found, 0)):
        assert render(comparison) == render(again)


def test_the_diagram_shows_what_changes_in_colour(comparison: Comparison) -> None:
    diagram = render_changed(comparison)
    assert "  class database changed\n" in diagram
    assert "  class nodes removed\n" in diagram
    assert "  class logs changed\n" in diagram
    assert "classDef replaced" not in diagram


def test_the_diagram_leaves_out_what_stays(comparison: Comparison) -> None:
    assert "Key Vault" not in render_changed(compare(small_plan(), only_database_changed()))


def only_database_changed() -> Plan:
    plan = small_plan()
    changed = [
        with_inputs(found, sku={"name": "Standard_D2s"}) if found.type == SERVER else found for found in plan.resources
    ]
    return replace(plan, resources=tuple(changed))


def test_there_is_no_diagram_if_nothing_drawn_changes(nothing: Comparison) -> None:
    assert render_changed(nothing) == ""


def test_the_page_is_well_formed_and_links_to_what_changes(comparison: Comparison) -> None:
    found = outline(render_marked_page(comparison))
    assert found.open == []
    assert [link for link in found.links() if link.removeprefix("#") not in found.ids] == []
    assert len(found.ids) == len(set(found.ids))


def test_the_page_marks_resources_and_lists_what_is_gone(comparison: Comparison) -> None:
    page = render_marked_page(comparison)
    overview = text(section(page, "changes"))
    assert "2 removed, 1 added, 2 changed" in overview
    assert "cluster-pool-tasks" in overview
    assert '<span class="badge change changed">changed</span>' in page
    assert "<del>- sku.name: Standard_B2s</del>" in page
    assert "<b>|@team" not in page


def test_a_page_without_a_comparison_has_no_marks() -> None:
    page = render_page(small_plan())
    assert 'id="changes"' not in page
    assert "badge change" not in page


def test_a_secret_is_in_no_report() -> None:
    old = resource(SERVER, "server", inputs={"password": "[secret]", "version": "1"})
    found = compare(old, with_inputs(old, version="2"))
    reports: list[Any] = [render_markdown(found), render_json(found, 0), render_marked_page(found)]
    assert all("cannot be seen here" in report for report in reports)
