"""A stack without Airflow, as changes to the dev stack file."""

from __future__ import annotations

from typing import Any

from .cases import ADMINS

GPU_POOL = {"name": "gpu", "vmSize": "Standard_NC4as_T4_v3", "gpu": True, "minNodes": 0, "maxNodes": 4}
# The sections of the dev stack file that only Airflow needs.
_AIRFLOWS = ("dags", "database", "keyVault", "logs")
ALONE: dict[str, Any] = {"airflow": "", **dict.fromkeys(_AIRFLOWS), "cluster.pools": None}
POD_CLUSTER: dict[str, Any] = {
    **ALONE,
    "cluster.adminGroupIds": [ADMINS],
    "cluster.pools": [GPU_POOL],
    "namespaces": ["jobs", "training"],
}
