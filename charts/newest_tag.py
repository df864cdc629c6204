"""Picks the newest of the tags that differ from the current tag only in their version numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Dotted numbers between separators: 3.3.2, v0.30.0, and both versions of airflow-pgbouncer-2025.03.05-1.23.1. The
# numbers in -python3.12 and 3.3.3rc1 do not match: a newer tag must repeat them, so no pre-release replaces a release.
VERSION = re.compile(r"(?:(?<=^)|(?<=[-_]))(v?)(\d+(?:\.\d+)+)(?=$|[-_])")


def get_shape(tag: str) -> str:
    """Return the tag with # for every number of its versions: v1.2-alpine3.20 has the shape v#.#-alpine3.20."""
    return VERSION.sub(lambda found: found[1] + re.sub(r"\d+", "#", found[2]), tag)


def read_numbers(tag: str) -> tuple[int, ...]:
    """Return the numbers of a tag's versions, in order."""
    return tuple(int(number) for found in VERSION.finditer(tag) for number in found[2].split("."))


def pick_newest(current: str, offered: Iterable[str], within: str = "") -> str:
    """Return the newest of the current tag and the offered tags of the same shape.

    `within`: a release line, for example 3.3; only tags of this line are considered.
    """
    line = tuple(int(number) for number in within.split(".")) if within else ()
    kind = get_shape(current)
    fitting = [tag for tag in offered if get_shape(tag) == kind and read_numbers(tag)[: len(line)] == line]
    # max returns the first of equal items, so another spelling of the same numbers does not replace the current tag.
    return max([current, *sorted(fitting)], key=read_numbers)


def airflow_version(tag: str) -> str:
    """Return the version of Airflow that an image's tag names: the tag without its Python suffix."""
    return tag.partition("-python")[0]
