"""Rules for tags: those of the stack file, those that Azure reserves, and those that others set."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from components.stack_file.problems import Problem, key_path

from .context import Context, Rule

# Key Vault allows 15 tags on a secret; the program sets project and stack. Source: Key Vault, "About secrets".
_MOST_TAGS: Final = 13
# Source: Azure, "Use tags to organize your Azure resources", limitations.
_RESERVED_TAGS: Final = ("azure", "microsoft", "windows")


def tags_fit(context: Context) -> Iterator[Problem]:
    """Tags repeat neither each other nor the program's tags, and a Key Vault secret has room for all of them."""
    for tag in context.settings.tags:
        if tag.lower() in ("project", "stack"):
            yield Problem(
                path=key_path("tags", tag), message="is set by the program on every resource; use another name"
            )
    if len(context.settings.tags) > _MOST_TAGS:
        count = len(context.settings.tags)
        yield Problem(
            path=key_path("tags"), message=f"has {count} tags: at most {_MOST_TAGS} fit beside project and stack"
        )
    seen: dict[str, str] = {}
    for tag in context.settings.tags:
        other = seen.setdefault(tag.lower(), tag)
        if other != tag:
            yield Problem(path=key_path("tags", tag), message=f"is the same tag as {other!r}: Azure ignores case")


def tags_are_not_reserved(context: Context) -> Iterator[Problem]:
    """No tag begins with a word that Azure keeps for itself."""
    for tag in context.settings.tags:
        word = next((word for word in _RESERVED_TAGS if tag.lower().startswith(word)), None)
        if word is not None:
            own = tag[len(word) :].lstrip("-_.: ") or "team"
            yield Problem(
                path=key_path("tags", tag),
                message=f"begins with {word}, and Azure reserves {', '.join(_RESERVED_TAGS)}: use another name, for "
                f"example {own}",
            )


def ignored_tags_are_not_ours(context: Context) -> Iterator[Problem]:
    """No ignored tag is a tag that the stack file or the program sets."""
    settings = context.settings
    ours = {tag.lower(): key_path("tags", tag) for tag in settings.tags}
    ours |= dict.fromkeys(("project", "stack"), "the program")
    for index, tag in enumerate(settings.ignored_tags):
        setter = ours.get(tag.lower())
        if setter is not None:
            yield Problem(
                path=key_path("ignoredTags", index),
                message=f"{tag} is set by {setter} on every resource: name only tags that others set",
            )


TAG_ERRORS: tuple[Rule, ...] = (
    tags_fit,
    tags_are_not_reserved,
    ignored_tags_are_not_ours,
)
