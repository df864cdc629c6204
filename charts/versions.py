"""Which of many tags is the newest of its kind."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Dotted numbers that stand alone between separators: 3.3.2, v0.30.0, both of airflow-pgbouncer-2025.03.05-1.23.1.
# The number in -python3.12 belongs to a word and 3.3.3rc1 is no number: such text must stay as it is, so a pre-release
# never follows a release.
VERSION = re.compile(r"(?:(?<=^)|(?<=[-_]))(v?)(\d+(?:\.\d+)+)(?=$|[-_])")


def shape(tag: str) -> str:
    """Return the tag with # for every number of its versions: v1.2-alpine3.20 has the shape v#.#-alpine3.20."""
    return VERSION.sub(lambda found: found[1] + re.sub(r"\d+", "#", found[2]), tag)


def numbers(tag: str) -> tuple[int, ...]:
    """Return the numbers of its versions, in order."""
    return tuple(int(number) for found in VERSION.finditer(tag) for number in found[2].split("."))


def newest(current: str, offered: Iterable[str], within: str = "") -> str:
    """Return the newest of the current and the offered tags that has the current one's shape.

    `within` is a release line, for example 3.3: the first numbers must stay these.
    """
    line = tuple(int(number) for number in within.split(".")) if within else ()
    kind = shape(current)
    fitting = [tag for tag in offered if shape(tag) == kind and numbers(tag)[: len(line)] == line]
    # The current tag stands first, so that another spelling of the same numbers does not replace it.
    return max([current, *sorted(fitting)], key=numbers)


def airflow_version(tag: str) -> str:
    """Return Airflow's version of the tag of its image: the tag without a Python suffix."""
    return tag.partition("-python")[0]
