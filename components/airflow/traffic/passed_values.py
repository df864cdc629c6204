"""The values of a stack file that reach Airflow's containers: options, variables, and variables of one component."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from components.airflow.executors import WORKER
from components.airflow.line_family import LineFamily
from components.airflow.owned.checker import option_of
from components.settings import nested
from components.settings.airflow_sections import AirflowSettings

CONNECTION: Final = "AIRFLOW_CONN_"
# The sections of the chart's values with an `env`, by the component's label.
_SECTIONS: Final = {
    "dag-processor": ("dagProcessor",),
    "scheduler": ("scheduler",),
    "triggerer": ("triggerer",),
    WORKER: ("workers", "workers.kubernetes", "workers.celery"),
}


@dataclass(frozen=True, kw_only=True)
class Given:
    """A value with its place below `airflow`.

    `name`: `section.option` for an option of airflow.cfg, also if a variable sets it; otherwise the variable's name.
    `component`: the chart's label of the only component that gets the value; None: all components get it.
    """

    path: tuple[int | str, ...]
    name: str
    value: str
    component: str | None = None


def given_values(airflow: AirflowSettings, line: LineFamily) -> Iterator[Given]:
    """Yield every option and plain variable of the stack file."""
    for section, options in airflow.config.items():
        for option, content in options.items():
            yield Given(path=("config", section, option), name=f"{section}.{option}", value=str(content))
    for variable, text in airflow.environment.items():
        yield Given(path=("environment", variable), name=name_of(variable), value=text)
    for component, sections in {line.ui_component: (line.ui,), **_SECTIONS}.items():
        for section in sections:
            yield from _variables(airflow.values, section, component)


def other_texts(airflow: AirflowSettings) -> Iterator[tuple[tuple[int | str, ...], str]]:
    """Yield every text of `airflow.values` with its path below `airflow`, except what `given_values` yields."""
    yield from _texts(("values",), airflow.values)


def name_of(variable: str) -> str:
    """Return the name of the option that a variable sets, `section.option`; the variable itself if it sets none."""
    section, option = option_of(variable)
    return f"{section}.{option}" if section else variable


def _variables(values: Mapping[str, Any], section: str, component: str) -> Iterator[Given]:
    entries = nested.get(values, f"{section}.env", [])
    for index, entry in enumerate(entries if isinstance(entries, list) else []):
        if isinstance(entry, Mapping) and isinstance(entry.get("value"), str):
            path: tuple[int | str, ...] = ("values", *section.split("."), "env", index, "value")
            yield Given(path=path, name=name_of(str(entry.get("name"))), value=entry["value"], component=component)


def _texts(path: tuple[int | str, ...], content: Any) -> Iterator[tuple[tuple[int | str, ...], str]]:
    if isinstance(content, str):
        yield path, content
    elif isinstance(content, Mapping):
        for key, item in content.items():
            if key != "env":
                yield from _texts((*path, str(key)), item)
    elif isinstance(content, list):
        for index, item in enumerate(content):
            yield from _texts((*path, index), item)
