"""What every check gets: the settings of the stack, the way to Azure, and what both are about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from components.airflow.executors import ExecutorParts, executor_parts
from components.azure.log_storage_plan import is_premium
from components.azure.node_pools import pool_zones
from components.settings.cluster_sections import PoolSize
from components.settings.model import Settings
from components.settings.names import Names
from components.stack_file.problems import key_path

from .arm_client import ArmClient
from .findings import Finding
from .operations import LIST_LOCATIONS
from .sign_in import Account, RunCommand, Subscription
from .stack_in_azure import CLUSTER, DATABASE, REGISTRY, STORAGE, VAULT, WORKSPACE, StackInAzure

_OF_AIRFLOW: Final = (DATABASE, STORAGE, VAULT)
_ALWAYS: Final = (
    CLUSTER,
    DATABASE,
    REGISTRY,
    STORAGE,
    VAULT,
    "Microsoft.Compute/virtualMachineScaleSets",
    "Microsoft.ManagedIdentity/userAssignedIdentities",
    "Microsoft.Network/virtualNetworks",
)


class NodePool(NamedTuple):
    """A node pool of the stack file, its path there, and the zones of its nodes with the setting that names them."""

    settings: PoolSize
    path: str
    zones: tuple[str, ...]
    zones_setting: str
    spot: bool


@dataclass(frozen=True, kw_only=True)
class Situation:
    """The arguments of a check. `config` is the stack's config, and `environment` the variables of the process."""

    settings: Settings
    config: Mapping[str, str]
    environment: Mapping[str, str]
    names: Names
    arm: ArmClient
    account: Account
    subscription: Subscription
    stack: StackInAzure
    run: RunCommand

    @property
    def location(self) -> str:
        """The region of the stack."""
        return self.settings.location

    @property
    def subscription_scope(self) -> str:
        """The id of the subscription as a resource."""
        return f"/subscriptions/{self.subscription.subscription_id}"

    @property
    def stack_scope(self) -> str:
        """The id of the stack's resource group, or of the subscription as long as that group does not exist."""
        group = f"{self.subscription_scope}/resourceGroups/{self.names.resource_group}"
        there = self.stack.own or (self.stack.exists and self.settings.resource_group.existing_name is not None)
        return group if there else self.subscription_scope

    @property
    def parts(self) -> ExecutorParts:
        """The parts of the stack that the executor needs."""
        return executor_parts(self.settings.airflow)

    @property
    def has_file_account(self) -> bool:
        """Whether the stack has a second storage account, for Premium file shares."""
        return is_premium(self.settings.logs.redundancy)

    @property
    def node_pools(self) -> list[NodePool]:
        """Every node pool, the system pool first."""
        cluster = self.settings.cluster
        of_cluster = key_path("cluster", "zones")
        pools = [
            NodePool(cluster.system_pool, key_path("cluster", "systemPool"), cluster.zones, of_cluster, spot=False)
        ]
        for index, pool in enumerate(cluster.pools):
            path = key_path("cluster", "pools", index)
            setting = of_cluster if pool.zones is None else f"{path}.zones"
            pools.append(NodePool(pool, path, tuple(pool_zones(pool, cluster.zones)), setting, pool.spot))
        return pools

    @property
    def resource_types(self) -> list[str]:
        """The types of resources that decide which providers and rights the stack needs."""
        settings = self.settings
        existing = {
            *([REGISTRY] if settings.registry.existing_id is not None else []),
            *([VAULT] if settings.key_vault.existing_id is not None else []),
        }
        absent = existing if settings.has_airflow else existing.union(_OF_AIRFLOW)
        types = [kind for kind in _ALWAYS if kind not in absent]
        if self.parts.celery_workers:
            types.append("Microsoft.Cache/redisEnterprise")
        if settings.monitoring is not None:
            types.append("Microsoft.Insights/dataCollectionRules")
            types += [WORKSPACE] if settings.monitoring.workspace_id is None else []
        return types

    def regions(self) -> dict[str, dict[str, Any]]:
        """Return the regions that the subscription knows, by their short names. Raises ArmError."""
        return {str(entry["name"]): entry for entry in self.arm.pages(LIST_LOCATIONS)}


# A check yields what it finds. It raises ArmError where Azure does not answer.
Check = Callable[[Situation], Iterator[Finding]]
