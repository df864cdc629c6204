"""Checks the config of a stack as a whole: its keys, each section, and the rules across sections."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pulumi import Output

from components.airflow.executors import default_pools, executor_parts
from components.settings.model import GitCredentials, Settings, StackFile
from components.settings.pins import load_pins
from components.settings.private_network import close_services
from components.settings.today import read_today

from .location import LOCATION, check_location
from .problems import NAMESPACE, Problem, already_reported, describe_unknown_key, key_path
from .rules.context import Context
from .rules.every_rule import ERRORS, ERRORS_WITHOUT_AIRFLOW, WARNINGS, WARNINGS_WITHOUT_AIRFLOW
from .section_validation import validate_section
from .without_airflow import NEED_AIRFLOW, complete, find_unused_keys, is_without_airflow

SECTIONS: Final = {field.alias or name: field for name, field in StackFile.model_fields.items()}
SECRET_KEYS: Final = ("dagsGitSshKey", "dagsGitToken", "signInClientSecret")
PLAIN_KEYS: Final = ("dagsGitKnownHosts", "dagsGitUsername")


def check(
    config: Mapping[str, str], secret_keys: set[str], project: str, stack: str, today: datetime.date | None = None
) -> tuple[Settings | None, list[Problem], list[Problem]]:
    """Return the settings (None if there is an error), errors and warnings of a config, as of a day (None: today).

    Rules also run when a section has errors, so that everything is reported at once. They get the section without its
    wrong values. A rule's problem is left out if its setting is reported already, because it may only be a consequence.
    A key whose text is empty counts as absent, except `airflow`: it then is a stack without Airflow.
    """
    errors = list(_check_keys(config, secret_keys))
    has_airflow = not is_without_airflow(config)
    # Pulumi passes a key that has no value as an empty text.
    config = {key: value for key, value in config.items() if value.strip()}
    errors += check_location(config)
    if not has_airflow:
        errors += find_unused_keys(config)
    sections: dict[str, Any] = {}
    moved: tuple[str, ...] = ()
    for alias, field in SECTIONS.items():
        key = key_path(alias)
        if key not in config or key in secret_keys or (alias in NEED_AIRFLOW and not has_airflow):
            continue
        result = validate_section(alias, field.rebuild_annotation(), config[key])
        errors += result.problems
        moved += result.moved
        if result.value is not None:
            sections[alias] = result.value
    settings = Settings(
        project=project,
        stack=stack,
        location=config.get(LOCATION, "unknown"),
        has_airflow=has_airflow,
        git_credentials=_git_credentials(config),
        sign_in_client_secret=_secret(config, "signInClientSecret"),
        pins=load_pins(),
        **sections,
    )
    settings = close_services(_drop_unused_default_pools(settings) if has_airflow else complete(settings))
    context = Context(
        settings=settings,
        config_keys=frozenset(config),
        today=today or read_today(),
        wrong=frozenset(problem.path for problem in errors),
    )
    for rule in ERRORS if has_airflow else ERRORS_WITHOUT_AIRFLOW:
        found = [problem for problem in rule(context) if not problem.path.startswith(moved)]
        errors += [problem for problem in found if not already_reported(errors, problem.path)]
    if errors:
        return None, errors, []
    warnings = WARNINGS if has_airflow else WARNINGS_WITHOUT_AIRFLOW
    return settings, [], [problem for rule in warnings for problem in rule(context)]


def _drop_unused_default_pools(settings: Settings) -> Settings:
    """Drop the default pools that the executor does not use, unless the stack file sets the pools."""
    cluster = settings.cluster
    if "pools" in cluster.model_fields_set:
        return settings
    pools = default_pools(cluster.pools, executor_parts(settings.airflow))
    return settings.model_copy(update={"cluster": cluster.model_copy(update={"pools": pools})})


def _check_keys(config: Mapping[str, str], secret_keys: set[str]) -> Iterator[Problem]:
    known = (*SECTIONS, *SECRET_KEYS, *PLAIN_KEYS)
    for full_key in sorted(config):
        namespace, _, key = full_key.partition(":")
        if namespace != NAMESPACE:
            continue
        if key not in known:
            yield Problem(path=full_key, message=describe_unknown_key(key, known))
        elif key in SECRET_KEYS and full_key not in secret_keys and config[full_key].strip():
            yield Problem(
                path=full_key,
                message=f"is in plain text: remove it and run `pulumi config set --secret {full_key}`",
            )
        elif key in SECTIONS and full_key in secret_keys:
            yield Problem(
                path=full_key, message="holds a secret: a section is plain text, secrets have keys of their own"
            )


def _git_credentials(config: Mapping[str, str]) -> GitCredentials:
    return GitCredentials(
        ssh_key=_secret(config, "dagsGitSshKey"),
        known_hosts=config.get(key_path("dagsGitKnownHosts")),
        token=_secret(config, "dagsGitToken"),
        username=config.get(key_path("dagsGitUsername")) or "x-access-token",
    )


def _secret(config: Mapping[str, str], key: str) -> Output[str] | None:
    value = config.get(key_path(key))
    return Output.secret(value) if value else None
