"""Changes values as the Pulumi CLI changes them when it rewrites a stack file.

The CLI rewrites every stack file to add the namespace to each config key. The rewrite changes values: whole floats
become integers, and a multi-line text may lose an empty first line. Source: LoadProjectStackBytes of Pulumi's SDK, and
the encoder of Go's yaml.v3.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any, Final

from .errors import ReadError
from .scalars import Scalar, Time, resolve, show_float

# The CLI does not write a text as a block if it has a space at its end or before a line break, or a character to
# escape.
_NO_BLOCK: Final = re.compile(
    r" \Z| [\n\u2028\u2029]|[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)


class OtherKey(str):
    """The text of a key that is not text in the file, for example a number."""

    __slots__ = ()


def normalize(value: Any) -> Any:
    """Return values as the CLI reads them from the rewritten file, with keys as text.

    Each key of a mapping in `value` is a pair: the key's YAML tag, and the key itself.

    Raises:
        ReadError: the CLI cannot read the rewritten file.

    """
    match value:
        case dict():
            content: dict[str, Any] = {}
            written: set[str] = set()
            for (tag, key), item in value.items():
                text = _written(key)
                if text in written:
                    raise ReadError(f"not valid YAML: the key {text} stands twice")
                written.add(text)
                content[key if tag == "!!str" else OtherKey(_shown(_again(key)))] = normalize(item)
            # The CLI writes the quoted key `"<<"` without quotes, and so merges its value when it reads the file again.
            quoted = content.pop("<<", {})
            for mapping in quoted if isinstance(quoted, list) else [quoted]:
                if not isinstance(mapping, dict):
                    raise ReadError('not valid YAML: "<<" merges a mapping or a list of mappings, also in quotes')
                content = {**mapping, **content}
            return content
        case list():
            return [normalize(item) for item in value]
    if isinstance(value, str):
        return _written_as_block(value)
    value = _again(value)
    return value.text if isinstance(value, Time) else value


def _written_as_block(text: str) -> str:
    """Return a multi-line text as the CLI writes and reads it: as a block, which loses an empty first line."""
    if "\n" not in text or _NO_BLOCK.search(text):
        return text
    if text[0] == "\t":
        raise ReadError("a text of several lines cannot begin with a tab: the Pulumi CLI cannot read it")
    return text[1:] if text[0] in "\n\u2028\u2029" else text


def _written(value: Scalar) -> str:
    match value:
        case None | bool():
            return json.dumps(value)
        case float():
            return show_float(value)
        case Time():
            return value.encoded
    return str(value)


def _again(value: Scalar) -> Scalar:
    return resolve(_written(value)) if isinstance(value, float | Time) else value


def _shown(value: Scalar) -> str:
    """Return a key that is not text as the text to which the CLI converts it."""
    match value:
        case None:
            return "<nil>"
        case float() if not math.isfinite(value):
            return {"nan": "NaN", "inf": "+Inf"}.get(str(value), "-Inf")
        case Time():
            return value.text
    return _written(value)
