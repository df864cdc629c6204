"""Prepares Markdown for a comment: takes away what acts on others, and shortens it without breaking its structure."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# Not visible, and no longer one word for GitHub and Azure DevOps: `@<gap>name` mentions nobody.
_GAP: Final = "\u200b"
_ALLOWED_TAG: Final = r"</?(?:b|br|code|details|sub|summary)>|<details open>"
_ALLOWED_ENTITY: Final = r"&(?:amp|gt|lt|nbsp|quot|#34|#39|#124);"
# The first character of what would act: tags, entities, mentions, links and their definitions, addresses, references.
_ACTIVE: Final = re.compile(
    "|".join(
        (
            f"(?P<kept>{_ALLOWED_TAG}|{_ALLOWED_ENTITY})",
            r"<(?=[A-Za-z/!?])",
            r"&(?=[A-Za-z#])",
            r"@(?=\w)",
            r"\](?=[(:])",
            r"/(?=\\*/)",
            r"(?<!\w)www(?=\.)",
            r"#(?=\d+\b)",
            r"(?<!\w)GH(?=-\d)",
        )
    ),
    re.IGNORECASE,
)
_FOLD: Final = re.compile(r"<(/?)details(?: open)?>")
_FENCE: Final = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")


def neutralize(text: str) -> str:
    """Return Markdown of an untrusted author that shows text, tables, folds and code, and does nothing else.

    Links, images, mentions, references to issues, comments and all other HTML stay readable as text. Characters that
    nobody sees are removed, because they reorder or hide text.
    """
    visible = "".join(one for one in text if one in "\n\t" or unicodedata.category(one) not in ("Cc", "Cf", "Co", "Cs"))
    # The comparison writes `@` as an entity, which would mention all the same.
    plain = visible.replace("&#64;", "@")
    return _ACTIVE.sub(lambda found: found[0] if found["kept"] else f"{found[0]}{_GAP}", plain)


def shorten(text: str, limit: int, note: str) -> str:
    """Return whole lines of Markdown of at most `limit` characters, with every code block and fold closed.

    A text that was shortened ends with the note.
    """
    lines: list[str] = []
    marks, folds, size, cut = "", 0, 0, False
    for line in text.splitlines():
        opened, after = _follow_fence(marks, line), folds
        if not marks and not opened:
            line, after = _follow_folds(line, folds)
        closing = _close(opened, after)
        if size + len(line) + 1 + len(closing) + len(note) + 2 > limit:
            cut = True
            break
        marks, folds = opened, after
        lines.append(line)
        size += len(line) + 1
    return "\n".join(lines) + _close(marks, folds) + (f"\n\n{note}" if cut else "")


def _follow_fence(marks: str, line: str) -> str:
    """Return the fence that is open after a line; empty if none is."""
    found = _FENCE.fullmatch(line)
    if found is None:
        return marks
    if not marks:
        return "" if found[1][0] == "`" and "`" in found[2] else found[1]
    closes = found[1][0] == marks[0] and len(found[1]) >= len(marks) and not found[2].strip()
    return "" if closes else marks


def _follow_folds(line: str, folds: int) -> tuple[str, int]:
    """Return a line without ends of folds that it does not open, and how many folds are open after it."""
    depth = folds

    def keep(found: re.Match[str]) -> str:
        nonlocal depth
        if found[1] and depth == 0:
            return ""
        depth += -1 if found[1] else 1
        return found[0]

    return _FOLD.sub(keep, line), depth


def _close(marks: str, folds: int) -> str:
    return (f"\n{marks}" if marks else "") + "\n\n</details>" * folds
