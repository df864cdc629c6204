"""Converts values of the config to the text that the Pulumi CLI passes to the program."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from .errors import ReadError
from .scalars import show_float, show_json_number


def show_value(value: Any) -> str:
    """Return a value of the config as the text that the program gets: text unchanged, everything else as JSON.

    Raises:
        ReadError: a number is not finite, which JSON cannot express.

    """
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else _json(value)


def _json(value: Any) -> str:
    match value:
        case Mapping():
            return "{" + ",".join(f"{_json(key)}:{_json(value[key])}" for key in sorted(value)) + "}"
        case list():
            return "[" + ",".join(map(_json, value)) + "]"
        case float() if not math.isfinite(value):
            raise ReadError(f"{show_float(value)} is no number that a setting can have")
        case float():
            return show_json_number(value)
        case str():
            text = json.dumps(value, ensure_ascii=False)
            # Go's JSON encoder escapes these characters, to make its output safe for HTML.
            for character in "<>&\u2028\u2029":
                text = text.replace(character, f"\\u{ord(character):04x}")
            return text
        case int() if value >= 2**63:
            # The CLI reads its own JSON again, and reads such a number as a float.
            return show_json_number(float(value))
    return json.dumps(value)
