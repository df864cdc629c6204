"""Tests what is left of a stranger's Markdown, and how Markdown is shortened."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from dryrun.markdown import fence
from dryrun.pipelines.untrusted_markdown import neutralize, shorten

ALLOWED = re.compile(r"</?(?:b|br|code|details|sub|summary)>|<details open>", re.IGNORECASE)
MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table")
PIECES = [
    *"@#[]()<>!&;:/\\`|\n",
    *("```\n", "~~~", "\n\n", "-->", "<!--", "&#64;", "&lt;", "https://", "//a.example", "user", "1", "www.", "GH-1"),
    *("[a](b)", "[a]: https://b.example\n\n[a]", "![a](b)", "<a href=x>", "<img src=x", "<details>", "</details>"),
    *("\u202e", "\u200b"),
]


def tokens(text: str) -> list[tuple[str, str]]:
    """Return type and content of everything that a renderer sees."""
    found = []
    for block in MARKDOWN.parse(text):
        found += [(one.type, one.content) for one in (block, *(block.children or ()))]
    return found


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_no_link_image_or_other_html_survives(text: str) -> None:
    for kind, content in tokens(neutralize(text)):
        assert kind not in ("link_open", "image")
        if kind in ("html_inline", "html_block"):
            assert "<" not in re.sub(r"<(?![A-Za-z/!?])", "", ALLOWED.sub("", content))


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_nobody_is_mentioned_and_nothing_is_referred_to(text: str) -> None:
    for block in MARKDOWN.parse(neutralize(text)):
        # A line break stands between two words as a blank does.
        shown = "".join("\n" if one.type.endswith("break") else one.content for one in block.children or ())
        assert not re.search(r"@\w|#\d+\b|https?://|\bwww\.", shown)


@pytest.mark.parametrize(
    "text",
    [
        "### prod\n\n| a | b |\n| --- | --- |\n| `x` | **y** |",
        "<details>\n<summary>12 changed</summary>\n\n- `a` → `b`\n\n</details>",
        '```mermaid\nflowchart TB\n  a -->|"HTTPS<br>from anywhere"| b\n  classDef replaced stroke:#82071e\n```',
        "> [!CAUTION]\n> **Data is lost**\n> - the database\\[0\\]",
        "a < b & c, 1 &lt; 2",
    ],
)
def test_structure_stays_as_it_is(text: str) -> None:
    assert neutralize(text) == text


@pytest.mark.parametrize("text", ["@team", "fixes #12", "GH-12", "[x](y)", "<img src=x>", "<!-- m -->"])
def test_what_acts_stays_readable(text: str) -> None:
    changed = neutralize(text)
    assert changed != text
    assert changed.replace("\u200b", "") == text


def test_a_mention_as_an_entity_is_none() -> None:
    assert neutralize("&#64;team") == "@\u200bteam"


def test_characters_that_reorder_text_are_removed() -> None:
    assert neutralize("a\u202eb\x1b[31mc") == "ab[31mc"


def test_a_fence_holds_what_would_close_it() -> None:
    assert tokens(fence("```\n<b>\n````"))[0] == ("fence", "```\n<b>\n````\n")


def test_a_text_that_fits_is_not_changed() -> None:
    assert shorten("a\nb", 100, "cut") == "a\nb"


def test_a_shortened_text_says_so() -> None:
    assert shorten("a\n" * 100, 30, "cut").endswith("\n\ncut")


def test_what_is_open_is_closed() -> None:
    text = "<details>\n\n```text\n" + "a\n" * 100
    assert shorten(text, 80, "cut").endswith("a\n```\n\n</details>\n\ncut")


def test_an_end_without_a_beginning_is_removed() -> None:
    assert shorten("</details>\na</details>", 100, "cut") == "\na"


def test_ends_inside_of_code_stay() -> None:
    assert shorten("```\n</details>\n```", 100, "cut") == "```\n</details>\n```"


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join), st.integers(20, 200))
def test_a_shortened_text_is_never_longer(text: str, limit: int) -> None:
    assert len(shorten(text, limit, "cut")) <= limit
