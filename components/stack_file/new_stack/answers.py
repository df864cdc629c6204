"""The five answers that make a new stack file, and the messages about wrong ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from components.stack_file.location import LOCATION
from components.stack_file.problems import Problem, key_path

SIZES: Final = ("development", "production")
# The settings that an answer decides, by the variable of `make init`.
_DECIDES: Final = {
    "REGION": LOCATION,
    "EXECUTOR": key_path("airflow", "executor"),
    "DAGS": key_path("dags"),
    "ACCESS": key_path("access"),
}
_OTHER_ANSWERS: Final = {"DAGS": "; or image, volume or examples", "ACCESS": "; or none"}


class AnswerError(Exception):
    """The stack file cannot be made from these answers; the message gives the reason."""


@dataclass(frozen=True, kw_only=True)
class Answers:
    """The five answers, as text."""

    region: str = "canadacentral"
    size: str = "development"
    executor: str = "KubernetesExecutor"
    dags: str = "examples"
    access: str = "none"


def describe_wrong_answer(problem: Problem) -> str:
    """Return a problem of the stack file with the name of the answer that causes it, if one does."""
    for variable, path in _DECIDES.items():
        if f"{problem.path}.".startswith(f"{path}."):
            return f"{variable} ({problem.path}): {problem.message}{_OTHER_ANSWERS.get(variable, '')}"
    return str(problem)
