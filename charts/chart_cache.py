"""The cache folder on this machine for packaged charts."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "airflow-aks"
# The environment variable that names another folder for packaged charts.
FOLDER_VARIABLE = "AIRFLOW_AKS_CHARTS"


def chart_folder() -> Path:
    """Return the folder of the packaged charts; the folder may not exist yet."""
    named = os.environ.get(FOLDER_VARIABLE)
    return Path(named) if named else CACHE / "charts"


def chart_file(name: str, version: str) -> Path:
    """Return the path of a chart's package."""
    return chart_folder() / f"{name}-{version}.tgz"


def sha256_of(content: bytes) -> str:
    """Return the SHA-256 of a package as 64 hexadecimal digits, the form in a chart repository's index."""
    return hashlib.sha256(content).hexdigest()
