"""Resolves scalars of YAML as the Pulumi CLI does: which unquoted texts are numbers, dates, booleans or null.

The CLI reads stack files with Go's yaml.v3, whose rules are neither those of YAML 1.1 nor of 1.2: `0042` is octal, `08`
is the float 8, `1_000` is 1000, `2027-01-31` is a time, and `yes` is text. Source: resolve.go of yaml.v3, and Go's
packages strconv and time.
"""

from __future__ import annotations

import calendar
import datetime
import math
import re
import time
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

_BOOLEANS: Final = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NULLS: Final = ("", "~", "null", "Null", "NULL")
_SPECIAL_FLOATS: Final = (
    dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan)
    | dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf)
    | dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf)
)
_INTEGER: Final = re.compile(r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
# A float that begins with a dot is parsed in the syntax of Go, which allows underscores between digits.
_DOTTED_FLOAT: Final = re.compile(r"\.[0-9]+(_[0-9]+)*([eE][-+]?[0-9]+(_[0-9]+)*)?")
_TIME: Final = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"
    r"(?:(?P<mark>[Tt]| +)(?P<hour>\d{1,2}):(?P<minute>\d{1,2}):(?P<second>\d{1,2})(?:[.,](?P<fraction>\d+))?"
    r"(?P<zone>Z|[-+]\d\d:\d\d)?)?",
    re.ASCII,
)
_INT64: Final = range(-(2**63), 2**63)
_UINT64: Final = range(2**64)


class ScalarError(ValueError):
    """A scalar that does not fit its tag, such as `!!int x`."""


@dataclass(frozen=True, kw_only=True)
class Time:
    """A point in time. `fraction` has no zeros at its end; `offset` is in minutes."""

    day: str
    clock: str
    fraction: str
    offset: int
    unix: int

    @property
    def encoded(self) -> str:
        """The text that the CLI writes when it rewrites a stack file, before it reads the config."""
        return f"{self.day}T{self._clock}{_offset(self.offset, ':') if self.offset else 'Z'}"

    @property
    def text(self) -> str:
        """The text that the program gets: Go's `Time.String`."""
        return f"{self.day} {self._clock} {_offset(self.offset)} {self._zone}"

    @property
    def _clock(self) -> str:
        return f"{self.clock}.{self.fraction}" if self.fraction else self.clock

    @property
    def _zone(self) -> str:
        """The name of the zone: this machine's zone, if it has the same offset at that time."""
        if not self.offset:
            return "UTC"
        local = time.localtime(self.unix)
        return local.tm_zone if local.tm_gmtoff == self.offset * 60 else _offset(self.offset)


Scalar = None | bool | int | float | str | Time


def resolve(text: str, tag: str | None = None) -> Scalar:
    """Return the value of an unquoted scalar, or of a scalar with a tag of YAML such as `!!int`.

    Raises:
        ScalarError: the text does not fit the tag.

    """
    value = text if tag == "!!str" else _untagged(text, times=tag in (None, "!!timestamp"))
    found = tag_of(value)
    if tag == "!!float" and found == "!!int" and isinstance(value, int) and value in _INT64:
        return float(value)
    if tag not in (None, found):
        raise ScalarError(f"cannot read {text!r} as {tag}")
    return value


def tag_of(value: Scalar) -> str:
    """Return the tag of a value."""
    if isinstance(value, bool):
        return "!!bool"
    names = {type(None): "!!null", int: "!!int", float: "!!float", str: "!!str", Time: "!!timestamp"}
    return names[type(value)]


def show_float(value: float) -> str:
    """Return a float as the CLI writes it into YAML: the fewest digits, with an exponent below 1e-4 and from 1e6 on."""
    if math.isnan(value):
        return ".nan"
    if math.isinf(value):
        return ".inf" if value > 0 else "-.inf"
    sign, digits, exponent = _shortest_digits(value)
    if not -4 <= exponent < 6:
        return f"{sign}{_scientific(digits, exponent)}"
    return f"{sign}{_positional(digits, exponent)}"


