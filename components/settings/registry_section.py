"""The section of the stack file for the registry."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from .base import Section


class RegistrySettings(Section):
    """The container registry that every pod pulls from."""

    sku: Literal["Basic", "Standard", "Premium"] = Field(
        "Premium", description="Premium is needed for private access and retention."
    )
    admin_user: bool = Field(False, description="Turn on the registry's admin password. The program does not need it.")
    public_access: bool = Field(True, description="False: reachable through a private endpoint only; needs Premium.")
    retention_days: int = Field(30, ge=0, le=365, description="Days that untagged images are kept (Premium only).")
