"""The section of the stack file for the Key Vault."""

from __future__ import annotations

import re
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from .base import GUID, EachOnce, Guid, Section

# Source: Azure, "Naming rules and restrictions for Azure resources", Microsoft.KeyVault.
_ID: Final = (
    rf"(?i)^/subscriptions/{GUID}/resourceGroups/[^/]+/providers/Microsoft\.KeyVault/vaults/"
    r"(?=.{3,24}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$"
)


def _is_vault_id(value: str) -> str:
    if not re.fullmatch(_ID, value):
        raise ValueError(
            "must be the id of a Key Vault: /subscriptions/<id>/resourceGroups/<name>/providers/Microsoft.KeyVault/"
            "vaults/<name>"
        )
    return value


class KeyVaultSettings(Section):
    """The vault that holds every secret: the stack's own, or one that exists."""

    existing_id: Annotated[str, AfterValidator(_is_vault_id)] | None = Field(
        None,
        description="Id of a Key Vault that exists already, in any subscription of the tenant, instead of one of the "
        "stack's own: see docs/existing-services.md. Fixed at the first update.",
        json_schema_extra={"pattern": _ID.removeprefix("(?i)").replace("a-z", "a-zA-Z").replace("0-9a-f", "0-9a-fA-F")},
    )
    grant_access: bool = Field(
        True,
        description="With `existingId`. True: the stack's identities get a role on each secret that they read. False: "
        "the output `requiredGrants` has the commands for somebody else.",
    )
    delete_secrets: bool = Field(
        True,
        description="With `existingId`. True: a secret of the stack is deleted with what needs it; whoever deploys "
        "needs the role Key Vault Secrets Officer and a way to the vault. False: the secrets stay in the vault.",
    )
    purge_protection: bool = Field(True, description="No early purge of a deleted vault. Cannot be turned off again.")
    soft_delete_days: int = Field(
        30, ge=7, le=90, description="Days that Azure keeps a deleted vault, and its name; fixed at creation."
    )
    public_access: bool = Field(True, description="False: reachable through a private endpoint only.")
    reader_principal_ids: Annotated[tuple[Guid, ...], EachOnce] = Field(
        (), description="Object ids of people, groups or apps that may read the secrets."
    )

    @property
    def existing_name(self) -> str | None:
        """The name of the vault that exists, as its host has it; None if the vault is the stack's own."""
        return self.existing_id.rpartition("/")[2].lower() if self.existing_id is not None else None

    @property
    def needs_endpoint(self) -> bool:
        """Whether the stack makes a private endpoint of the vault. How others reach theirs is their own matter."""
        return self.existing_id is None and not self.public_access
