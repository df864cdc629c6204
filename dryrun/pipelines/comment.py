"""Renders the one comment that a pull request gets: what it does to every stack."""

from __future__ import annotations

from typing import Final

from dryrun.markdown import LONGEST_COMMENT

from .comparison_folder import DATA_LOST, FAILED, NOTHING_LOST, PullRequestComparison, StackComparison
from .hosts import COMMENT_MARKER
from .previews import Preview, render_preview
from .untrusted_markdown import neutralize, shorten

ALLOW_LABEL: Final = "allow-data-loss"
_VERDICTS: Final = {
    NOTHING_LOST: "nothing that holds data is replaced or removed",
    DATA_LOST: "**data would be lost**",
    FAILED: "**the comparison failed**",
}
_CUT: Final = "_Shortened. The artifact of the run has the rest._"


def render_comment(comparison: PullRequestComparison, labels: frozenset[str], with_previews: bool) -> str:
    """Return the comment, of at most `LONGEST_COMMENT` characters.

    Text from the pull request's code is neutralized: it has no links, mentions or HTML.

    A pull request from a fork cannot ask Azure: a preview in its files is made up, and left out.
    """
    head = _render_head(comparison, labels)
    parts, room = [head], LONGEST_COMMENT - len(head)
    for position, one in enumerate(comparison.stacks):
        preview = one.preview if with_previews else None
        part = _render_stack(one, preview, room // (len(comparison.stacks) - position) - 2)
        parts.append(part)
        room -= len(part) + 2
    return "\n\n".join(parts)


def is_refused(comparison: PullRequestComparison, labels: frozenset[str]) -> bool:
    """Return whether the pull request may not be merged as it is."""
    return comparison.code == FAILED or (comparison.code == DATA_LOST and ALLOW_LABEL not in labels)


def _render_head(comparison: PullRequestComparison, labels: frozenset[str]) -> str:
    lines = [COMMENT_MARKER, "## What this pull request changes", ""]
    if not comparison.stacks:
        return "\n".join([*lines, "The repository has no stack file."])
    lines += ["| stack | dry run |", "| --- | --- |"]
    lines += [f"| `{one.stack}` | {_VERDICTS[one.code]} |" for one in comparison.stacks]
    if comparison.code == DATA_LOST:
        allowed = ALLOW_LABEL in labels
        said = f"The label `{ALLOW_LABEL}` allows it." if allowed else f"The label `{ALLOW_LABEL}` would allow it."
        lines += ["", said]
    note = "The code of the pull request itself compared it with its target branch, in dry runs without Azure."
    return "\n".join([*lines, "", f"Commit {comparison.commit}. {note}"])


def _render_stack(one: StackComparison, real: Preview | None, limit: int) -> str:
    """Return a stack's part: its comparison, and the real preview if there is one, open if somebody must look."""
    opening = "<details open>" if one.code != NOTHING_LOST else "<details>"
    frame = f"{opening}\n<summary><code>{one.stack}</code>: {_VERDICTS[one.code].strip('*')}</summary>\n\n"
    room = limit - len(frame) - len("\n\n</details>")
    preview = f"#### `pulumi preview`\n\n{render_preview(real)}\n\n" if real else ""
    preview = shorten(neutralize(preview), room // 2, _CUT) if preview else ""
    text = one.text if one.text.strip() else "The comparison wrote nothing."
    text = shorten(neutralize(text), room - len(preview) - 2, _CUT)
    return f"{frame}{text}\n\n{preview}".rstrip() + "\n\n</details>"
