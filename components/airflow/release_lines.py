"""The generations of Airflow that the program runs, and which of them a release line belongs to.

Sources: the packaged charts with their schemas, and the configuration references of the versions in charts/pins.yaml.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from . import names
from .airflow_2.line import AIRFLOW_2
from .line_family import LineFamily

AIRFLOW_3: Final = LineFamily(
    title="Airflow 3",
    static_values=Path(__file__).resolve().parents[2] / "charts" / "airflow" / "values.yaml",
    ui="apiServer",
    ui_component="api-server",
    ui_secret=(names.API_SECRET, names.API_SECRET_KEY),
)
FAMILIES: Final = (AIRFLOW_2, AIRFLOW_3)


def family_of(release: str) -> LineFamily:
    """Return the generation of a release line such as 2.9 or 3.3."""
    return AIRFLOW_2 if release.partition(".")[0] == "2" else AIRFLOW_3
