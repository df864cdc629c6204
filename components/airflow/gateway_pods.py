"""What the pods of the gateway's proxies request: they run on the nodes of Airflow's own pods."""

from __future__ import annotations

from components.kubernetes.envoy_policies import PROXY_REQUESTS, SHUTDOWN_REQUESTS
from components.settings.access_sections import AccessSettings
from components.settings.quantities import mebibytes, millicores

from .values.containers import DISK
from .values.pod_sizes import PodSize

# The pods that an update stops before their successors are ready: a quarter, rounded down.
_FEWEST_WITHOUT_SURGE = 4


def gateway_pods(access: AccessSettings | None) -> tuple[PodSize, ...]:
    """Return the kind of pod of the proxies; none without a gateway."""
    if access is None:
        return ()
    containers = (PROXY_REQUESTS, SHUTDOWN_REQUESTS)
    return (
        PodSize(
            name="gateway proxy",
            sized_by=(),
            cpu=sum(millicores(one["cpu"]) for one in containers),
            memory=sum(mebibytes(one["memory"]) for one in containers),
            disk=sum(mebibytes(one[DISK]) for one in containers),
            replicas=access.replicas,
            most=access.replicas,
            runs_tasks=False,
            needs_surge=access.replicas < _FEWEST_WITHOUT_SURGE,
        ),
    )
