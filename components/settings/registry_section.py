"""The section of the stack file for the registry."""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from .base import GUID, Section

# Source: Azure, "Naming rules and restrictions for Azure resources", Microsoft.ContainerRegistry.
_ID: Final = (
    rf"(?i)^/subscriptions/{GUID}/resourceGroups/[^/]+/providers/Microsoft\.ContainerRegistry/registries/"
    r"[a-z0-9]{5,50}$"
)
# Source: Open Container Initiative, "Distribution Specification", pulling manifests, <name>.
_PREFIX: Final = r"^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$"
# Many clients take 255 characters for a registry and a repository together. Source: the same page. This leaves enough
# for a login server and for the longest repository of charts/pins.yaml.
LONGEST_PREFIX: Final = 100
# The name of a role in Azure. Source: Azure Container Registry, "Azure attribute-based access control (Azure ABAC)
# repository permissions": a registry of that mode does not honor AcrPull.
PullRole = Literal["AcrPull", "Container Registry Repository Reader"]
REPOSITORY_ROLE: Final = "Container Registry Repository Reader"


def _is_registry_id(value: str) -> str:
    if not re.fullmatch(_ID, value):
        raise ValueError(
            "must be the id of a container registry: /subscriptions/<id>/resourceGroups/<name>/providers/"
            "Microsoft.ContainerRegistry/registries/<name>"
        )
    return value


def _is_folder(value: str) -> str:
    if value and not re.fullmatch(_PREFIX, value):
        raise ValueError(
            "must be the beginning of a repository's name: lower-case letters and digits, with single . _ / or hyphens "
            f"between them and no / at either end, for example platform/airflow (is {value[:120]!r})"
        )
    if len(value) > LONGEST_PREFIX:
        raise ValueError(f"must have at most {LONGEST_PREFIX} characters (has {len(value)})")
    return value


class RegistrySettings(Section):
    """The container registry that every pod pulls from: the stack's own, or one that exists."""

    existing_id: Annotated[str, AfterValidator(_is_registry_id)] | None = Field(
        None,
        description="Id of a registry that exists already, in any subscription of the tenant, instead of one of the "
        "stack's own: see docs/existing-services.md.",
        json_schema_extra={"pattern": _ID},
    )
    grant_access: bool = Field(
        True,
        description="With `existingId`. True: the nodes get `pullRole` on the registry. False: the output "
        "`requiredGrants` has the command for somebody else.",
    )
    pull_role: PullRole = Field(
        "AcrPull",
        description="With `existingId`: the role with which nodes pull. A registry with ABAC repository permissions "
        "does not honor AcrPull.",
    )
    prefix: Annotated[str, AfterValidator(_is_folder)] = Field(
        "",
        description="Folder of the stack's images in the registry, for example `platform/airflow`, also of the image "
        "that `make image` builds; empty = none.",
        json_schema_extra={"maxLength": LONGEST_PREFIX, "pattern": f"^$|{_PREFIX}"},
    )
    sku: Literal["Basic", "Standard", "Premium"] = Field(
        "Premium", description="Premium is needed for private access and retention."
    )
    admin_user: bool = Field(False, description="Turn on the registry's admin password. The program does not need it.")
    public_access: bool = Field(True, description="False: reachable through a private endpoint only; needs Premium.")
    retention_days: int = Field(30, ge=0, le=365, description="Days that untagged images are kept (Premium only).")

    @property
    def needs_endpoint(self) -> bool:
        """Whether the stack makes a private endpoint of the registry. How others reach theirs is their own matter."""
        return self.existing_id is None and not self.public_access

    def place(self, repository: str) -> str:
        """Return a repository of the stack with the folder that it has in the registry."""
        return f"{self.prefix}/{repository}" if self.prefix else repository
