"""What the program gets for values of a stack file: scalars by the CLI's resolver, and structures as JSON.

The tests without an engine hold the dry run to this table, the tests with one hold the table to the real CLI.
"""

from __future__ import annotations

# The text of a value in the file, and what the program gets for a key with this value.
SCALARS: dict[str, str] = {
    # Integers: octal with 0 and 0o, hexadecimal, binary, with a sign and with underscores.
    "0042": "34",
    "007": "7",
    "-0o17": "-15",
    "0o17": "15",
    "0x1F": "31",
    "-0X10": "-16",
    "0b101": "5",
    "1_000": "1000",
    "+5": "5",
    "18446744073709551615": "18446744073709551615",
    # Floats, which are integers again when they are whole.
    "08": "8",
    "019": "19",
    "1e3": "1000",
    "1.0": "1",
    "1.50": "1.5",
    ".5": "0.5",
    "1e6": "1000000",
    "1e21": "1e+21",
    "1e-7": "1e-7",
    "18446744073709551616": "18446744073709552000",
    # Times.
    "2027-01-31": "2027-01-31 00:00:00 +0000 UTC",
    "2027-1-2": "2027-01-02 00:00:00 +0000 UTC",
    "2027-01-31 10:20:30.50": "2027-01-31 10:20:30.5 +0000 UTC",
    "2027-01-31T10:20:30Z": "2027-01-31 10:20:30 +0000 UTC",
    # Booleans and null; what is one for YAML 1.1 only is text.
    "true": "true",
    "False": "false",
    "~": "",
    "null": "",
    "Null": "",
    "": "",
    "yes": "yes",
    "off": "off",
    "y": "y",
    # Texts that look like something else.
    "12:30": "12:30",
    "2027-02-30": "2027-02-30",
    "1.35.2": "1.35.2",
    "0o8": "0o8",
    "0x": "0x",
    "1e400": "1e400",
    "1,000": "1,000",
    "+": "+",
    "a\tb": "a\tb",
    "a  # comment": "a",
    # Quotes and tags.
    '"0042"': "0042",
    "'1e3'": "1e3",
    "!!str 0042": "0042",
    '!!int "0x10"': "16",
    "!!float 3": "3",
    "!custom 5": "5",
    "!!binary aGFsbG8=": "hallo",
    # Texts of several lines; one that begins with an empty line loses it.
    "|\n    a\n     b\n": "a\n b\n",
    ">-\n    a\n    b\n\n    c\n": "a b\nc",
    '"\\na"': "a",
}
# The same for structures; `value` may hold the name of an anchor above it.
STRUCTURES: dict[str, str] = {
    "[]": "[]",
    "{}": "{}",
    "[0042, 08, 1e3, yes, ~, 2027-01-31]": '[34,8,1000,"yes",null,"2027-01-31 00:00:00 +0000 UTC"]',
    "{b: 1, a: {z: 0x1F, y: .5}}": '{"a":{"y":0.5,"z":31},"b":1}',
    "{size: 18446744073709551615}": '{"size":18446744073709552000}',
    "{1: a, true: b, 1.5: c, ~: d}": '{"1":"a","1.5":"c","\\u003cnil\\u003e":"d","true":"b"}',
    '{text: "<a> & b"}': '{"text":"\\u003ca\\u003e \\u0026 b"}',
    "{<<: *base, b: 3}": '{"a":1,"b":3,"c":{"d":4}}',
    "{<<: [*other, *base], x: 1}": '{"a":1,"b":9,"c":{"d":4},"x":1}',
    "{<<: {<<: *base, a: 5}}": '{"a":5,"b":2,"c":{"d":4}}',
    '{"<<": {a: 1}}': '{"a":1}',
    "[*base, *base]": '[{"a":1,"b":2,"c":{"d":4}},{"a":1,"b":2,"c":{"d":4}}]',
    "\n    # a: 1\n    # b: 2": "",
    "\n  - 1\t# one\n  - two\tthree": '[1,"two\\tthree"]',
}
ANCHORS = "x-base: &base {a: 1, b: 2, c: {d: 4}}\nx-other: &other {b: 9}\n"
# Files that the CLI refuses.
REFUSED: tuple[str, ...] = (
    "config:\n  a:b: 1\n  a:b: 2\n",
    'config:\n  a:b: {1: x, "1": y}\n',
    "config:\n  a:b: {<<: 5}\n",
    "config:\n  a:b: *nowhere\n",
    "config:\n  a:b: &loop [*loop]\n",
    "config:\n  a:b: .inf\n",
    "config:\n  a:b: {[x]: y}\n",
    "config:\n  a:b: !!int x\n",
    "config:\n  a:b:c: x\n",
    "config:\n\ta:b: 1\n",
    "config: [a]\n",
    "- a\n",
    "5: a\n",
    "%YAML 1.2\n---\nconfig:\n  a:b: 1\n",
    "secretsprovider: [a]\n",
)


def file_with(value: str) -> str:
    """A stack file with a key `try:value`."""
    return f"{ANCHORS}config:\n  try:value: {value}\n"
