"""The sections of the stack file for Airflow, its DAGs and the delivery of its secrets."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, field_validator

from .azure_sections import ShareSize
from .base import Section
from .git_address import GitRepository
from .quantities import Cores, Disk, Memory
from .secret_rotation import RotationSettings

Executor = Literal["KubernetesExecutor", "CeleryExecutor", "LocalExecutor", "CeleryExecutor,KubernetesExecutor"]
Scaler = Literal["keda", "hpa", "none"]
EnvironmentName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
# Source: Key Vault, "About keys, secrets, and certificates", object names.
VaultSecretName = Annotated[str, StringConstraints(pattern=r"^[0-9a-zA-Z-]{1,127}$")]
ConfigSection = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
# The first folder has no dot, because a name with a dot would be a registry.
ImageRepository = Annotated[
    str,
    StringConstraints(
        pattern=r"^([a-z0-9]+([_-][a-z0-9]+)*(/[a-z0-9]+([._-][a-z0-9]+)*)+|[a-z0-9]+([._-][a-z0-9]+)*)$"
    ),
]
# git refuses some of these characters, and a shell acts on others. git would read a name that begins with a hyphen as
# an option.
_NOT_IN_BRANCHES = r"""\s~^:?*\[\\$`;&|<>(){}'"!"""
BranchName = Annotated[str, StringConstraints(min_length=1, pattern=f"^[^{_NOT_IN_BRANCHES}-][^{_NOT_IN_BRANCHES}]*$")]
# The containers whose cpu, memory and disk a stack file may set.
ResourceComponent = Literal[
    "apiServer",
    "dagProcessor",
    "gitSync",
    "logGroomer",
    "migration",
    "pgbouncer",
    "pgbouncerExporter",
    "scheduler",
    "statsd",
    "taskPods",
    "triggerer",
    "workers",
]


class SecretsSettings(Section):
    """The delivery of secrets from the Key Vault to Kubernetes, and their rotation."""

    delivery: Literal["externalSecrets", "csi"] = Field(
        "externalSecrets",
        description="externalSecrets: the External Secrets operator; csi: the Key Vault add-on of AKS.",
    )
    refresh_minutes: Annotated[int, Field(ge=1, le=10080)] | None = Field(
        None, description="Minutes between two reads of the Key Vault; null = 60, with csi 2."
    )
    rotate: RotationSettings = Field(
        RotationSettings(),
        description="Count the number of a secret up, and the next update makes a new value: see docs/operations.md.",
    )
    dropped_fernet_keys: int = Field(
        0,
        ge=0,
        description="How many of the oldest Fernet keys Airflow no longer gets: fewer than `secrets.rotate.fernetKey`.",
    )
    storage_key: Literal["key1", "key2"] = Field(
        "key1", description="The key of the storage account with which pods mount file shares."
    )
    broker_key: Literal["primary", "secondary"] = Field(
        "primary", description="The key of the Managed Redis with which Celery signs in."
    )

    @property
    def look_minutes(self) -> int:
        """Minutes between two reads of the Key Vault.

        With csi, an update that changes a secret waits for the next read. So the default is short: two minutes, like
        the add-on's own default.
        Source: AKS, "Azure Key Vault provider for Secrets Store CSI Driver", rotation poll interval.
        """
        if self.refresh_minutes is not None:
            return self.refresh_minutes
        match self.delivery:
            case "externalSecrets":
                return 60
            case "csi":
                return 2

    @property
    def add_on_minutes(self) -> int | None:
        """Minutes between two reads by the Key Vault add-on of AKS; None without the add-on."""
        return self.look_minutes if self.delivery == "csi" else None


class GitSettings(Section):
    """The repository with the DAGs."""

    repository: GitRepository | None = Field(
        None, description="Where to clone from: https://..., or ssh://... and git@host:path with auth ssh."
    )
    branch: BranchName = Field("main", description="Branch or tag.")
    sub_path: str = Field("dags", description="Folder of the DAGs inside the repository; empty = its root.")
    period_seconds: int = Field(30, ge=1, le=86400, description="Seconds between two checks for new commits.")
    auth: Literal["none", "ssh", "token"] = Field("none", description="How to sign in to the git server.")

    @field_validator("sub_path")
    @classmethod
    def _relative(cls, value: str) -> str:
        if value.startswith("/") or ".." in value.split("/") or "$(" in value:
            raise ValueError(
                "must be a path inside the repository, without a leading /, without .. and $(, for example dags"
            )
        return value.rstrip("/")


class DagsSettings(Section):
    """The delivery of DAGs to Airflow."""

    delivery: Literal["gitSync", "gitBundle", "azureFiles", "image"] = Field(
        "gitSync",
        description="gitSync: a sidecar follows a git branch; gitBundle: Airflow clones the repository, and a DAG run "
        "keeps its commit; azureFiles: a file share; image: the customized image contains the DAGs.",
    )
    git: GitSettings = Field(GitSettings(), description="The repository (gitSync and gitBundle).")
    size_gb: ShareSize = Field(10, description="Quota of the file share in GiB (azureFiles only).")

    @property
    def from_git(self) -> bool:
        """Whether DAGs are cloned from a git repository."""
        return self.delivery in ("gitSync", "gitBundle")


class ImageSettings(Section):
    """A customized image that is already in the stack's registry."""

    repository: ImageRepository | None = Field(
        None,
        description="Repository in the stack's registry, without the registry's name; null = the imported image's.",
    )
    tag: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$")] | None = Field(
        None, description="Tag; null = the imported image."
    )


class AdminSettings(Section):
    """The first user. The password is generated and kept in the Key Vault."""

    username: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._@-]{1,64}$")] = Field(
        "admin", description="Sign-in name."
    )
    email: Annotated[str, StringConstraints(max_length=320, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")] = Field(
        "admin@example.com", description="Email address. Set only when the user is created, like the names."
    )
    first_name: Annotated[str, StringConstraints(min_length=1, max_length=64)] = Field(
        "Airflow", description="First name."
    )
    last_name: Annotated[str, StringConstraints(min_length=1, max_length=64)] = Field("Admin", description="Last name.")


class ContainerResources(Section):
    """Cpu, memory and local disk of a container; each value is both the request and the limit.

    The defaults are in components/airflow/values/default_sizes.py.
    """

    cpu: Cores | None = Field(None, description='Cores, for example "1" or 500m; null = our default.')
    memory: Memory | None = Field(None, description="Memory, for example 2Gi; null = our default.")
    disk: Disk | None = Field(
        None,
        description="Local disk for logs, /tmp and DAGs, for example 20Gi; a pod that uses more is evicted; "
        "null = our default.",
    )


class WorkersSettings(Section):
    """Celery workers: pods that keep running and take tasks from the broker."""

    min: int = Field(1, ge=0, le=1000, description="Minimum number of workers; 0 needs scaler keda.")
    max: int = Field(10, ge=1, le=1000, description="Maximum number of workers; scaler none always runs `min`.")
    concurrency: int = Field(16, ge=1, le=256, description="Tasks that a worker runs at once.")
    scaler: Scaler = Field(
        "keda",
        description="keda: scale by running and queued tasks (AKS add-on); hpa: by the workers' cpu; none: run `min`.",
    )


class AirflowSettings(Section):
    """Airflow itself."""

    release: str = Field("3.3", description="A release line of charts/pins.yaml.")
    patch: str | None = Field(
        None,
        description="One of the line's versions in charts/pins.yaml; null = the version of its `images.airflow`.",
    )
    executor: Executor = Field(
        "KubernetesExecutor",
        description="What runs tasks. If there are two, the first is the default; a task selects the other with "
        "`executor=`.",
    )
    image: ImageSettings = Field(ImageSettings(), description="A customized image.")
    admin: AdminSettings = Field(AdminSettings(), description="The first user.")
    schedulers: int = Field(2, ge=1, le=10, description="Scheduler pods.")
    api_servers: int = Field(
        2, ge=1, le=20, description="API server pods; they serve the UI too. In Airflow 2: web server pods."
    )
    dag_processors: int = Field(
        1, ge=0, le=10, description="DAG processor pods; 0 = the schedulers parse DAGs (Airflow 2 only)."
    )
    triggerers: int = Field(1, ge=0, le=10, description="Triggerer pods, for deferrable operators.")
    workers: WorkersSettings = Field(WorkersSettings(), description="Celery workers; executors with Celery only.")
    resources: dict[ResourceComponent, ContainerResources] = Field(
        {}, description="Component to the size of its container."
    )
    config: dict[ConfigSection, dict[str, str | int | float | bool]] = Field(
        {}, description="airflow.cfg: section to key to value."
    )
    environment: dict[EnvironmentName, str] = Field(
        {}, description="Environment variables of every Airflow container, plain values only."
    )
    key_vault_secrets: dict[EnvironmentName, VaultSecretName] = Field(
        {}, description="Environment variable of every Airflow container to the name of your secret in the Key Vault."
    )
    values: dict[str, Any] = Field(
        {}, description="Chart values, merged last; no secrets, and no value that a setting or the program owns."
    )
