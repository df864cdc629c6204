"""Reads the config of the selected stack from Pulumi, and returns its settings or one error with every problem."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
from pulumi.runtime import config as runtime_config

from components.settings.model import Settings

from .checker import check
from .problems import Problem


def load() -> Settings:
    """Return the settings of the selected stack, and log the warnings.

    Raises:
        pulumi.RunError: the stack file is wrong; the message lists every problem with its path.

    """
    # The Pulumi CLI passes config in environment variables; `set_all_config`, which a dry run calls, overrides them.
    config = {**runtime_config.get_config_env(), **runtime_config.CONFIG.get()}
    secret_keys = {key for key in config if runtime_config.is_config_secret(key)}
    secret_keys.update(runtime_config.get_config_secret_keys_env())
    settings, warnings = check_whole(config, secret_keys, pulumi.get_project(), pulumi.get_stack())
    for warning in warnings:
        pulumi.log.warn(str(warning))
    return settings


def check_whole(
    config: Mapping[str, str], secret_keys: set[str], project: str, stack: str
) -> tuple[Settings, list[Problem]]:
    """Return the settings of a config, and the warnings.

    Raises:
        pulumi.RunError: the stack file is wrong; the message lists every problem with its path.

    """
    settings, errors, warnings = check(config, secret_keys, project, stack)
    if settings is None:
        raise pulumi.RunError(_report(stack, errors))
    return settings, warnings


def _report(stack: str, errors: list[Problem]) -> str:
    count = "1 problem" if len(errors) == 1 else f"{len(errors)} problems"
    return "\n".join((f"{count} in the stack file of {stack}:", *(f"  {problem}" for problem in sorted(set(errors)))))