def show_json_number(value: float) -> str:
    """Return a finite float as Go's JSON encoder writes it, with an exponent only below 1e-6 and from 1e21 on."""
    sign, digits, exponent = _shortest_digits(value)
    if value and not 1e-6 <= abs(value) < 1e21:
        return f"{sign}{_scientific(digits, exponent)}".replace("e-0", "e-")
    return f"{sign}{_positional(digits, exponent)}"


def _untagged(text: str, *, times: bool) -> Scalar:
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if text in _SPECIAL_FLOATS:
        return _SPECIAL_FLOATS[text]
    if text[0] == ".":
        return _float(text.replace("_", ""), text) if _DOTTED_FLOAT.fullmatch(text) else text
    if text[0] not in "+-0123456789":
        return text
    if times and (moment := _time(text)) is not None:
        return moment
    plain = text.replace("_", "")
    if (number := _integer(plain)) is not None:
        return number
    return _float(plain, text) if _FLOAT.fullmatch(plain) else text


def _integer(text: str) -> int | None:
    """Return the number; None if the text is not an integer or does not fit 64 bits, or 63 bits if it has a sign."""
    found = _INTEGER.fullmatch(text)
    if found is None:
        return None
    sign, *by_base = found.groups()
    base, digits = next((base, part) for base, part in zip((16, 2, 8, 10), by_base, strict=True) if part is not None)
    if base == 10 and len(digits) > 20:
        return None
    number = int(digits, base)
    if sign == "-":
        number = -number
    return number if number in (_INT64 if sign else _UINT64) else None


def _float(number: str, text: str) -> float | str:
    """Return the number; if it is out of range, return the text."""
    value = float(number)
    return text if math.isinf(value) else value


def _time(text: str) -> Time | None:
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    # If the letter T separates date and time, a zone is required. If a space separates them, no zone is allowed.
    mark, zone = found["mark"], found["zone"]
    if mark is not None and (mark in "Tt") != (zone is not None):
        return None
    year, month, day = (int(found[name]) for name in ("year", "month", "day"))
    hour, minute, second = (int(found[name] or 0) for name in ("hour", "minute", "second"))
    # The calendar repeats every 400 years, and Python has no year 0.
    if not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(year + 400, month)[1]:
        return None
    if hour > 23 or minute > 59 or second > 59:
        return None
    offset = 0
    if zone not in (None, "Z"):
        hours, minutes = int(zone[1:3]), int(zone[4:6])
        if hours > 24 or minutes > 60:
            return None
        offset = (hours * 60 + minutes) * (-1 if zone[0] == "-" else 1)
    days = datetime.date(year + 400, month, day).toordinal() - datetime.date(2370, 1, 1).toordinal()
    return Time(
        day=f"{year:04d}-{month:02d}-{day:02d}",
        clock=f"{hour:02d}:{minute:02d}:{second:02d}",
        fraction=(found["fraction"] or "")[:9].rstrip("0"),
        offset=offset,
        unix=days * 86400 + hour * 3600 + minute * 60 + second - offset * 60,
    )


def _offset(minutes: int, colon: str = "") -> str:
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02d}{colon}{rest:02d}"


def _shortest_digits(value: float) -> tuple[str, str, int]:
    """Return the sign, the fewest digits that represent the value, and the exponent of the first digit."""
    parts = Decimal(repr(value)).as_tuple()
    digits = "".join(map(str, parts.digits)).rstrip("0") or "0"
    exponent = len(parts.digits) - 1 + int(parts.exponent) if value else 0
    return "-" if parts.sign else "", digits, exponent


def _scientific(digits: str, exponent: int) -> str:
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{digits[0]}{fraction}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def _positional(digits: str, exponent: int) -> str:
    if exponent < 0:
        return f"0.{'0' * (-exponent - 1)}{digits}"
    whole, fraction = digits[: exponent + 1].ljust(exponent + 1, "0"), digits[exponent + 1 :]
    return f"{whole}.{fraction}" if fraction else whole
