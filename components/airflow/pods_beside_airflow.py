"""What the gateway's proxies and the secret keepers request, which run on the nodes of Airflow's own pods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from components.kubernetes import csi_keeper
from components.kubernetes.envoy_policies import PROXY_REQUESTS, SHUTDOWN_REQUESTS
from components.settings.model import Settings
from components.settings.quantities import mebibytes, millicores

from .values.containers import DISK
from .values.pod_sizes import PodSize

# The pods that an update stops before their successors are ready: a quarter, rounded down.
_FEWEST_WITHOUT_SURGE = 4


def pods_beside_airflow(settings: Settings) -> Iterator[PodSize]:
    """Yield the kinds of pods that the program adds to those of the chart."""
    access = settings.access
    if access is not None:
        surges = access.replicas < _FEWEST_WITHOUT_SURGE
        yield _pod("gateway proxy", [PROXY_REQUESTS, SHUTDOWN_REQUESTS], access.replicas, needs_surge=surges)
    if settings.secrets.delivery == "csi":
        yield _pod("secret keeper", [csi_keeper.REQUESTS], csi_keeper.REPLICAS, needs_surge=True)
        if access is not None and not access.tls.uses_cert_manager:
            yield _pod("certificate keeper", [csi_keeper.REQUESTS], csi_keeper.REPLICAS, needs_surge=True)


def _pod(name: str, containers: list[Mapping[str, str]], replicas: int, *, needs_surge: bool) -> PodSize:
    return PodSize(
        name=name,
        sized_by=(),
        cpu=sum(millicores(one["cpu"]) for one in containers),
        memory=sum(mebibytes(one["memory"]) for one in containers),
        disk=sum(mebibytes(one[DISK]) for one in containers),
        replicas=replicas,
        most=replicas,
        runs_tasks=False,
        needs_surge=needs_surge,
    )
