"""The number of pods of the API server, schedulers, DAG processors and triggerers in the chart's values."""

from __future__ import annotations

from typing import Any

from components.airflow.line_family import LineFamily
from components.settings.airflow_sections import AirflowSettings


def replica_values(airflow: AirflowSettings, line: LineFamily) -> dict[str, Any]:
    """Return how many pods each component has, workers apart: the executor decides on those."""
    # Where schedulers can parse DAGs, the chart omits the DAG processor unless it is enabled.
    switch = {"enabled": airflow.dag_processors > 0} if line.schedulers_may_parse else {}
    return {
        "apiServer": {"replicas": airflow.api_servers},
        "scheduler": {"replicas": airflow.schedulers},
        "dagProcessor": {**switch, "replicas": airflow.dag_processors},
        "triggerer": {"enabled": airflow.triggerers > 0, "replicas": airflow.triggerers},
    }
