"""Where Helm finds a chart: in a repository with an index, or in a registry."""

from __future__ import annotations

from typing import Any

from components.settings.pins import Chart


def chart_source(chart: Chart) -> dict[str, Any]:
    """Return the arguments with which a Release or a Chart names its chart; one in a registry has no repository."""
    if chart.repository.startswith("oci://"):
        return {"chart": f"{chart.repository}/{chart.name}", "version": chart.version}
    return {"chart": chart.name, "version": chart.version, "repository_opts": {"repo": chart.repository}}
