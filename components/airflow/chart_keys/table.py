"""Reads the keys that the chart of a release line takes."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from components.airflow.release_lines import chart_keys_file


@dataclass(frozen=True, kw_only=True)
class ChartKeys:
    """The reduced schema of a chart's values; charts/write_chart_keys.py explains its short names.

    `config`: the options of airflow.cfg, as `section.option`, that the chart reads from the values.
    """

    version: str
    config: frozenset[str]
    types: Mapping[str, Mapping[str, Any]]
    root: Mapping[str, Mapping[str, Any]]


def chart_keys_of(release: str) -> ChartKeys | None:
    """Read the keys of a release line's chart; None if `make facts` has not been run for it."""
    file = chart_keys_file(release)
    return _read(file) if file.is_file() else None


@functools.cache
def _read(file: Path) -> ChartKeys:
    content = json.loads(file.read_text(encoding="utf-8"))
    return ChartKeys(
        version=content["chart"],
        config=frozenset(content["config"]),
        types=content["types"],
        root=content["root"],
    )
