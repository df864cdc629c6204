"""Checks the file of a new stack beside those that the project has, and writes it."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import yaml

from components.azure.regions import describe_unknown_region
from components.settings.network_section import NetworkSettings
from components.stack_file.checker import PLAIN_KEYS, SECRET_KEYS, check
from components.stack_file.location import LOCATION
from components.stack_file.problems import NAMESPACE, Problem, already_reported, key_path

from .answers import SIZES, AnswerError, Answers, describe_wrong_answer
from .next_steps import describe_next_steps
from .text import render_stack_file

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
            raise AnswerError(
                "STACK: a stack's name has letters, digits, hyphens, underscores and periods, at least one and at most "
                f"100, for example staging (is {stack!r})"
            )
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
        found: list[str] = []
        if answers.size not in SIZES:
            found.append(f"SIZE: must be {' or '.join(SIZES)} (is {answers.size!r})")
            answers = replace(answers, size=Answers.size)
        text = render_stack_file(self._stack, answers, self._list_networks())
        config = {key: _as_text(value) for key, value in yaml.safe_load(text)["config"].items()}
        _, errors, warnings = check(config, set(), NAMESPACE, self._stack)
        missing = tuple(problem for problem in errors if problem.path in _SET_LATER)
        wrong = set(errors) - set(missing)
        unknown = describe_unknown_region(answers.region)
        if unknown is not None and not already_reported(errors, LOCATION):
            newer = "a newer region can replace another one in the file"
            wrong.add(Problem(path=LOCATION, message=f"{unknown} ({newer})"))
        found += map(describe_wrong_answer, sorted(wrong))
        if found:
            raise AnswerError("\n".join(found))
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
        """Return the name of the file, the warnings, and what the user does next."""
        config = yaml.safe_load(draft.text)["config"]
        steps = describe_next_steps(
            self._stack,
            draft.missing,
            draft.warnings,
            repository=config[key_path("dags")].get("git", {}).get("repository"),
            private=config[key_path("network")].get("private", False),
        )
        return f"{self._file.name} is written.\n{steps}"

    def _list_networks(self) -> Iterator[ipaddress.IPv4Network]:
        """Yield the address spaces of the project's stack files. A file that is no YAML has none."""
        for file in sorted(self._folder.glob("Pulumi.*.yaml")):
            try:
                content = yaml.safe_load(file.read_text(encoding="utf-8"))
                network = content["config"].get(key_path("network")) or {}
                yield ipaddress.IPv4Network(network.get("addressSpace", NetworkSettings().address_space))
            except (OSError, yaml.YAMLError, ValueError, KeyError, TypeError, AttributeError):
                continue


def _as_text(value: Any) -> str:
    """Return a value of the file as the Pulumi CLI passes it to the program."""
    return value if isinstance(value, str) else json.dumps(value)
