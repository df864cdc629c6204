"""Finds what `airflow.values`, `airflow.config` and `airflow.environment` must not contain.

They must not contain settings that the program owns, unknown keys of the chart, or secrets in plain text. Each problem
is a path below the setting and a message.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from components.airflow.line_family import LineFamily
from components.airflow.release_lines import AIRFLOW_3, FAMILIES

from .plaintext_secrets import ADVICE, clear_secret, secret_text
from .table import owned_by

Found = Iterator[tuple[str, str]]
_SECRET: Final = f"looks like a secret in the clear: {ADVICE}"
# Mappings that refer to a Secret or ConfigMap, and so contain only names.
_REFERENCES: Final = frozenset({"configMapKeyRef", "configMapRef", "secretKeyRef", "secretRef"})
# Options with these endings hold a command, or a name in a secrets backend, from which Airflow gets the value.
_SOURCES: Final = ("_cmd", "_secret")


def value_problems(values: Mapping[str, Any], line: LineFamily = AIRFLOW_3) -> Found:
    """Find owned values, unknown keys, nulls and secrets in `airflow.values`, for a release line's chart.

    release_line_rules.py reports a top-level key that only the chart of another release line has.
    """
    known = owned_by(line).chart_keys
    anywhere = {key for family in FAMILIES for key in owned_by(family).chart_keys}
    for key, value in values.items():
        if key in known:
            yield from _value_problems(line, key, key, value, values)
        elif key not in anywhere:
            near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
            yield key, f"unknown key of the chart; did you mean {near[0]}?" if near else "unknown key of the chart"


def config_problems(config: Mapping[str, Mapping[str, object]]) -> Found:
    """Find owned options, secrets and multi-line values in `airflow.config`."""
    for section, options in config.items():
        for key, value in options.items():
            path = f"{section}.{key}"
            if (message := _option_owner(section, key)) is not None:
                yield path, message
            elif key.endswith(_SOURCES) and not secret_text(str(value)):
                continue
            elif clear_secret(key, value):
                yield path, _SECRET
            elif isinstance(value, str) and "\n" in value.strip("\n"):
                yield path, "must be a single line"


def environment_problems(environment: Mapping[str, str], config: Mapping[str, Mapping[str, object]]) -> Found:
    """Find owned variables, options that `airflow.config` also sets, and secrets in `airflow.environment`."""
    for name, value in environment.items():
        section, key = option_of(name)
        if (message := variable_owner(name)) is not None:
            yield name, message
        elif section and key in config.get(section, {}):
            yield name, f"is also set by airflow-aks:airflow.config.{section}.{key}: keep one of the two"
        elif section and key.endswith(_SOURCES) and not secret_text(value):
            continue
        elif clear_secret(name, value) or (name.upper().endswith("_KEY") and value.strip()):
            yield name, _SECRET


def variable_owner(name: str) -> str | None:
    """Return why the program owns an environment variable, or the option that it sets; None if the program does not."""
    section, key = option_of(name)
    variables = owned_by(AIRFLOW_3).variables
    families = (variables[owned] for owned in variables if owned.endswith("*") and name.startswith(owned[:-1]))
    return variables.get(name) or next(families, None) or (_option_owner(section, key) if section else None)


def option_of(variable: str) -> tuple[str, str]:
    """Return section and option of a variable such as `AIRFLOW__CORE__EXECUTOR`; both are empty for other variables."""
    prefix, _, rest = variable.partition("__")
    section, _, key = rest.partition("__")
    return (section.lower(), key.lower()) if prefix == "AIRFLOW" and key else ("", "")


def _option_owner(section: str, key: str) -> str | None:
    """Return why the program owns an option or its whole section; None if it does not.

    The forms with `_cmd` and `_secret` are treated like the option itself.
    """
    options = owned_by(AIRFLOW_3).options
    forms = (key, *(key.removesuffix(source) for source in _SOURCES), "*")
    return next((options[f"{section}.{form}"] for form in forms if f"{section}.{form}" in options), None)


def _value_problems(line: LineFamily, path: str, key: str, value: Any, siblings: Mapping[str, Any]) -> Found:
    """Find the problems of a chart value and of everything below it."""
    owned = owned_by(line)
    if (message := owned.values.get(path) or owned.keys.get(key) or _deprecated(line, path)) is not None:
        yield path, message
    elif value is None:
        yield path, "must not be null: leave the key out"
    elif isinstance(value, Mapping):
        if key not in _REFERENCES:
            for name, item in value.items():
                yield from _value_problems(line, f"{path}.{name}", str(name), item, value)
    elif any(owned_path.startswith(f"{path}.") for owned_path in owned.values):
        yield path, "must be a mapping: the program sets keys below it"
    elif isinstance(value, list | tuple):
        yield from _secrets_in_list(path, key, value)
        if key == "env":
            yield from _owned_variables(path, value)
    elif _is_secret(key, value, siblings):
        yield path, _SECRET


def _deprecated(line: LineFamily, path: str) -> str | None:
    """Return why a key that applies to all workers is refused; None for any other key.

    A chart that has separate values for each kind of worker deprecates such keys.
    """
    parent, _, key = path.partition(".")
    if parent == "workers" and line.separates_workers and key.partition(".")[0] not in ("", "celery", "kubernetes"):
        return "is a deprecated key of the chart: use workers.celery or workers.kubernetes"
    return None


def _owned_variables(path: str, items: Sequence[Any]) -> Found:
    """Find the variables of an Airflow container that the program owns."""
    for index, item in enumerate(items):
        name = str(item.get("name", "")) if isinstance(item, Mapping) else ""
        for _, message in environment_problems({name: ""}, {}):
            yield f"{path}[{index}].name", message


def _secrets_in_list(path: str, key: str, items: Sequence[Any]) -> Found:
    """Find the secrets in a list.

    Owned keys are allowed there, because the list describes something else, for example an extra container.
    """
    for index, item in enumerate(items):
        place = f"{path}[{index}]"
        if isinstance(item, Mapping):
            yield from _secrets_in_item(place, item)
        elif isinstance(item, list | tuple):
            yield from _secrets_in_list(place, key, item)
        elif clear_secret(key, item):
            yield place, _SECRET


def _secrets_in_item(path: str, item: Mapping[str, Any]) -> Found:
    """Find the secrets in a mapping of a list. The name of a variable decides whether its value is a secret."""
    for key, value in item.items():
        place = f"{path}.{key}"
        if isinstance(value, Mapping):
            if key not in _REFERENCES:
                yield from _secrets_in_item(place, value)
        elif isinstance(value, list | tuple):
            yield from _secrets_in_list(place, key, value)
        elif _is_secret(key, value, item) or (key == "value" and clear_secret(str(item.get("name", "")), value)):
            yield place, _SECRET


def _is_secret(key: str, value: Any, siblings: Mapping[str, Any]) -> bool:
    """Return whether a value is a secret. Next to `secretName`, `secretKey` is only a key's name."""
    return clear_secret(key, value) and not (key == "secretKey" and "secretName" in siblings)
