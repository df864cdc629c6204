"""The minor versions of Kubernetes that AKS offers for a new cluster.

Source: AKS, "Supported Kubernetes versions in Azure Kubernetes Service (AKS)", the release calendar. Change the table
and its date when AKS offers a new version.
"""

from __future__ import annotations

import datetime
from typing import Final

AS_OF: Final = datetime.date(2026, 11, 26)
# The support of the oldest version ends in November 2026.
OFFERED: Final = ("1.34", "1.35", "1.36")


def minor(version: str) -> tuple[int, int]:
    """Return a version such as `1.35` as numbers, which can be compared."""
    major, _, number = version.partition(".")
    return int(major), int(number)
