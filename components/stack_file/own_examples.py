"""Examples for messages, made by correcting the value that the user wrote."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from components.airflow.owned.plaintext_secrets import secret_name
from components.settings.quantities import nearest_memory

# The most characters of ports, counts and seconds.
_SHORT: Final = 5
_MINOR: Final = re.compile(r"v?(1\.[0-9]{2})(\.[0-9]+)?")
# The largest offsets from UTC in minutes, west and east.
_WEST: Final = 12 * 60
_EAST: Final = 14 * 60
_OFFSET: Final = re.compile(r"(?:UTC|GMT)?([+-]?)([0-9]{1,2}):?([0-9]{2})?")


def may_be_shown(key: str, value: object) -> bool:
    """Return whether a value is certainly not a secret.

    That is a boolean, or a number of at most five characters whose key is not a secret's name.
    """
    if isinstance(value, bool):
        return True
    return isinstance(value, int | float) and len(str(value)) <= _SHORT and not secret_name(key)


def with_example(form: str, own: str) -> str:
    """Replace the example in the description of a format by `own`."""
    return re.sub(r"for example [^;]+", lambda _: f"for example {own}", form)


def quoted(key: str, value: object) -> str | None:
    """Return a number or a boolean as the quoted text that its key takes; None for any other value."""
    if isinstance(value, bool):
        return f'"{str(value).lower()}"'
    if not isinstance(value, int | float):
        return None
    mended = example(key, str(value)) or str(value)
    return mended if mended.startswith('"') else f'"{mended}"'


def unquoted(value: object, kind: type) -> str | None:
    """Return the number or boolean that a text spells; None if it spells none."""
    if not isinstance(value, str):
        return None
    text = value.strip()
    if kind is bool:
        words = {"true": "true", "yes": "true", "on": "true", "false": "false", "no": "false", "off": "false"}
        return words.get(text.lower())
    return text if re.fullmatch(r"-?[0-9]+", text) else None


def example(key: str, value: object) -> str | None:
    """Return a valid value that is similar to the wrong value of a key; None if there is no such value."""
    if not isinstance(value, str) or key not in _MENDED:
        return None
    mended = _MENDED[key](value.strip())
    return mended if mended and mended.strip('"') != value.strip() else None


def _minor(text: str) -> str | None:
    found = _MINOR.fullmatch(text)
    return f'"{found[1]}"' if found else None


def _vm_size(text: str) -> str | None:
    name = re.sub(r"^standard[_ -]?", "", text, flags=re.IGNORECASE).replace(" ", "_")
    return f"Standard_{name}" if re.fullmatch(r"[A-Z][A-Za-z0-9-]*[0-9][A-Za-z0-9-]*(_[A-Za-z0-9-]+)*", name) else None


def _repository(text: str) -> str | None:
    """Remove the registry's name, the tag and the digest."""
    path = re.sub(r"^https?://", "", text).partition("@")[0]
    first, slash, rest = path.partition("/")
    path = (rest if slash and re.search(r"[.:]", first) else path).partition(":")[0].lower()
    return path if re.fullmatch(r"[a-z0-9]+([._/-][a-z0-9]+)*", path) else None


def _offset(text: str) -> str | None:
    found = _OFFSET.fullmatch(text)
    if found is None:
        return None
    sign, hours, minutes = found[1] or "+", int(found[2]), int(found[3] or 0)
    most = _WEST if sign == "-" else _EAST
    return f'"{sign}{hours:02}:{minutes:02}"' if minutes < 60 and hours * 60 + minutes <= most else None


def _branch(text: str) -> str | None:
    name = re.sub(r"^refs/(heads|tags)/", "", text).lstrip("-")
    name = re.sub(r"""[\s~^:?*\[\\$`;&|<>(){}'"!]+""", "-", name).strip("-")
    return name or None


def _dns_label(text: str) -> str | None:
    label = re.sub(r"[^a-z0-9]+", "-", text.lower().partition(".")[0]).strip("-")[:63].rstrip("-")
    return label if re.fullmatch(r"[a-z][a-z0-9-]+[a-z0-9]", label) else None


_MENDED: Final[Mapping[str, Callable[[str], str | None]]] = {
    "branch": _branch,
    "dnsLabel": _dns_label,
    "kubernetesVersion": _minor,
    "memory": nearest_memory,
    "repository": _repository,
    "utcOffset": _offset,
    "vmSize": _vm_size,
}
