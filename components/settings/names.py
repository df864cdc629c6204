"""Physical names of resources, within the limits of each type."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Final, NamedTuple

from .model import Settings
from .name_types import DATABASE_ZONE, NAME_TYPES, NameType
from .region_codes import region_code

# The most characters of prefix and stack together. With more, a name of 24 characters would show too little of both to
# tell stacks apart.
MAX_PREFIX_AND_STACK = 40
# The most characters of a mark, so that the name of every resource which has it before its own fits Azure's limits.
_LONGEST_MARK: Final = 26
# Takes the place of an unknown suffix of six characters. No name contains it otherwise.
_UNKNOWN: Final = "\0" * 6


@dataclass(frozen=True, kw_only=True)
class Names:
    """The fixed physical names: names that people type, DNS names, and names under which data is stored."""

    resource_group: str
    node_resource_group: str
    network: str
    cluster: str
    dns_prefix: str
    registry: str
    vault: str
    storage_account: str
    file_storage_account: str
    database_server: str
    database_zone: str
    broker: str
    control_plane_identity: str
    kubelet_identity: str
    airflow_identity: str
    gateway_address: str
    certificate_identity: str
    secret_sync_identity: str
    remote_identity: str
    log_workspace: str
    # What comes before the names of resources that have no field here, but for the type: `{type}-airflow-prod-cnc`. It
    # is `naming.pattern` with its values, or tells stacks apart in a resource group that exists; None without both.
    pattern: str | None

    def by_pattern(self, abbreviation: str, name: str) -> str:
        """Return the name of a resource that has no field here: behind the pattern, or as it is without one."""
        return name if self.pattern is None else f"{self.pattern.format(type=abbreviation)}-{name}"


def default_suffix(subscription_id: str, project: str, stack: str) -> str:
    """Return six characters that make this stack's names globally unique."""
    return hashlib.sha256(f"{subscription_id}/{project}/{stack}".encode()).hexdigest()[:6]


def stack_names(settings: Settings, subscription_id: str) -> Names:
    """Return the names of a stack in a subscription."""
    derived = default_suffix(subscription_id, settings.project, settings.stack)
    return physical_names(settings, settings.naming.suffix or derived)


class NameForm(NamedTuple):
    """A name as the stack file alone determines it; the suffix may depend on the subscription.

    `shown` has `<suffix>` in the place of an unknown suffix, and `pattern` a group that matches it.
    """

    shown: str
    pattern: re.Pattern[str]

    @property
    def is_known(self) -> bool:
        """Whether the stack file determines the whole name."""
        return self.pattern.groups == 0


def name_form(settings: Settings, key: str) -> NameForm:
    """Return the form of a name, by its field in Names."""
    name = str(getattr(physical_names(settings, settings.naming.suffix or _UNKNOWN), key))
    pattern = "([a-z0-9]{3,6})".join(re.escape(part) for part in name.split(_UNKNOWN))
    return NameForm(shown=name.replace(_UNKNOWN, "<suffix>"), pattern=re.compile(pattern))


def registry_form(settings: Settings) -> NameForm:
    """Return the form of the first label of the registry's host: its name.

    A registry that exists may have a hash behind it. Source: Azure Container Registry, "Domain name label scope".
    """
    existing_id = settings.registry.existing_id
    if existing_id is None:
        return name_form(settings, "registry")
    name = existing_id.rpartition("/")[2].lower()
    return NameForm(shown=name, pattern=re.compile(f"{name}(?:-[a-z0-9]+)?"))


def stack_mark(settings: Settings) -> str:
    """Return what tells the stack's names from those of other stacks, where several stacks share a place."""
    return _middle(settings.naming.prefix, settings.stack, "-", _LONGEST_MARK)


def existing_names(settings: Settings) -> dict[str, str]:
    """Return the names of what exists already and is used instead of made, by their fields in Names."""
    found = {"resource_group": settings.resource_group.existing_name, "vault": settings.key_vault.existing_name}
    return {key: name for key, name in found.items() if name is not None}


def physical_names(settings: Settings, suffix: str) -> Names:
    """Return every fixed name of a stack: chosen in the stack file, formed by its pattern, or the program's own."""
    chosen, pattern = settings.naming.names.chosen | existing_names(settings), settings.naming.pattern
    if pattern is not None:
        pattern = pattern.format(
            type="{type}",
            workload=settings.naming.prefix,
            environment=_environment(settings.stack),
            region=region_code(settings.location),
            suffix=suffix,
        )
    own_group = settings.resource_group.existing_name is None
    return Names(
        pattern=pattern if pattern is not None or own_group else f"{{type}}-{stack_mark(settings)}",
        **{
            key: chosen.get(key) or _make_name(settings, key, kind, suffix, pattern) for key, kind in NAME_TYPES.items()
        },
    )


def _make_name(settings: Settings, key: str, kind: NameType, suffix: str, pattern: str | None) -> str:
    prefix, stack = settings.naming.prefix, settings.stack
    separator = "-" if kind.hyphens else ""
    if key == "database_zone":
        # A zone belongs to one network, and a rule for the names of resources does not fit it.
        return f"{_middle(prefix, stack, separator, kind.longest - len(DATABASE_ZONE))}{DATABASE_ZONE}"
    if pattern is not None:
        name = pattern.format(type=kind.abbreviation) + (f"-{kind.ending}" if kind.ending else "")
        return name if kind.hyphens else name.replace("-", "")
    tail = f"{separator}{suffix if kind.unique else kind.ending}" if kind.unique or kind.ending else ""
    room = kind.longest - len(kind.abbreviation) - len(separator) - len(tail)
    return f"{kind.abbreviation}{separator}{_middle(prefix, stack, separator, room)}{tail}"


def _environment(stack: str) -> str:
    """Return the stack's name as a part of names. If characters are replaced, a hash keeps the result unique."""
    text = re.sub(r"[^a-z0-9]+", "-", stack.lower()).strip("-")
    return text if text == stack else f"{text}-{hashlib.sha256(stack.encode()).hexdigest()[:4]}".lstrip("-")


def _middle(prefix: str, stack: str, separator: str, room: int) -> str:
    """Return prefix and stack in `room` characters. If some are cut or replaced, a hash keeps the result unique."""
    original = f"{prefix}{separator}{stack}"
    text = separator.join(re.sub(r"[^a-z0-9]+", separator, word.lower()).strip("-") for word in (prefix, stack))
    if text == original and len(text) <= room:
        return text
    digest = hashlib.sha256(f"{prefix}/{stack}".encode()).hexdigest()[:4]
    if len(text) + len(separator) + len(digest) <= room:
        return f"{text}{separator}{digest}"
    kept = room - len(digest) - 2 * len(separator)
    head, tail = text[: kept - kept // 2].rstrip("-"), text[-(kept // 2) :].lstrip("-")
    return separator.join((head, digest, tail))
