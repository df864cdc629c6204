"""A file of pins and its sources, for the tests of `make pins`."""

from __future__ import annotations

import datetime
from pathlib import Path

from charts import update_pins
from tests.charts.fake_sources import REGISTRY, FakeSources, digest

TODAY = datetime.date(2026, 11, 21)
AIRFLOW = f"{REGISTRY}/apache/airflow"
EXPORTER = f"{REGISTRY}/statsd-exporter"
PINS = f"""\
# Kept: a comment at the top.
airflow: # release lines
  "3.3":
    chart: {{name: airflow, repository: "https://airflow.example.com", version: 1.22.0}}
    images:
      airflow: {{source: {AIRFLOW}, tag: 3.3.2}} # kept as well
      pgbouncer: {{source: {AIRFLOW}, tag: airflow-pgbouncer-2025.03.05-1.23.1}}
  "2.9":
    chart: {{name: airflow, repository: "https://airflow.example.com", version: 1.15.0}}
    images:
      airflow: {{source: {AIRFLOW}, tag: 2.9.3, digest: {digest("9")}}}
tools:
  chart: {{name: tools, repository: "https://tools.example.com", version: 2.12.0}}
  images:
    exporter: {{source: {EXPORTER}, tag: v0.30.0}}
"""
CURRENT = {
    "3.3.2": digest("a"),
    "airflow-pgbouncer-2025.03.05-1.23.1": digest("b"),
    "2.9.3": digest("9"),
}


class Desk:
    """A file of pins, its sources, and the lines that the last run printed."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.lines: list[str] = []
        self.sources = FakeSources()
        self.sources.image(AIRFLOW, CURRENT)
        self.sources.image(EXPORTER, {"v0.30.0": digest("e")})
        self.sources.chart("airflow.example.com", "airflow", ["1.22.0", "1.15.0"])
        self.sources.chart("tools.example.com", "tools", ["2.12.0"])
        file.write_text(PINS, encoding="utf-8")

    def run(self, check: bool = False, only: str | None = None) -> int:
        self.lines.clear()
        return update_pins.run(self.file, self.sources.client(), TODAY, self.lines.append, check, only)

    @property
    def text(self) -> str:
        return self.file.read_text(encoding="utf-8")
