"""Reads the values of a stack file as the Pulumi CLI does, with its rules for keys, aliases and merges."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import yaml

from .errors import ReadError
from .nodes import AliasNode, ListNode, MapNode, Node, ScalarNode, read_document
from .rewriting import normalize
from .scalars import Scalar, ScalarError, resolve, tag_of

_RESOLVED_TAGS: Final = (None, "!!str", "!!bool", "!!int", "!!float", "!!null", "!!timestamp")
# Go's decoder gives up if more than these numbers of values come from aliases and exist in all, and if more than this
# part of all values comes from aliases.
_LEAST_ALIASES, _LEAST_VALUES, _MOST_OF_ALIASES = 100, 1000, 0.99


def read_values(content: bytes) -> Any:
    """Return the values of the first document: null, booleans, numbers, text, lists, and mappings whose keys are text.

    Raises:
        ReadError: the content is not valid YAML, or the CLI would refuse the file.

    """
    try:
        document = read_document(content)
        return None if document is None else normalize(_Decoder().decode(document))
    except yaml.reader.ReaderError as error:
        raise ReadError("is not UTF-8 text, or contains a control character") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise ReadError(f"not valid YAML: {reason}", mark.line + 1 if mark is not None else None) from error
    except RecursionError as error:
        raise ReadError("is nested too deeply") from error


class _Decoder:
    """Converts nodes to values. A mapping's key is a pair of YAML tag and key, so that 1, true and "1" differ."""

    def __init__(self) -> None:
        self._open: set[int] = set()
        self._values = self._from_aliases = self._depth = 0

    def decode(self, node: Node) -> Any:
        self._count()
        match node:
            case AliasNode():
                return self._follow(node)
            case ScalarNode():
                return _scalar(node)
            case ListNode():
                return [self.decode(item) for item in node.items]
            case MapNode():
                found: dict[tuple[str, Any], Any] = {}
                only_text = all(_key_tag(key) in ("!!str", "!!merge") for key, _ in node.pairs)
                self._fill(node, found, set(), only_text=only_text)
                return found
        raise AssertionError(node)

    def _follow(self, alias: AliasNode) -> Any:
        with self._inside(alias):
            return self.decode(alias.target)

    @contextmanager
    def _inside(self, node: Node) -> Iterator[None]:
        """While an alias is decoded, count the values as repeated by the alias; do nothing for any other node."""
        if not isinstance(node, AliasNode):
            yield
            return
        if id(node) in self._open:
            raise ReadError(f"not valid YAML: the anchor {node.anchor} contains itself", node.line)
        self._open.add(id(node))
        self._depth += 1
        yield
        self._depth -= 1
        self._open.discard(id(node))

    def _fill(
        self, node: MapNode, found: dict[tuple[str, Any], Any], done: set[tuple[str, Any]], *, only_text: bool
    ) -> None:
        """Add the pairs of a mapping, except keys that are done, and then the pairs of the mappings that it merges."""
        _refuse_duplicates(node)
        merged: Node | None = None
        own = set()
        for key_node, value_node in node.pairs:
            if isinstance(key_node, ScalarNode) and key_node.merges:
                merged = value_node
                continue
            key = self._key(key_node, only_text=only_text)
            own.add(key)
            if key not in done:
                found[key] = self.decode(value_node)
        if merged is None:
            return
        done |= own
        for item in merged.items if isinstance(merged, ListNode) else [merged]:
            self._count()
            mapping = item.target if isinstance(item, AliasNode) else item
            if not isinstance(mapping, MapNode):
                raise ReadError("not valid YAML: << merges a mapping or a list of mappings", item.line)
            before = set(found)
            with self._inside(item):
                self._fill(mapping, found, done, only_text=only_text)
            done |= set(found) - before

    def _key(self, node: Node, *, only_text: bool) -> tuple[str, Any]:
        value = self.decode(node)
        if isinstance(value, dict | list):
            raise ReadError("not valid YAML: a key must be text", node.line)
        target = node.target if isinstance(node, AliasNode) else node
        if only_text and isinstance(target, ScalarNode):
            return "!!str", target.text
        return tag_of(value), value

    def _count(self) -> None:
        self._values += 1
        self._from_aliases += bool(self._depth)
        if (
            self._from_aliases > _LEAST_ALIASES
            and self._values > _LEAST_VALUES
            and self._from_aliases > self._values * _MOST_OF_ALIASES
        ):
            raise ReadError("not valid YAML: aliases repeat too much")


def _key_tag(node: Node) -> str:
    if isinstance(node, AliasNode):
        return _key_tag(node.target)
    if isinstance(node, ScalarNode):
        if node.merges:
            return "!!merge"
        return node.tag or tag_of(resolve(node.text))
    return node.tag or "!!map"


def _scalar(node: ScalarNode) -> Scalar:
    if node.tag == "!!binary":
        try:
            return base64.b64decode("".join(node.text.split("\n")), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError) as error:
            raise ReadError("!!binary must be text in base64", node.line) from error
    if node.tag not in _RESOLVED_TAGS:
        return node.text
    try:
        return resolve(node.text, node.tag)
    except ScalarError as error:
        raise ReadError(f"not valid YAML: {error}", node.line) from error


def _refuse_duplicates(node: MapNode) -> None:
    """Refuse a key that stands twice. The CLI compares texts, so `1` and `"1"` are the same key."""
    seen: set[tuple[type, str]] = set()
    for key, _ in node.pairs:
        text = key.text if isinstance(key, ScalarNode) else key.anchor if isinstance(key, AliasNode) else ""
        if (type(key), text) in seen:
            raise ReadError(f"not valid YAML: the key {text} stands twice", key.line)
        seen.add((type(key), text))
