"""Reads the stack's config once and answers with Settings, or with every problem at once."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from typing import Any, Final

import pulumi
from pulumi.runtime import config as runtime_config
from pydantic import BaseModel, TypeAdapter, ValidationError

from components.airflow.executors import default_pools, executor_parts
from components.settings.model import GitCredentials, Settings, StackFile
from components.settings.pins import load_pins

from .problems import NAMESPACE, Problem, covers, key_path, section_problems, shown, unknown
from .rules.context import Context
from .rules.every_rule import ERRORS, WARNINGS

SECTIONS: Final = {field.alias or name: field for name, field in StackFile.model_fields.items()}
SECRET_KEYS: Final = ("dagsGitSshKey", "dagsGitToken")
PLAIN_KEYS: Final = ("dagsGitKnownHosts", "dagsGitUsername")
LOCATION: Final = "azure-native:location"


def load() -> Settings:
    """The settings of the selected stack.

    Raises:
        pulumi.RunError: one message with every problem of the stack file, each by its path.

    """
    settings, errors, warnings = check(_config(), _secret_keys(), pulumi.get_project(), pulumi.get_stack())
    if settings is None:
        raise pulumi.RunError(_report(pulumi.get_stack(), errors))
    for warning in warnings:
        pulumi.log.warn(str(warning))
    return settings


def check(
    config: Mapping[str, str], secret_keys: set[str], project: str, stack: str
) -> tuple[Settings | None, list[Problem], list[Problem]]:
    """Settings (None if anything is wrong), errors and warnings of a config."""
    errors = [*_key_problems(config, secret_keys), *_location_problems(config)]
    sections: dict[str, Any] = {}
    for alias, field in SECTIONS.items():
        text = config.get(f"{NAMESPACE}:{alias}")
        if text is None or text == "null" or f"{NAMESPACE}:{alias}" in secret_keys:
            continue
        value, problems = _section(alias, field.rebuild_annotation(), _parsed(text))
        errors += problems
        if value is not None:
            sections[alias] = value
    settings = Settings(
        project=project,
        stack=stack,
        location=config.get(LOCATION, "unknown"),
        git_credentials=_git_credentials(config),
        pins=load_pins(),
        **{_attribute(alias): value for alias, value in sections.items()},
    )
    settings = _with_pools_of_the_executor(settings)
    context = Context(settings=settings, config_keys=frozenset(config), today=datetime.date.today())
    for rule in ERRORS:
        errors += [problem for problem in rule(context) if not covers(errors, problem.path)]
    if errors:
        return None, errors, []
    return settings, [], [problem for rule in WARNINGS for problem in rule(context)]


def _with_pools_of_the_executor(settings: Settings) -> Settings:
    """The settings without those of the default pools that the executor has no use for."""
    cluster = settings.cluster
    if "pools" in cluster.model_fields_set:
        return settings
    pools = default_pools(cluster.pools, executor_parts(settings.airflow))
    return settings.model_copy(update={"cluster": cluster.model_copy(update={"pools": pools})})


def _config() -> dict[str, str]:
    return {**runtime_config.get_config_env(), **runtime_config.CONFIG.get()}


def _secret_keys() -> set[str]:
    named = set(runtime_config.get_config_secret_keys_env())
    return named | {key for key in _config() if runtime_config.is_config_secret(key)}


def _attribute(alias: str) -> str:
    return next(name for name, field in StackFile.model_fields.items() if alias in (field.alias, name))


def _parsed(text: str) -> Any:
    """A config value as Pulumi hands it over: objects and lists as JSON, everything else as text."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _key_problems(config: Mapping[str, str], secret_keys: set[str]) -> list[Problem]:
    problems = []
    known = (*SECTIONS, *SECRET_KEYS, *PLAIN_KEYS)
    for full_key in sorted(config):
        namespace, _, key = full_key.partition(":")
        if namespace != NAMESPACE:
            continue
        if key not in known:
            problems.append(Problem(path=full_key, message=unknown(key, known)))
        elif key in SECRET_KEYS and full_key not in secret_keys:
            problems.append(
                Problem(
                    path=full_key,
                    message=f"stands in the clear: remove it and run `pulumi config set --secret {full_key}`",
                )
            )
        elif key in SECTIONS and full_key in secret_keys:
            problems.append(
                Problem(path=full_key, message="holds a secret: a section is plain text, secrets are keys of their own")
            )
    return problems


def _location_problems(config: Mapping[str, str]) -> list[Problem]:
    location = config.get(LOCATION)
    if not location:
        return [Problem(path=LOCATION, message="is missing: set it to an Azure region, for example canadacentral")]
    if not location.isalnum() or location != location.lower():
        plain = "".join(filter(str.isalnum, location)).lower()
        return [Problem(path=LOCATION, message=f"must be a region's short name, for example {plain} (is {location!r})")]
    return []


def _section(alias: str, annotation: Any, data: Any) -> tuple[Any, list[Problem]]:
    """A section and its problems; with problems, the section without the keys that have them."""
    problems: list[Problem] = []
    adapter: TypeAdapter[Any] = TypeAdapter(annotation)
    model = annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None
    while True:
        try:
            return adapter.validate_json(json.dumps(data), strict=True, by_alias=True, by_name=False), problems
        except ValidationError as error:
            told = {problem.path for problem in problems}
            problems += [problem for problem in section_problems(alias, model, error) if problem.path not in told]
            # Each round takes something away, so that the loop ends.
            places = dict.fromkeys(shown(detail) for detail in reversed(error.errors()))
            dropped = [_drop(data, place) for place in places]
            if not all(dropped):
                return None, problems


def _drop(data: Any, location: tuple[int | str, ...]) -> bool:
    """Take the value at a location out of the data, or the nearest thing around it that exists."""
    for end in range(len(location), 0, -1):
        parent = data
        try:
            for part in location[: end - 1]:
                parent = parent[part]
            del parent[location[end - 1]]
        except (KeyError, IndexError, TypeError):
            continue
        return True
    return False


def _git_credentials(config: Mapping[str, str]) -> GitCredentials:
    def secret(key: str) -> pulumi.Output[str] | None:
        value = config.get(f"{NAMESPACE}:{key}")
        return pulumi.Output.secret(value) if value else None

    return GitCredentials(
        ssh_key=secret("dagsGitSshKey"),
        known_hosts=config.get(f"{NAMESPACE}:dagsGitKnownHosts"),
        token=secret("dagsGitToken"),
        username=config.get(f"{NAMESPACE}:dagsGitUsername") or "x-access-token",
    )


def _report(stack: str, errors: list[Problem]) -> str:
    count = "1 problem" if len(errors) == 1 else f"{len(errors)} problems"
    return "\n".join((f"{count} in the stack file of {stack}:", *(f"  {problem}" for problem in sorted(set(errors)))))


__all__ = ["check", "key_path", "load"]
