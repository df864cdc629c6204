"""The Secret with the gateway's certificate, which its maker and the gateway's listener name alike."""

from __future__ import annotations

from typing import Final

TLS_SECRET: Final = "airflow-tls"  # noqa: S105 - a name
