"""Markdown for comments on pull requests: how long one may be, and code blocks that their text cannot close."""

from __future__ import annotations

import re
from typing import Final

# GitHub takes 65,536 characters, Azure DevOps 150,000.
LONGEST_COMMENT: Final = 60_000


def fence(text: str, language: str = "text") -> str:
    """Return a code block of a text, with a fence that is longer than any in it."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    marks = "`" * max(3, longest + 1)
    return f"{marks}{language}\n{text.rstrip()}\n{marks}"
