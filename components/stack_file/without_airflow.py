"""What a stack file with `airflow: null` may say, and the settings that it leaves to the program."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from components.settings.cluster_sections import PoolSettings
from components.settings.model import Settings

from .problems import Problem, key_path

AIRFLOW: Final = key_path("airflow")
# Sections and keys that only a stack with Airflow uses, and what they are for.
NEED_AIRFLOW: Final[Mapping[str, str]] = {
    "access": "the way in to Airflow",
    "broker": "Celery",
    "chaos": "Airflow's pods",
    "dags": "Airflow's DAGs",
    "dagsGitKnownHosts": "Airflow's DAGs",
    "dagsGitSshKey": "Airflow's DAGs",
    "dagsGitToken": "Airflow's DAGs",
    "dagsGitUsername": "Airflow's DAGs",
    "database": "Airflow's database",
    "keyVault": "Airflow's secrets",
    "logs": "Airflow's task logs",
    "reapplyReleases": "Helm releases",
    "remoteClusters": "Airflow's tasks",
    "secrets": "Airflow's secrets",
    "signInClientSecret": "the sign-in to Airflow",
}
_NAMESPACE: Final = "jobs"
_OTHER: Final = "other"


def is_without_airflow(config: Mapping[str, str]) -> bool:
    """Return whether the stack file sets `airflow: null`, which Pulumi passes as an empty text."""
    return AIRFLOW in config and not config[AIRFLOW].strip()


def find_unused_keys(config: Mapping[str, str]) -> Iterator[Problem]:
    """Yield a problem for each key that a stack without Airflow does not use."""
    for key, purpose in NEED_AIRFLOW.items():
        if key_path(key) in config:
            yield Problem(
                path=key_path(key), message=f"is for {purpose}, and {AIRFLOW} is null: remove it, or set {AIRFLOW}"
            )


def complete(settings: Settings) -> Settings:
    """Return the settings with the defaults of a stack without Airflow: one namespace, and pools for other pods."""
    cluster = settings.cluster
    pools: tuple[PoolSettings, ...] = (PoolSettings(name="pods", min_nodes=0, purpose=_OTHER),)
    if "pools" in cluster.model_fields_set:
        pools = tuple(
            pool if "purpose" in pool.model_fields_set else pool.model_copy(update={"purpose": _OTHER})
            for pool in cluster.pools
        )
    namespaces = settings.namespaces if "namespaces" in settings.model_fields_set else (_NAMESPACE,)
    return settings.model_copy(
        update={"cluster": cluster.model_copy(update={"pools": pools}), "namespaces": namespaces}
    )
