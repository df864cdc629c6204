"""The ports of Airflow's pods, and those of hosts outside the cluster, as network policies name them."""

from __future__ import annotations

from typing import Final

HTTP_PORT: Final = 80
HTTPS_PORT: Final = 443
# The API server of Airflow 3 and the web server of Airflow 2, both with the UI.
API_PORT: Final = 8080
WORKER_LOG_PORT: Final = 8793
TRIGGERER_LOG_PORT: Final = 8794
STATSD_PORT: Final = 9125
STATSD_SCRAPE_PORT: Final = 9102
