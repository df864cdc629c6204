"""Fetch the packages of the pinned charts into this machine's cache, and check their digests.

`python -m charts.fetch_charts` downloads the package of each pinned chart from the chart's repository, unless the cache
has it. The exit code is 1 when a package's digest differs from the one in charts/pins.yaml or in the repository's
index, or when a repository does not answer.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx

from components.settings.pins import Chart, Pins, load_pins

from .chart_cache import chart_file, sha256_of
from .registry_lookup import Registries, SourceError

Report = Callable[[str], None]


def pinned_charts(pins: Pins) -> Iterator[Chart]:
    """Yield every chart that charts/pins.yaml names."""
    for line in pins.airflow.values():
        yield line.chart
    yield pins.envoy_gateway.chart
    yield pins.envoy_gateway.crds_chart
    yield pins.external_secrets.chart
    yield pins.cert_manager.chart


def fetch(registries: Registries, chart: Chart, file: Path, report: Report) -> None:
    """Download a chart's package to `file`, unless the file exists.

    Raises SourceError, also when the digest is not the pinned one or the one in the repository's index.
    """
    label = f"{chart.name} {chart.version}"
    if file.exists():
        found = sha256_of(file.read_bytes())
        _compare(str(file), found, chart.sha256)
        report(f"{label}: {file} is there")
        return
    content = registries.chart_package(chart.repository, chart.name, chart.version)
    digest = sha256_of(content)
    _compare(f"{chart.repository}: the package of {label}", digest, chart.sha256)
    named = registries.chart_digest(chart.repository, chart.name, chart.version)
    _compare(f"{chart.repository}: the package of {label}", digest, named)
    file.parent.mkdir(parents=True, exist_ok=True)
    # The file gets its final name only when it is complete.
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    unfinished.write_bytes(content)
    unfinished.replace(file)
    report(f"{label}: fetched into {file}, sha256:{digest}")


def run(client: httpx.Client, pins: Pins, report: Report) -> int:
    """Fetch every pinned chart; returns the exit code."""
    registries, code = Registries(client), 0
    for chart in pinned_charts(pins):
        try:
            fetch(registries, chart, chart_file(chart.name, chart.version), report)
        except SourceError as error:
            report(f"{chart.name} {chart.version}: not fetched, {error}")
            code = 1
    return code


def main() -> int:
    """Run from the command line."""
    with httpx.Client(follow_redirects=True, timeout=60) as client:
        return run(client, load_pins(), _print)


def _compare(what: str, digest: str, wanted: str | None) -> None:
    if wanted is not None and digest != wanted:
        raise SourceError(f"{what} is sha256:{digest}, and must be sha256:{wanted}")


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
