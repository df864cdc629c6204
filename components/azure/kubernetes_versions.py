"""The minor versions of Kubernetes that AKS offers, by the days in charts/retirements.yaml."""

from __future__ import annotations

import datetime

from components.settings.cluster_sections import ClusterSettings
from components.settings.retirements import Retirements


def minor(version: str) -> tuple[int, int]:
    """Return a version such as `1.35` as numbers, which can be compared."""
    major, _, number = version.partition(".")
    return int(major), int(number)


def last_day(retirements: Retirements, cluster: ClusterSettings) -> datetime.date | None:
    """Return the last day of support of the cluster's version on its tier; None if AKS never offered the version."""
    known = retirements.kubernetes.get(cluster.kubernetes_version)
    if known is None:
        return None
    return known.long_term_date if has_long_term_support(cluster) else known.date


def has_long_term_support(cluster: ClusterSettings) -> bool:
    """Return whether the cluster gets long-term support.

    Azure accepts it only with the Premium tier, and that tier only with long-term support.
    """
    return cluster.tier == "Premium"


def lasting_versions(retirements: Retirements, day: datetime.date) -> list[str]:
    """Return the versions that have support on a day without long-term support, the oldest first."""
    return sorted((name for name, known in retirements.kubernetes.items() if known.date >= day), key=minor)
