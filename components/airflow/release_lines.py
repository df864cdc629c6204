"""The generations of Airflow that the program supports, and the generation of each release line.

Sources: the packaged charts with their schemas, and the configuration references of the versions in charts/pins.yaml.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from . import names
from .airflow_2.line import AIRFLOW_2
from .line_family import LineFamily

_CHARTS: Final = Path(__file__).resolve().parents[2] / "charts" / "airflow"
# The sign-in with Entra accounts, for both generations.
WEBSERVER_CONFIG: Final = _CHARTS / "webserver_config.py"

AIRFLOW_3: Final = LineFamily(
    title="Airflow 3",
    static_values=_CHARTS / "values.yaml",
    facts=_CHARTS,
    ui="apiServer",
    ui_component="api-server",
    ui_secret=(names.API_SECRET, names.API_SECRET_KEY),
)
FAMILIES: Final = (AIRFLOW_2, AIRFLOW_3)


def family_of(release: str) -> LineFamily:
    """Return the generation of a release line such as 2.9 or 3.3."""
    return AIRFLOW_2 if release.partition(".")[0] == "2" else AIRFLOW_3


def options_file(release: str) -> Path:
    """Return the file with the options of airflow.cfg that a release line knows; `make facts` writes it."""
    return family_of(release).facts / f"options-{release}.json"


def chart_keys_file(release: str) -> Path:
    """Return the file with the keys that the chart of a release line takes; `make facts` writes it."""
    return family_of(release).facts / f"chart-keys-{release}.json"
