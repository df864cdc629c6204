"""Rules for the storage and the delivery of logs and DAGs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from components.azure.log_storage_plan import PREMIUM_LEAST_GIB, file_shares, is_premium
from components.stack_file.problems import Problem, key_path

from .context import Context, Rule

# The first version of Kubernetes whose blob driver is known to mount with a token. Source: AKS, "AKS components
# breaking changes by version".
_OLDEST_FOR_BLOBFUSE: Final = (1, 35)


def image_with_dags_is_customized(context: Context) -> Iterator[Problem]:
    """DAGs from the image come with a customized image, because the imported image contains no DAGs."""
    airflow = context.settings.airflow
    if context.settings.dags.delivery == "image" and airflow.image.tag is None:
        yield Problem(
            path=key_path("airflow", "image", "tag"),
            message=f"is required with {key_path('dags', 'delivery')}: image, because the imported image does not "
            "contain your DAGs; name a customized image in the stack's registry, as `make image` prints it",
        )


def bundles_are_not_replaced(context: Context) -> Iterator[Problem]:
    """The stack file has no list of DAG bundles that would replace the program's bundle."""
    settings = context.settings
    values = settings.airflow.values.get("dagProcessor")
    if settings.dags.delivery == "gitBundle" and isinstance(values, dict) and "dagBundleConfigList" in values:
        yield Problem(
            path=key_path("airflow", "values", "dagProcessor", "dagBundleConfigList"),
            message=f"would replace the bundle of {key_path('dags', 'delivery')}: gitBundle; use another delivery for "
            "bundles of your own",
        )


def blobfuse_has_a_driver(context: Context) -> Iterator[Problem]:
    """The blob driver of the Kubernetes version mounts without the storage account's key."""
    settings = context.settings
    version = settings.cluster.kubernetes_version
    if settings.logs.delivery == "blobfuse" and _numbers(version) < _OLDEST_FOR_BLOBFUSE:
        yield Problem(
            path=key_path("logs", "delivery"),
            message=f"blobfuse needs {key_path('cluster', 'kubernetesVersion')}: 1.35 or newer, whose driver mounts "
            f"without a key (is {version}); use blob",
        )


def premium_is_for_shares(context: Context) -> Iterator[Problem]:
    """Premium accounts have file shares, each of 100 GiB or more."""
    settings = context.settings
    redundancy = settings.logs.redundancy
    if not is_premium(redundancy):
        return
    shares = file_shares(settings.logs, settings.dags)
    if not shares:
        standard = redundancy.replace("Premium", "Standard")
        yield Problem(
            path=key_path("logs", "redundancy"),
            message=f"{redundancy} is for file shares, and neither {key_path('logs', 'delivery')} nor "
            f"{key_path('dags', 'delivery')} is azureFiles; use {standard}, on a stack with Premium shares after the "
            "steps in docs/logs.md",
        )
    for share, gib in shares.items():
        if gib < PREMIUM_LEAST_GIB:
            yield Problem(
                path=key_path(share, "sizeGb"),
                message=f"must be at least {PREMIUM_LEAST_GIB} with {key_path('logs', 'redundancy')}: {redundancy} "
                f"(is {gib})",
            )


def storage_survives_a_zone(context: Context) -> Iterator[Problem]:
    """Warn about a cluster in several zones whose logs are stored in one zone."""
    settings = context.settings
    redundancy = settings.logs.redundancy
    if settings.cluster.zones and redundancy.endswith("_LRS"):
        yield Problem(
            path=key_path("logs", "redundancy"),
            message=f"{redundancy} keeps all copies in one zone, but {key_path('cluster', 'zones')} are "
            f"{', '.join(settings.cluster.zones)}; {redundancy.replace('LRS', 'ZRS')} survives the loss of a zone",
        )


def volume_sizes_are_used(context: Context) -> Iterator[Problem]:
    """Warn about the size of a volume that does not exist."""
    settings = context.settings
    logs, dags = settings.logs, settings.dags
    if "size_gb" in logs.model_fields_set and logs.delivery == "blob":
        yield Problem(
            path=key_path("logs", "sizeGb"),
            message=f"is not used: it is for volumes, and {key_path('logs', 'delivery')} is blob, which has no limit",
        )
    if "size_gb" in dags.model_fields_set and dags.delivery != "azureFiles":
        yield Problem(
            path=key_path("dags", "sizeGb"),
            message=f"is not used: it is for {key_path('dags', 'delivery')}: azureFiles (is {dags.delivery})",
        )


def repository_is_used(context: Context) -> Iterator[Problem]:
    """Warn about a git repository that no DAG delivery clones."""
    dags = context.settings.dags
    if dags.git.repository is not None and not dags.from_git:
        yield Problem(
            path=key_path("dags", "git"),
            message=f"is not used: it is for {key_path('dags', 'delivery')}: gitSync or gitBundle (is {dags.delivery})",
        )


def task_pods_clone_no_history(context: Context) -> Iterator[Problem]:
    """Warn about git bundles with task pods: each task pod starts without a clone, and clones the whole repository."""
    settings = context.settings
    if settings.dags.delivery == "gitBundle" and "KubernetesExecutor" in settings.airflow.executor:
        yield Problem(
            path=key_path("dags", "delivery"),
            message=f"gitBundle with {key_path('airflow', 'executor')}: {settings.airflow.executor} clones the whole "
            "repository, with its history, in every task's pod; gitSync clones the newest commit only, and image none",
        )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


STORAGE_ERRORS: tuple[Rule, ...] = (
    image_with_dags_is_customized,
    bundles_are_not_replaced,
    blobfuse_has_a_driver,
    premium_is_for_shares,
)
STORAGE_WARNINGS: tuple[Rule, ...] = (
    storage_survives_a_zone,
    volume_sizes_are_used,
    repository_is_used,
    task_pods_clone_no_history,
)
