"""Properties on their way between the engine and the cloud: unknown, secret, ignored, as found."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any

from pulumi.runtime import rpc

from dryrun import cloud as simulation
from dryrun import wire

UNKNOWN = rpc.UNKNOWN


def marked(outputs: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Outputs, with those as secrets whose inputs were."""
    return {
        key: wire.wrap_secret(value) if key in given and wire.is_secret(given[key]) else value
        for key, value in outputs.items()
    }


def previewed(type_: str, name: str, given: dict[str, Any]) -> dict[str, Any]:
    """Outputs before the cloud has answered: what was given is known, what the cloud decides is not."""
    plain = wire.unwrap(given)
    _, outputs = simulation.create(type_, name, _known(plain))
    answered = {key: UNKNOWN if key not in plain or outputs[key] != plain[key] else given[key] for key in outputs}
    return {**given, **answered}


def _known(value: Any) -> Any:
    """A value with a stand-in for every unknown, for a simulation that wants something to work with."""
    if isinstance(value, dict):
        return {key: _known(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_known(item) for item in value]
    return "unknown" if value == UNKNOWN else value


def as_found(known: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    """The inputs of the state, with what the cloud has changed; what is unchanged keeps its wrapping."""
    plain = wire.unwrap(known)
    changed = {key: value for key, value in found.items() if plain.get(key) != value}
    return {**{key: value for key, value in known.items() if key in found}, **changed}


def ignore(path: str, old: dict[str, Any], new: dict[str, Any]) -> None:
    """Take the old value for a path that is to be ignored; for the paths that this program ignores."""
    parts = list(_parts(path))
    source: Any = copy.deepcopy(old)
    target: Any = new
    for part in parts[:-1]:
        try:
            source, target = source[part], target[part]
        except (KeyError, IndexError, TypeError):
            return
    try:
        target[parts[-1]] = source[parts[-1]]
    except (KeyError, IndexError, TypeError):
        if isinstance(target, dict):
            target.pop(parts[-1], None)


def _parts(path: str) -> Iterator[str | int]:
    """`a.b[0]["c.d"]` as `a`, `b`, 0 and `c.d`."""
    for quoted, bare in re.findall(r'\["((?:[^"\\]|\\.)*)"\]|([^.\[\]]+)', path):
        if bare:
            yield int(bare) if bare.isdigit() else bare
        else:
            yield re.sub(r"\\(.)", r"\1", quoted)
