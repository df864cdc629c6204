"""The setting that gives a resource another name, and what to do with it."""

from __future__ import annotations

from typing import NamedTuple

from pydantic.alias_generators import to_camel

from components.settings.naming import NamingSettings
from components.stack_file.problems import key_path


class Renaming(NamedTuple):
    """A setting by its path in the stack file, and the remedy."""

    setting: str
    remedy: str


def by_suffix(naming: NamingSettings, key: str) -> Renaming:
    """Return how a name that is unique in all of Azure becomes another one. `key` is a field of Names."""
    own = key_path("naming", "names", to_camel(key))
    if key in naming.names.chosen:
        return Renaming(own, f"set {own} to another name")
    if naming.pattern is not None and "{suffix}" not in naming.pattern:
        return Renaming(key_path("naming", "pattern"), f"add {{suffix}} to the pattern, or set {own}")
    suffix = key_path("naming", "suffix")
    return Renaming(suffix, f"set {suffix} to 3 to 6 other letters or digits")


def by_prefix(naming: NamingSettings, key: str) -> str:
    """Return the remedy for a name that is taken inside the subscription."""
    own = key_path("naming", "names", to_camel(key))
    if key in naming.names.chosen:
        return f"set {own} to another name"
    if naming.pattern is not None and "{workload}" not in naming.pattern:
        return f"change {key_path('naming', 'pattern')}, or set {own}"
    return f"set {key_path('naming', 'prefix')} to a word of your own"
