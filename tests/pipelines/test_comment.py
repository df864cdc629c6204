"""Tests the text of the comment."""

from __future__ import annotations

import pytest

from dryrun.markdown import LONGEST_COMMENT
from dryrun.pipelines.comment import is_refused, render_comment
from dryrun.pipelines.comparison_folder import PullRequestComparison, StackComparison
from dryrun.pipelines.hosts import COMMENT_MARKER
from dryrun.pipelines.previews import Change, Preview
from tests.pipelines.comparisons import HEAD, URN, stack

NO_LABEL: frozenset[str] = frozenset()
ALLOWED = frozenset({"allow-data-loss"})


def comparison(*stacks: StackComparison) -> PullRequestComparison:
    return PullRequestComparison(number=7, commit=HEAD, stacks=stacks)


def comment(*stacks: StackComparison, labels: frozenset[str] = NO_LABEL, with_previews: bool = True) -> str:
    return render_comment(comparison(*stacks), labels, with_previews)


def test_it_begins_with_the_marker() -> None:
    assert comment(stack("dev")).startswith(COMMENT_MARKER)


def test_it_shows_every_stack() -> None:
    text = comment(stack("dev", text="12 pods"), stack("prod", text="34 pods"))
    assert "12 pods" in text
    assert "34 pods" in text


@pytest.mark.parametrize(
    ("code", "verdict"), [(0, "nothing that holds data"), (1, "the comparison failed"), (2, "data would be lost")]
)
def test_each_outcome_has_its_verdict(code: int, verdict: str) -> None:
    assert verdict in comment(stack("dev", code))


def test_what_somebody_must_look_at_is_open() -> None:
    assert "<details open>" not in comment(stack("dev"))
    assert "<details open>" in comment(stack("dev", 2))


def test_it_says_how_lost_data_is_allowed() -> None:
    assert "would allow it" in comment(stack("dev", 2))
    assert "allows it" in comment(stack("dev", 2), labels=ALLOWED)


def test_a_stack_without_words_says_so() -> None:
    assert "wrote nothing" in comment(stack("dev", 1, text=" \n"))


def test_a_repository_without_stacks_has_a_comment() -> None:
    assert "no stack file" in comment()


def test_it_never_exceeds_its_limit() -> None:
    long = "| " + "a" * 200 + " |\n"
    text = comment(*(stack(f"stack-{number}", 2, long * 5000) for number in range(50)))
    assert len(text) <= LONGEST_COMMENT
    assert text.count("<details open>") == text.count("</details>") == 50


def test_room_that_one_stack_leaves_is_the_next_ones() -> None:
    text = comment(stack("dev", text="short"), stack("prod", text="a\n" * 40_000))
    assert len(text) > LONGEST_COMMENT * 0.95


def test_a_stack_cannot_hide_the_next_one() -> None:
    text = comment(stack("dev", text="<details><details>\n```"), stack("prod", text="visible"))
    assert text.index("```\n\n</details>\n\n</details>\n\n</details>") < text.index("visible")


def test_a_stranger_cannot_mention_anybody() -> None:
    assert "@team" not in comment(stack("dev", text="@team"))


def test_a_real_preview_stands_below_the_comparison() -> None:
    preview = Preview(stack="dev", changes=(Change("replace", URN, ("sku",)),), errors=())
    text = comment(stack("dev", preview=preview))
    assert text.index("pulumi preview") < text.index("registry-registry")


def test_a_preview_of_a_fork_is_left_out() -> None:
    preview = Preview(stack="dev", changes=(), errors=())
    assert "pulumi preview" not in comment(stack("dev", preview=preview), with_previews=False)


@pytest.mark.parametrize(
    ("code", "labels", "refused"),
    [(0, NO_LABEL, False), (1, NO_LABEL, True), (1, ALLOWED, True), (2, NO_LABEL, True), (2, ALLOWED, False)],
)
def test_the_label_allows_lost_data_and_no_failure(code: int, labels: frozenset[str], refused: bool) -> None:
    assert is_refused(comparison(stack("dev"), stack("prod", code)), labels) is refused
