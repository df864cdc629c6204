"""Where packaged charts are kept on this machine."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "airflow-aks"
# The environment variable with another folder of packaged charts.
FOLDER_VARIABLE = "AIRFLOW_AKS_CHARTS"


def chart_folder() -> Path:
    """The folder with the packaged charts, which may not be there yet."""
    named = os.environ.get(FOLDER_VARIABLE)
    return Path(named) if named else CACHE / "charts"


def chart_file(name: str, version: str) -> Path:
    """The package of a chart."""
    return chart_folder() / f"{name}-{version}.tgz"


def sha256_of(content: bytes) -> str:
    """The digest of a package as a chart repository's index writes it: 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()
