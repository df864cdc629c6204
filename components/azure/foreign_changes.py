"""A stack transformation that ignores changes to the properties and tags that others own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import pulumi
from pulumi import ResourceOptions, ResourceTransformationArgs, ResourceTransformationResult

from .foreign_properties import FOREIGN

# The beginning of each word but the first, as the SDK divides names: `customCATrust` is custom_ca_trust.
_WORDS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def leave_alone(ignored_tags: Sequence[str]) -> None:
    """Make every Azure resource of the stack ignore changes to the properties that others own, and to the given tags.

    foreign_properties.py lists those properties. One stack transformation covers all resources. An ignored property
    keeps its value from the state, which is the value at creation or the value that a later refresh has read.
    """

    def ignore(args: ResourceTransformationArgs) -> ResourceTransformationResult | None:
        package, _, kind = args.type_.partition(":")
        if package != "azure-native":
            return None
        paths = [*_foreign_paths(kind, args.name, args.props), *_tag_paths(args.props, ignored_tags)]
        if not paths:
            return None
        opts = ResourceOptions.merge(args.opts, ResourceOptions(ignore_changes=paths))
        return ResourceTransformationResult(props=args.props, opts=opts)

    pulumi.runtime.register_stack_transformation(ignore)


def _foreign_paths(kind: str, name: str, props: Mapping[str, Any]) -> Iterator[str]:
    for entry in FOREIGN.get(kind, ()):
        if name not in entry.except_on:
            yield from (path for path in entry.paths if not (entry.if_unset and _is_set(props, path)))


def _is_set(props: Mapping[str, Any], path: str) -> bool:
    """Return whether the program sets a property, or an entry of one that maps names to values.

    The SDK passes unset properties as None, in snake_case, and properties with properties of their own as objects.
    """
    value: Any = props
    for name in path.split("."):
        snake_case = _WORDS.sub("_", name).lower()
        if isinstance(value, Mapping):
            value = value.get(name, value.get(snake_case))
        else:
            value = getattr(value, snake_case, None)
    return value is not None


def _tag_paths(props: Mapping[str, Any], names: Sequence[str]) -> Iterator[str]:
    """Yield the property paths of tags. Names are in quotes, because they may contain dots and spaces."""
    # For each type that has tags, the SDK passes the key `tags`, whether or not tags are set.
    if "tags" in props:
        yield from (f'tags["{name.replace(chr(34), chr(92) + chr(34))}"]' for name in names)
