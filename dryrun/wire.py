"""Between what crosses the wire and plain Python values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from google.protobuf import json_format, struct_pb2
from pulumi.runtime import rpc

from .plan import SECRET
from .sdk_private import require

require([(rpc, "_special_sig_key", str), (rpc, "_special_secret_sig", str)])
_SIGNATURE: Final[str] = rpc._special_sig_key
_SECRET_SIGNATURE: Final[str] = rpc._special_secret_sig


def decoded(struct: struct_pb2.Struct) -> dict[str, Any]:
    """A request's properties, secrets still in Pulumi's wrapping."""
    return dict(_whole(json_format.MessageToDict(struct)))


def encoded(properties: Mapping[str, Any]) -> struct_pb2.Struct:
    """The same, the other way."""
    return json_format.ParseDict(dict(properties), struct_pb2.Struct())


def plain(value: Any) -> Any:
    """A value without the wrapping of secrets."""
    return _unwrapped(value, lambda inner: plain(inner))


def masked(value: Any) -> Any:
    """A value with a mark in place of every secret."""
    return _unwrapped(value, lambda _: SECRET)


def is_secret(value: Any) -> bool:
    """Whether a secret stands in a value, at any depth."""
    if isinstance(value, Mapping):
        return _wrapped(value) or any(map(is_secret, value.values()))
    return isinstance(value, list) and any(map(is_secret, value))


def secret(value: Any) -> dict[str, Any]:
    """A value in the wrapping of secrets."""
    return {_SIGNATURE: _SECRET_SIGNATURE, "value": value}


def _wrapped(value: Mapping[str, Any]) -> bool:
    return value.get(_SIGNATURE) == _SECRET_SIGNATURE


def _unwrapped(value: Any, inside: Any) -> Any:
    if isinstance(value, Mapping):
        if _wrapped(value):
            return inside(value["value"])
        return {key: _unwrapped(item, inside) for key, item in value.items()}
    return [_unwrapped(item, inside) for item in value] if isinstance(value, list) else value


def _whole(value: Any) -> Any:
    """Whole numbers as such, and keys by the alphabet: the wire knows fractions only, and keeps no order of keys."""
    if isinstance(value, dict):
        return {key: _whole(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [_whole(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
