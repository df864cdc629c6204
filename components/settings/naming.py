"""The section of the stack file for physical names."""

from __future__ import annotations

import difflib
import re
from typing import Annotated, Any, Final

from pydantic import Field, StringConstraints, ValidationInfo, field_validator

from .base import Section
from .name_types import NAME_TYPES

PLACEHOLDERS: Final = ("type", "workload", "environment", "region", "suffix")
EXAMPLE: Final = "{type}-{workload}-{environment}-{suffix}"


def _name(key: str, text: str = "") -> Any:
    """Return the field of a name. The JSON Schema gets the requirements that `NamesSettings` checks."""
    kind = NAME_TYPES[key]
    schema: dict[str, Any] = {
        "minLength": kind.shortest,
        "maxLength": kind.longest,
        "pattern": f"^{kind.form}$",
    }
    return Field(None, description=f"Name of the {kind.resource}: {kind.requirement}.{text}", json_schema_extra=schema)


class NamesSettings(Section):
    """Physical names by a company's rule; null = the name that the program makes."""

    resource_group: str | None = _name("resource_group")
    node_resource_group: str | None = _name("node_resource_group")
    network: str | None = _name("network")
    cluster: str | None = _name("cluster")
    dns_prefix: str | None = _name("dns_prefix", " AKS appends a hash.")
    registry: str | None = _name("registry")
    vault: str | None = _name("vault")
    storage_account: str | None = _name("storage_account")
    file_storage_account: str | None = _name("file_storage_account")
    database_server: str | None = _name("database_server")
    database_zone: str | None = _name("database_zone")
    broker: str | None = _name("broker")
    control_plane_identity: str | None = _name("control_plane_identity")
    kubelet_identity: str | None = _name("kubelet_identity")
    airflow_identity: str | None = _name("airflow_identity", " Identities of teams append the team's name.")
    gateway_address: str | None = _name("gateway_address")
    certificate_identity: str | None = _name("certificate_identity")
    secret_sync_identity: str | None = _name("secret_sync_identity")
    remote_identity: str | None = _name("remote_identity")
    log_workspace: str | None = _name("log_workspace", " The program appends eight random digits.")

    @field_validator("*")
    @classmethod
    def _fits_its_type(cls, name: str | None, info: ValidationInfo) -> str | None:
        kind = NAME_TYPES[str(info.field_name)]
        if name is not None and not kind.accepts(name):
            raise ValueError(f"must be {kind.requirement} (is {name[:100]!r}, {len(name)} characters)")
        return name

    @property
    def chosen(self) -> dict[str, str]:
        """The names that the stack file sets, by their fields."""
        return {key: name for key in NAME_TYPES if (name := getattr(self, key)) is not None}


class NamingSettings(Section):
    """The parts of physical names."""

    prefix: Annotated[str, StringConstraints(min_length=1, pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")] = Field(
        "airflow",
        description="First word of the names in Azure: lower-case letters, digits and single hyphens. Names in "
        "Kubernetes, of secrets, and of what is inside another resource have no prefix: docs/names.md lists them.",
    )
    suffix: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]{3,6}$")] | None = Field(
        None,
        description="3 to 6 letters or digits that end globally unique names; null = a hash of subscription and stack.",
    )
    pattern: str | None = Field(
        None,
        description="How names are made, for example `{type}-{workload}-{environment}-{region}`: docs/names.md "
        "lists the placeholders; null = the names of docs/names.md. Fixed at the first update.",
        json_schema_extra={"pattern": rf"^([a-z0-9-]|\{{({'|'.join(PLACEHOLDERS)})\}})+$"},
    )
    names: NamesSettings = Field(
        NamesSettings(), description="Physical names by resource, instead of those that the program makes."
    )

    @field_validator("pattern")
    @classmethod
    def _has_known_placeholders(cls, pattern: str | None) -> str | None:
        if pattern is None:
            return None
        known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        literal, placeholders = _parse(pattern)
        for name in placeholders:
            if name not in PLACEHOLDERS:
                near = difflib.get_close_matches(name, PLACEHOLDERS, n=1, cutoff=0.5)
                hint = f"did you mean {{{near[0]}}}? " if near else ""
                raise ValueError(f"has the unknown placeholder {{{name}}}; {hint}known: {known}")
        if not re.fullmatch(r"[a-z0-9-]*", literal):
            raise ValueError(
                f"must be lower-case letters, digits, hyphens and placeholders ({known}), for example {EXAMPLE} "
                f"(is {pattern[:100]!r})"
            )
        if "type" not in placeholders:
            raise ValueError(f"must have {{type}}, which tells the names apart, for example {EXAMPLE} (is {pattern!r})")
        return pattern


def _parse(pattern: str) -> tuple[str, list[str]]:
    """Return the text around the placeholders, and the placeholders; braces that form none stay in the text."""
    placeholder = r"\{([^{}]*)\}"
    return re.sub(placeholder, "", pattern), re.findall(placeholder, pattern)
