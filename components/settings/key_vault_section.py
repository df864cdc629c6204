"""The section of the stack file for the Key Vault."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from .base import EachOnce, Guid, Section


class KeyVaultSettings(Section):
    """The vault that holds every secret."""

    purge_protection: bool = Field(True, description="No early purge of a deleted vault. Cannot be turned off again.")
    soft_delete_days: int = Field(
        30, ge=7, le=90, description="Days that Azure keeps a deleted vault, and its name; fixed at creation."
    )
    public_access: bool = Field(True, description="False: reachable through a private endpoint only.")
    reader_principal_ids: Annotated[tuple[Guid, ...], EachOnce] = Field(
        (), description="Object ids of people, groups or apps that may read the secrets."
    )
