"""The five questions of a new stack, and the dialog that asks them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, get_args

from components.settings.airflow_sections import Executor

from .answers import SIZES, AnswerError, Answers
from .stack_folder import Draft, StackFolder


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question; `key` is the name of the answer and of the flag."""

    key: str
    text: str


QUESTIONS: Final = (
    Question(key="region", text="region of Azure, for example westeurope"),
    Question(key="size", text=f"{SIZES[0]} (small and cheap) or {SIZES[1]} (three zones, private, with a standby)"),
    Question(key="executor", text=f"what runs tasks: {' or '.join(get_args(Executor))}"),
    Question(key="dags", text="where DAGs come from: the address of a git repository, image, volume or examples"),
    Question(key="access", text="the way in: a DNS label such as my-airflow, a host name of your own, or none"),
)


def ask(question: Question, given: Mapping[str, str], folder: StackFolder) -> tuple[Draft, dict[str, str]]:
    """Ask until the answer passes the check; return the draft with it, and all answers so far.

    Raises:
        EOFError: nobody answers.

    """
    default = getattr(Answers(), question.key)
    while True:
        sys.stdout.write(f"{question.text}\n  {question.key} [{default}]: ")
        sys.stdout.flush()
        typed = input()
        if not sys.stdin.isatty():
            # A terminal shows what is typed, and its line break. A pipe shows neither.
            sys.stdout.write(f"{typed}\n")
        answers = {**given, question.key: typed.strip() or default}
        try:
            return folder.check(Answers(**answers)), answers
        except AnswerError as error:
            sys.stdout.write(f"{error}\n")
