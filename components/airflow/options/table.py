"""Reads the options of airflow.cfg that a release line knows."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from components.airflow.release_lines import options_file

# Airflow or a provider passes every option of these sections on, so that no option in them is unknown. Source: the
# callers of `conf.getsection` in Airflow's providers.
OPEN_SECTIONS: Final = frozenset(
    {
        "celery_broker_transport_options",
        "celery_result_backend_transport_options",
        "elasticsearch_configs",
        "opensearch_configs",
        "sentry",
    }
)


@dataclass(frozen=True, kw_only=True)
class Options:
    """The options of one version of Airflow.

    `sections` maps section and option to the version that added the option (None: not known). `moved` maps an old
    place, `section.option`, to the new place. `removed` holds the places of options without a successor.
    """

    version: str
    sections: Mapping[str, Mapping[str, str | None]]
    moved: Mapping[str, str]
    removed: frozenset[str]


def options_of(release: str) -> Options | None:
    """Read the options of a release line; None if `make facts` has not been run for it."""
    file = options_file(release)
    return _read(file) if file.is_file() else None


@functools.cache
def _read(file: Path) -> Options:
    content = json.loads(file.read_text(encoding="utf-8"))
    return Options(
        version=content["version"],
        sections=content["sections"],
        moved=content["moved"],
        removed=frozenset(content["removed"]),
    )
