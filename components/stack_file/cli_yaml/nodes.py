"""Reads YAML into nodes, with PyYAML's parser adapted to the parser of the Pulumi CLI.

Both parsers go back to libyaml. The CLI's parser also accepts tabs between tokens and inside plain text, and reads only
the first document.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import yaml
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner, ScannerError
from yaml.tokens import ScalarToken

from .errors import ReadError

_BREAKS: Final = "\r\n\x85\u2028\u2029"
_BLANKS_AND_BREAKS: Final = f" \t{_BREAKS}"
_END: Final = f"\0{_BLANKS_AND_BREAKS}"
_ESCAPES: Final = {**{key: text for key, text in Scanner.ESCAPE_REPLACEMENTS.items() if key != "/"}, "'": "'"}
_TAGS: Final = "tag:yaml.org,2002:"


@dataclass(eq=False)
class Node:
    """A part of a document. `tag` is None for an unquoted scalar without a tag; `line` counts from 1."""

    line: int
    tag: str | None


@dataclass(eq=False)
class ScalarNode(Node):
    """A scalar, as its text."""

    text: str

    @property
    def merges(self) -> bool:
        """Whether this key is `<<`, which merges the mappings of its value."""
        return self.text == "<<" and self.tag in (None, "!!merge")


@dataclass(eq=False)
class ListNode(Node):
    """A list."""

    items: list[Node] = field(default_factory=list)


@dataclass(eq=False)
class MapNode(Node):
    """A mapping, as pairs in the order of the file."""

    pairs: list[tuple[Node, Node]] = field(default_factory=list)


@dataclass(eq=False)
class AliasNode(Node):
    """A reference to an anchor."""

    anchor: str
    target: Node


def read_document(content: bytes) -> Node | None:
    """Return the first document; None for an empty file.

    Raises:
        yaml.YAMLError, ReadError: the content is not valid YAML.

    """
    events: Any = _Events(content)
    try:
        events.get_event()
        if events.check_event(yaml.StreamEndEvent):
            return None
        events.get_event()
        return _Composer(events).compose()
    except (ValueError, OverflowError) as error:
        if isinstance(error, ReadError):
            raise
        # An escape such as \UFFFFFFFF stands for no character.
        raise ReadError("not valid YAML: a character that does not exist", events.get_mark().line + 1) from error
    finally:
        events.dispose()


class _Composer:
    def __init__(self, events: Any) -> None:
        self._events = events
        self._anchors: dict[str, Node] = {}

    def compose(self) -> Node:
        event = self._events.get_event()
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._anchors:
                raise ReadError(f"not valid YAML: the anchor {event.anchor} does not exist", line)
            return AliasNode(line, None, event.anchor, self._anchors[event.anchor])
        tag = _short_tag(event.tag)
        if isinstance(event, yaml.ScalarEvent):
            if any("\ud800" <= character <= "\udfff" for character in event.value):
                raise ReadError("not valid YAML: half of a surrogate pair is no character", line)
            quoted = event.style is not None
            return self._keep(event, ScalarNode(line, "!!str" if quoted and tag is None else tag, event.value))
        if isinstance(event, yaml.SequenceStartEvent):
            items = ListNode(line, tag)
            self._keep(event, items)
            while not self._events.check_event(yaml.SequenceEndEvent):
                items.items.append(self.compose())
            self._events.get_event()
            return items
        pairs = MapNode(line, tag)
        self._keep(event, pairs)
        while not self._events.check_event(yaml.MappingEndEvent):
            key = self.compose()
            pairs.pairs.append((key, self.compose()))
        self._events.get_event()
        return pairs

    def _keep(self, event: yaml.NodeEvent, node: Node) -> Node:
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        return node


def _short_tag(tag: str | None) -> str | None:
    if tag in (None, "!"):
        return None
    return f"!!{tag.removeprefix(_TAGS)}" if tag.startswith(_TAGS) else tag


class _Events(Reader, Scanner, Parser):
    """PyYAML's parser, without its composer and constructor."""

    def __init__(self, content: bytes) -> None:
        vars(self)["ESCAPE_REPLACEMENTS"] = _ESCAPES
        Reader.__init__(self, content)
        Scanner.__init__(self)
        Parser.__init__(self)

    def scan_directive(self) -> Any:
        """Refuse a directive other than `%TAG` and `%YAML 1.1`."""
        token = super().scan_directive()
        if token.name not in ("TAG", "YAML") or (token.name == "YAML" and token.value != (1, 1)):
            raise ScannerError(None, None, "only the directives %TAG and %YAML 1.1 are known", token.start_mark)
        return token

    def scan_block_scalar_indentation(self) -> Any:
        """Find the indentation of a block of text, and refuse a tab in it."""
        found = super().scan_block_scalar_indentation()
        self._refuse_tab(self.column + 1)
        return found

    def scan_block_scalar_breaks(self, indent: int) -> Any:
        """Read empty lines of a block of text, and refuse a tab in their indentation."""
        found = super().scan_block_scalar_breaks(indent)
        self._refuse_tab(indent)
        return found

    def scan_to_next_token(self) -> None:
        """Skip spaces, comments and line breaks, and also tabs where no indentation can stand."""
        if self.index == 0 and self.peek() == "\ufeff":
            self.forward()
        while True:
            while self.peek() == " " or (self.peek() == "\t" and (self.flow_level or not self.allow_simple_key)):
                self.forward()
            if self.peek() == "#":
                while self.peek() not in f"\0{_BREAKS}":
                    self.forward()
            if not self.scan_line_break():  # type: ignore[no-untyped-call]
                return
            if not self.flow_level:
                self.allow_simple_key = True

    def scan_plain(self) -> ScalarToken:
        """Read an unquoted scalar, which may continue on further lines if they are indented. Tabs count as spaces."""
        start = end = self.get_mark()
        indent = self.indent + 1
        text = gap = ""
        while not self._at_document_mark():
            length = 0
            while self.peek() != "#" and not self._ends_plain(length):
                length += 1
            if not length:
                break
            text += gap + self.prefix(length)
            self.forward(length)
            end = self.get_mark()
            self.allow_simple_key = False
            gap, broken = self._scan_gap(indent)
            if broken:
                self.allow_simple_key = True
            if not gap or (not self.flow_level and self.column < indent):
                break
        return ScalarToken(text, True, start, end)

    def _at_document_mark(self) -> bool:
        return self.column == 0 and self.prefix(3) in ("---", "...") and self.peek(3) in _END

    def _ends_plain(self, length: int) -> bool:
        character = self.peek(length)
        if character == ":":
            return self.peek(length + 1) in _END
        return character in _END or bool(self.flow_level and character in ",?[]{}")

    def _scan_gap(self, indent: int) -> tuple[str, bool]:
        """Read the gap between two words; return it folded, and whether it contains a line break."""
        spaces, breaks = "", []
        while self.peek() in _BLANKS_AND_BREAKS:
            if self.peek() in _BREAKS:
                breaks.append(self.scan_line_break())  # type: ignore[no-untyped-call]
                continue
            if breaks:
                self._refuse_tab(indent)
            spaces += "" if breaks else self.peek()
            self.forward()
        if not breaks:
            return spaces, False
        first, rest = breaks[0], "".join(breaks[1:])
        return (rest or " " if first == "\n" else first + rest), True

    def _refuse_tab(self, indent: int) -> None:
        if self.peek() == "\t" and self.column < indent:
            raise ScannerError(None, None, "a tab cannot indent", self.get_mark())
