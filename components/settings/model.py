"""The whole stack file, composed of its sections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pulumi import Output
from pydantic import ConfigDict, Field, StringConstraints

from .access_sections import AccessSettings, SignInSettings
from .airflow_sections import AirflowSettings, DagsSettings, SecretsSettings
from .allowed_traffic import NamespaceName
from .azure_sections import BrokerSettings, DatabaseSettings, LogsSettings
from .base import EachOnce, Section
from .chaos_section import ChaosSettings
from .cluster_sections import ClusterSettings
from .key_vault_section import KeyVaultSettings
from .monitoring import MonitoringSettings
from .naming import NamingSettings
from .network_section import NetworkSettings
from .pins import Pins, ReleaseLine
from .proxy_section import ProxySettings
from .registry_section import RegistrySettings
from .remote_clusters import RemoteClusterSettings
from .resource_group_section import ResourceGroupSettings
from .teams_section import TeamSettings

# The characters and lengths of tag names that every resource type accepts. Private DNS zones accept the fewest
# characters.
# Source: "Use tags to organize your Azure resources", limitations.
TagName = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[A-Za-z_][A-Za-z0-9_.-]*$")]
# The name of a tag that others set may have every character that at least one resource type accepts.
ForeignTagName = Annotated[str, StringConstraints(min_length=1, max_length=512, pattern=r"^[^<>%&\\?/]+$")]
TagValue = Annotated[str, StringConstraints(max_length=256)]


class StackFile(Section):
    """Every section of a stack file. Each section is one key, `airflow-aks:<section>`."""

    tags: dict[TagName, TagValue] = Field(
        {}, description="Tags of every resource that accepts tags, in addition to project and stack."
    )
    ignored_tags: Annotated[tuple[ForeignTagName, ...], EachOnce] = Field(
        (),
        description="Names of tags that others set, a policy for example: the program never changes or removes them.",
    )
    naming: NamingSettings = Field(NamingSettings(), description="Physical names.")
    resource_group: ResourceGroupSettings = Field(ResourceGroupSettings(), description="The resource group.")
    network: NetworkSettings = Field(NetworkSettings(), description="The virtual network.")
    proxy: ProxySettings | None = Field(
        None, description="A company's proxy and its certificate authorities; left out = none."
    )
    cluster: ClusterSettings = Field(ClusterSettings(), description="The AKS cluster.")
    registry: RegistrySettings = Field(RegistrySettings(), description="The container registry.")
    key_vault: KeyVaultSettings = Field(KeyVaultSettings(), description="The Key Vault.")
    secrets: SecretsSettings = Field(SecretsSettings(), description="Delivery of secrets.")
    logs: LogsSettings = Field(LogsSettings(), description="Task logs.")
    dags: DagsSettings = Field(DagsSettings(), description="DAGs.")
    database: DatabaseSettings = Field(DatabaseSettings(), description="The metadata database.")
    broker: BrokerSettings = Field(BrokerSettings(), description="The broker of executors with Celery.")
    airflow: AirflowSettings = Field(
        AirflowSettings(),
        description="Airflow. `null` = none: a stack with a network, a cluster and a registry, for pods that the tasks "
        "of other stacks launch. See docs/remote-clusters.md.",
    )
    remote_clusters: tuple[RemoteClusterSettings, ...] = Field(
        (), description="Other AKS clusters in which tasks launch pods, without a stored credential."
    )
    access: AccessSettings | None = Field(
        None, description="The way in to Airflow; left out: none but port-forwarding, and nothing of it exists."
    )
    monitoring: MonitoringSettings | None = Field(
        None, description="Logs, metrics and alerts in Azure Monitor; left out = none."
    )
    namespaces: Annotated[tuple[NamespaceName, ...], EachOnce] = Field(
        (),
        description="Namespaces for pods that the tasks of other stacks launch in this cluster, which the program "
        "creates. Without Airflow, the default is `[jobs]`.",
    )
    teams: tuple[TeamSettings, ...] = Field(
        (), description="Entra groups with rights in a namespace of their own, which the program creates."
    )
    chaos: ChaosSettings | None = Field(
        None, description="Deletes pods of Airflow, to prove that it recovers; left out: nothing of it exists."
    )
    protect_data: bool = Field(
        True, description="True: Pulumi refuses to delete database, log storage, Key Vault and registry."
    )
    acknowledged_retirements: Annotated[tuple[str, ...], EachOnce] = Field(
        (),
        description="Names of retirements in charts/retirements.yaml, for example `kubernetes 1.34`: `make check` does "
        "not fail because of them in the last 30 days.",
    )
    reapply_releases: int = Field(
        0,
        ge=0,
        description="Count up, and the next `pulumi up` applies every Helm release again: it brings back what others "
        "deleted, scaled or changed in them.",
    )


@dataclass(frozen=True, kw_only=True)
class GitCredentials:
    """The config's credentials for git; None = not set. The SSH key and the token are Pulumi secrets."""

    ssh_key: Output[str] | None = None
    known_hosts: str | None = None
    token: Output[str] | None = None
    username: str = "x-access-token"


class Settings(StackFile):
    """The sections of a stack file, and the other values that the program reads from config and charts/pins.yaml.

    `has_airflow` is false with `airflow: null`. The sections that only Airflow needs then have their defaults, which
    nothing uses.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    project: str
    stack: str
    location: str
    has_airflow: bool = True
    git_credentials: GitCredentials
    sign_in_client_secret: Output[str] | None = None
    pins: Pins

    @property
    def sign_in(self) -> SignInSettings | None:
        """The sign-in with Entra accounts; None = Airflow's own users sign in."""
        return self.access.sign_in if self.access is not None else None

    @property
    def client_secret(self) -> Output[str] | None:
        """The client secret of the app registration; None if the sign-in does not use it."""
        return self.sign_in_client_secret if self.sign_in is not None and not self.sign_in.federated else None

    @property
    def monitored(self) -> bool:
        """Whether Container insights collects the cluster's logs and metrics."""
        return self.monitoring is not None and self.monitoring.log_analytics

    @property
    def release_line(self) -> ReleaseLine:
        """The chart and images of `airflow.release`, with the Airflow image that `airflow.patch` selects."""
        return self.pins.airflow[self.airflow.release].at(self.airflow.patch)
