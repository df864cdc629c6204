"""The stack in Azure before anything of Airflow is in it, as the functions take it that build on it."""

from __future__ import annotations

from dataclasses import dataclass

from pulumi import Input, Output

from components.azure.cluster import Cluster
from components.azure.image_imports import ImageImports
from components.azure.key_vault import KeyVault
from components.azure.log_storage import LogStorage
from components.azure.network import Network
from components.azure.registry import Registry
from components.azure.stack_group import StackGroup
from components.kubernetes.way_out import WayOut
from components.settings.model import Settings
from components.settings.names import Names


@dataclass(frozen=True, kw_only=True)
class Groundwork:
    """What every stack has: settings, physical names, subscription, and the components that later parts refer to.

    `log_workspace_id` is None without `monitoring`.
    """

    settings: Settings
    azure_names: Output[Names]
    subscription_id: Input[str]
    tenant_id: Input[str]
    resource_group: StackGroup
    network: Network
    cluster: Cluster
    registry: Registry
    images: ImageImports
    log_workspace_id: Output[str] | None
    way_out: WayOut

    @property
    def place(self) -> dict[str, Input[str]]:
        """The resource group and region of every Azure resource, as arguments of a component."""
        return {"resource_group_name": self.resource_group.name, "location": self.resource_group.location}


@dataclass(frozen=True, kw_only=True)
class Foundation(Groundwork):
    """What Airflow is built on. `airflow_image` is the image of Airflow's pods in the stack's registry."""

    airflow_image: Output[str]
    key_vault: KeyVault
    log_storage: LogStorage
