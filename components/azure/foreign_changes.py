"""Leaves alone what others own: a stack transformation that ignores their properties and tags."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pulumi
from pulumi import ResourceOptions, ResourceTransformationArgs, ResourceTransformationResult

from .foreign_properties import FOREIGN


def leave_alone(ignored_tags: Sequence[str]) -> None:
    """Ignore changes of what others own, and of the tags with these names, on every Azure resource of the stack.

    One stack transformation covers all of them. An ignored property keeps the value that the state has: what the
    program set at creation, or what a refresh has read since.
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
    """Return whether the program sets a top-level property; the SDK passes unset ones as None, in snake_case."""
    snake_case = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in path)
    return props[snake_case] is not None


def _tag_paths(props: Mapping[str, Any], names: Sequence[str]) -> Iterator[str]:
    """Yield the property paths of tags; in quotes, because a tag's name may hold dots and spaces."""
    # The SDK passes tags, set or not, for each type that has them.
    if "tags" in props:
        yield from (f'tags["{name.replace(chr(34), chr(92) + chr(34))}"]' for name in names)
