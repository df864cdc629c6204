"""Physical names of resources, within the limits of each type."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from .model import NamingSettings

# The most characters of prefix and stack together. With more, a name of 24 characters would show too little of both to
# tell stacks apart.
MAX_PREFIX_AND_STACK = 40


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


def default_suffix(subscription_id: str, project: str, stack: str) -> str:
    """Return six characters that make this stack's names globally unique."""
    return hashlib.sha256(f"{subscription_id}/{project}/{stack}".encode()).hexdigest()[:6]


def stack_names(naming: NamingSettings, project: str, stack: str, subscription_id: str) -> Names:
    """Return the names of a stack in a subscription."""
    return physical_names(naming.prefix, stack, naming.suffix or default_suffix(subscription_id, project, stack))


def vault_beginning(naming: NamingSettings, stack: str) -> str:
    """Return the vault's name without its suffix, which may depend on the subscription: `kv-airflow-dev-`."""
    vault = physical_names(naming.prefix, stack, naming.suffix or "0" * 6).vault
    return f"{vault.rpartition('-')[0]}-"


def registry_beginning(naming: NamingSettings, stack: str) -> str:
    """Return the registry's name without its suffix, which may depend on the subscription: `crairflowdev`."""
    suffix = naming.suffix or "0" * 6
    return physical_names(naming.prefix, stack, suffix).registry.removesuffix(suffix)


def database_server_beginning(naming: NamingSettings, stack: str) -> str:
    """Return the database server's name without its suffix, which may depend on the subscription."""
    server = physical_names(naming.prefix, stack, naming.suffix or "0" * 6).database_server
    return f"{server.rpartition('-')[0]}-"


def physical_names(prefix: str, stack: str, suffix: str) -> Names:
    """Return every fixed name of a stack. Limits' source: Azure, "Naming rules and restrictions for resources"."""

    def local(abbreviation: str, limit: int, ending: str = "") -> str:
        tail = f"-{ending}" if ending else ""
        return f"{abbreviation}-{_middle(prefix, stack, '-', limit - len(abbreviation) - 1 - len(tail))}{tail}"

    def unique(abbreviation: str, limit: int, separator: str) -> str:
        room = limit - len(abbreviation) - len(suffix) - 2 * len(separator)
        return separator.join((abbreviation, _middle(prefix, stack, separator, room), suffix))

    return Names(
        resource_group=local("rg", 90),
        node_resource_group=local("rg", 80, "nodes"),
        network=local("vnet", 64),
        cluster=local("aks", 63),
        dns_prefix=local("aks", 54),
        registry=unique("cr", 50, ""),
        vault=unique("kv", 24, "-"),
        storage_account=unique("st", 24, ""),
        file_storage_account=unique("stf", 24, ""),
        database_server=unique("psql", 63, "-"),
        database_zone=f"{_middle(prefix, stack, '-', 63)}.private.postgres.database.azure.com",
        broker=unique("redis", 60, "-"),
        control_plane_identity=local("id", 128, "aks"),
        kubelet_identity=local("id", 128, "kubelet"),
        airflow_identity=local("id", 128, "airflow"),
        gateway_address=local("pip", 80, "gateway"),
        certificate_identity=local("id", 128, "certificate"),
        secret_sync_identity=local("id", 128, "secrets"),
        remote_identity=local("id", 128, "remote"),
        # Shorter than the 63 characters of the limit: LogWorkspace appends a random ending.
        log_workspace=local("log", 54),
    )


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
