"""Adds to the static values what containers need to reach the outside: a proxy's variables and trusted authorities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from components.airflow.line_family import LineFamily
from components.kubernetes.way_out import ContainerWayOut
from components.settings import nested

from .layers import merge

_GIT_SYNC: Final = "dags.gitSync"


def add_way_out(static: Mapping[str, Any], way_out: ContainerWayOut, line: LineFamily) -> dict[str, Any]:
    """Return the static values with the variables and the authorities in every container that calls something outside.

    The chart passes `env`, `volumes` and `volumeMounts` on to all of Airflow's containers and to task pods, and not to
    git-sync. The cleanup of task pods gets its own `env`, and on some lines no volume.
    """
    everywhere, git_sync = way_out.variables(), nested.get(static, _GIT_SYNC, {})
    if not everywhere:
        return merge(static)
    values: dict[str, Any] = {
        "env": [*static["env"], *everywhere],
        "volumes": [*static["volumes"], *way_out.volumes],
        "volumeMounts": [*static["volumeMounts"], *way_out.mounts],
        "cleanup": {
            "env": [*static["cleanup"]["env"], *way_out.variables(certificates=line.cleanup_mounts_volumes)],
        },
    }
    of_git_sync = {
        "env": [*git_sync.get("env", []), *everywhere],
        "extraVolumeMounts": [*git_sync["extraVolumeMounts"], *way_out.mounts],
    }
    return merge(static, nested.put(values, _GIT_SYNC, of_git_sync))
