"""Rules for the clusters in which tasks launch pods."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from components.airflow.owned.checker import variable_owner
from components.airflow.release_lines import AIRFLOW_3, family_of
from components.airflow.traffic.passed_values import given_values
from components.azure.stack_images import XCOM_SIDECAR
from components.settings.model import Settings
from components.stack_file.problems import Problem, key_path

from .context import Context, Rule

_SECTION: Final = "remoteClusters"
_KUBECONFIG: Final = "KUBECONFIG"


def targets_are_named_once(context: Context) -> Iterator[Problem]:
    """Each entry names its cluster by an id or by a stack."""
    for index, entry in enumerate(context.settings.remote_clusters):
        if (entry.cluster_id is None) == (entry.stack is None):
            both = "has both: remove one" if entry.stack is not None else "has neither"
            yield Problem(path=key_path(_SECTION, index), message=f"must have either clusterId or stack, and {both}")


def connections_differ(context: Context) -> Iterator[Problem]:
    """No two entries have the same connection id, or the same namespace of the same cluster."""
    connections: dict[str, int] = {}
    places: dict[tuple[str, str], int] = {}
    for index, entry in enumerate(context.settings.remote_clusters):
        other = connections.setdefault(entry.connection_id, index)
        if other != index:
            yield Problem(
                path=key_path(_SECTION, index, "connectionId"),
                message=f"{entry.connection_id} is the id of {key_path(_SECTION, other)} too: use another one",
            )
        other = places.setdefault((entry.target, entry.namespace), index)
        if other != index and entry.target:
            yield Problem(
                path=key_path(_SECTION, index, "namespace"),
                message=f"{entry.namespace} of the same cluster is that of {key_path(_SECTION, other)} too: tasks can "
                "share its connection; remove this entry or use another namespace",
            )


def variables_are_free(context: Context) -> Iterator[Problem]:
    """Nothing else sets the environment variable of a connection."""
    variables = _variables(context.settings)
    for index, entry in enumerate(context.settings.remote_clusters):
        path = key_path(_SECTION, index, "connectionId")
        if variable_owner(entry.variable) is not None:
            yield Problem(
                path=path, message=f"{entry.connection_id} is a connection of the program itself: use another id"
            )
        elif entry.variable in variables:
            yield Problem(
                path=path,
                message=f"{entry.connection_id} is also set by {variables[entry.variable]}: keep one of the two",
            )


def kubeconfig_is_unset(context: Context) -> Iterator[Problem]:
    """No container has KUBECONFIG: an operator that defers would read it next to the connection, and fail."""
    if not context.settings.remote_clusters:
        return
    path = _variables(context.settings).get(_KUBECONFIG)
    if path is not None:
        yield Problem(
            path=path,
            message=f"must not be set with {key_path(_SECTION)}: a deferred KubernetesPodOperator fails when it finds "
            "both a connection and this variable; remove it",
        )


def image_has_kubelogin(context: Context) -> Iterator[Problem]:
    """Airflow's image is a customized one, into which `make image` copies kubelogin."""
    settings = context.settings
    if settings.remote_clusters and settings.airflow.image.tag is None:
        yield Problem(
            path=key_path("airflow", "image"),
            message=f"is required with {key_path(_SECTION)}, because Airflow's own image lacks kubelogin: add the two "
            "lines `repository: customized/airflow` and `tag: <tag>`, which `make image STACK="
            f"{settings.stack}` builds and prints",
        )


def sidecar_is_pinned(context: Context) -> Iterator[Problem]:
    """The pins have the image that hands an XCom over."""
    settings = context.settings
    if settings.remote_clusters and XCOM_SIDECAR not in settings.pins.remote_clusters.images:
        yield Problem(
            path=key_path(_SECTION),
            message=f"needs the image remoteClusters.images.{XCOM_SIDECAR} in charts/pins.yaml: take the shipped entry",
        )


def release_is_airflow_3(context: Context) -> Iterator[Problem]:
    """The release line is one whose provider was tested with such a connection."""
    release = context.settings.airflow.release
    if context.settings.remote_clusters and family_of(release) is not AIRFLOW_3:
        newest = max(context.settings.pins.airflow, key=lambda line: tuple(map(int, line.split("."))))
        yield Problem(
            path=key_path("airflow", "release"),
            message=f"{release} is Airflow 2, and {key_path(_SECTION)} needs Airflow 3: move to {newest}, or remove "
            f"{key_path(_SECTION)}",
        )


def _variables(settings: Settings) -> dict[str, str]:
    """Return the environment variables that the stack file sets, with the path of each."""
    airflow = settings.airflow
    plain = {item.name: key_path("airflow", *item.path) for item in given_values(airflow, family_of(airflow.release))}
    return plain | {name: key_path("airflow", "keyVaultSecrets", name) for name in airflow.key_vault_secrets}


REMOTE_CLUSTER_ERRORS: tuple[Rule, ...] = (
    targets_are_named_once,
    connections_differ,
    variables_are_free,
    kubeconfig_is_unset,
    image_has_kubelogin,
    sidecar_is_pinned,
    release_is_airflow_3,
)
