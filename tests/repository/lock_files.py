"""The lists of pyproject.toml, the lock files that `make lock` makes of them, and what packages say they need."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.plans import ROOT

RUNTIME = "runtime"
_HASH = re.compile(r"\s+--hash=sha256:([0-9a-f]{64})(?=\s|$)")
_PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
GROUPS = sorted(_PROJECT["dependency-groups"])


@dataclass(frozen=True, kw_only=True)
class Locked:
    """A package of a lock file: its exact version, perhaps with a marker, and the hashes of its files."""

    requirement: Requirement
    hashes: frozenset[str]

    @property
    def name(self) -> str:
        return canonicalize_name(self.requirement.name)

    @property
    def version(self) -> str:
        return str(self.requirement.specifier).removeprefix("==")

    def applies(self, environment: Mapping[str, str]) -> bool:
        """Whether pip installs it on a machine with these markers."""
        return self.requirement.marker is None or self.requirement.marker.evaluate(dict(environment))


def lock_file(group: str) -> Path:
    """Return the lock file of the program's own dependencies, or of a group."""
    return ROOT / ("requirements.txt" if group == RUNTIME else f"requirements-{group}.txt")


def read_list(group: str) -> list[Requirement]:
    """Return what pyproject.toml lists: the program's own dependencies, for a group together with the group's."""
    listed = [Requirement(entry) for entry in _PROJECT["project"]["dependencies"]]
    return listed if group == RUNTIME else [*listed, *_read_group(group)]


def included_groups(group: str) -> set[str]:
    """Return the group and the groups that it includes, however deep."""
    inner = (entry["include-group"] for entry in _PROJECT["dependency-groups"][group] if not isinstance(entry, str))
    return {group}.union(*(included_groups(name) for name in inner))


def read_lock(text: str) -> list[Locked]:
    """Parse a lock file.

    Raises:
        ValueError: a line is neither a comment nor a package with its hashes.

    """
    joined = re.sub(r"\\\n", "", text)
    return [_read_line(line) for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def needed(requirements: Iterable[Requirement], environment: Mapping[str, str]) -> set[str]:
    """Return the names of everything that pip installs for the requirements, by the metadata of installed packages.

    What is not installed, such as a package for another platform, counts as one that needs nothing.
    """
    names: set[str] = set()
    seen: set[tuple[str, str]] = set()
    queue = [one for one in requirements if one.marker is None or one.marker.evaluate(dict(environment))]
    while queue:
        requirement = queue.pop()
        names.add(canonicalize_name(requirement.name))
        for extra in ("", *requirement.extras):
            if (requirement.name, extra) not in seen:
                seen.add((requirement.name, extra))
                queue += _ask(requirement.name, {**environment, "extra": extra})
    return names


def _read_group(group: str) -> Iterator[Requirement]:
    for name in sorted(included_groups(group)):
        yield from (Requirement(entry) for entry in _PROJECT["dependency-groups"][name] if isinstance(entry, str))


def _read_line(line: str) -> Locked:
    hashes = frozenset(_HASH.findall(line))
    requirement = Requirement(_HASH.sub("", line).strip())
    if not hashes or not re.fullmatch(r"==[^*,]+", str(requirement.specifier)):
        raise ValueError(f"{line.strip()!r} must have an exact version and a hash")
    return Locked(requirement=requirement, hashes=hashes)


def _ask(name: str, environment: Mapping[str, str]) -> list[Requirement]:
    try:
        found = [Requirement(text) for text in requires(name) or ()]
    except PackageNotFoundError:
        return []
    return [one for one in found if one.marker is None or one.marker.evaluate(dict(environment))]
