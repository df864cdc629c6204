"""Checks the file of a new stack beside those that the project has, and writes it."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from components.settings.azure_sections import NetworkSettings
from components.stack_file.checker import PLAIN_KEYS, SECRET_KEYS, check
from components.stack_file.problems import NAMESPACE, Problem, key_path

from .text import AnswerError, Answers, render_stack_file

# Source: Pulumi, "Stacks", "Create a stack".
_STACK_NAME: Final = re.compile(r"[A-Za-z0-9_.-]{1,100}")
# Values that are set with `pulumi config set`, which needs the stack, and so comes after the file.
_SET_LATER: Final = frozenset(map(key_path, (*SECRET_KEYS, *PLAIN_KEYS)))


@dataclass(frozen=True, kw_only=True)
class Draft:
    """The checked text of a stack file, its warnings, and the values that are still to be set."""

    text: str
    warnings: tuple[Problem, ...]
    missing: tuple[Problem, ...]


class StackFolder:
    """The project folder, and the file of a stack that it does not have yet."""

    def __init__(self, *, path: Path, stack: str) -> None:
        if not _STACK_NAME.fullmatch(stack):
            raise AnswerError(f"a stack's name has letters, digits, hyphens, underscores and periods (is {stack!r})")
        self._folder = path
        self._stack = stack
        self._file = path / f"Pulumi.{stack}.yaml"
        if self._file.exists():
            raise AnswerError(f"{self._file.name} exists already: edit it, or choose another name")

    def check(self, answers: Answers) -> Draft:
        """Return the draft of the file with these answers.

        Raises:
            AnswerError: the program would refuse the file; the message lists every problem.

        """
        text = render_stack_file(self._stack, answers, self._list_networks())
        config = {key: _as_text(value) for key, value in yaml.safe_load(text)["config"].items()}
        _, errors, warnings = check(config, set(), NAMESPACE, self._stack)
        missing = tuple(problem for problem in errors if problem.path in _SET_LATER)
        wrong = sorted(set(errors) - set(missing))
        if wrong:
            raise AnswerError("\n".join(map(str, wrong)))
        return Draft(text=text, warnings=tuple(warnings), missing=missing)

    def write(self, draft: Draft) -> None:
        """Write the file.

        Raises:
            AnswerError: it exists by now, or cannot be written.

        """
        try:
            with self._file.open("x", encoding="utf-8") as file:
                file.write(draft.text)
        except OSError as error:
            raise AnswerError(f"{self._file.name}: {error.strerror}") from error

    def describe_next_steps(self, draft: Draft) -> str:
        """Return what the user does next, a command on each line, and the warnings."""
        stack = self._stack
        try_it = [
            (f"make dry-run STACK={stack}", "shows what the stack creates, without an account"),
            (f"make preflight STACK={stack}", "asks Azure whether the first update can succeed"),
        ]
        create = (f"pulumi stack init {stack}", "creates the stack, without resources")
        deploy = ("pulumi up", "deploys it")
        steps = [*try_it, create, deploy]
        if draft.missing:
            # A dry run needs the values, too.
            settings = [
                (_make_config_command(problem.path), "sets what the file cannot hold") for problem in draft.missing
            ]
            steps = [create, *settings, *try_it, deploy]
        width = max(len(command) for command, _ in steps)
        lines = [f"  {command.ljust(width)}  {what}".rstrip() for command, what in steps]
        warnings = [f"warning: {warning}" for warning in draft.warnings]
        return "\n".join([f"{self._file.name} is written.", *warnings, "What comes next:", *lines, ""])

    def _list_networks(self) -> Iterator[ipaddress.IPv4Network]:
        """Yield the address spaces of the project's stack files. A file that is no YAML has none."""
        for file in sorted(self._folder.glob("Pulumi.*.yaml")):
            try:
                content = yaml.safe_load(file.read_text(encoding="utf-8"))
                network = content["config"].get(key_path("network")) or {}
                yield ipaddress.IPv4Network(network.get("addressSpace", NetworkSettings().address_space))
            except (OSError, yaml.YAMLError, ValueError, KeyError, TypeError, AttributeError):
                continue


def _make_config_command(key: str) -> str:
    secret = "--secret " if key in map(key_path, SECRET_KEYS) else ""
    return f"pulumi config set {secret}{key}"


def _as_text(value: Any) -> str:
    """Return a value of the file as the Pulumi CLI passes it to the program."""
    return value if isinstance(value, str) else json.dumps(value)
