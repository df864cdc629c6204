"""Write the file of a new stack: `python -m components.stack_file.new_stack STACK`.

It asks what the flags do not say, checks the settings like `pulumi up`, and prints what comes next.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

from components.stack_file.new_stack.answers import AnswerError, Answers
from components.stack_file.new_stack.questions import QUESTIONS, ask
from components.stack_file.new_stack.stack_folder import StackFolder


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line and return the exit code. After an error or Ctrl-C, no file is written."""
    options = _make_parser().parse_args(arguments)
    given = {field.name: value for field in fields(Answers) if (value := getattr(options, field.name)) is not None}
    try:
        folder = StackFolder(path=options.project.resolve(), stack=options.stack)
        draft = folder.check(Answers(**given))
        for question in QUESTIONS:
            if question.key not in given:
                draft, given = ask(question, given, folder)
        folder.write(draft)
    except AnswerError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    except EOFError:
        *variables, last = (f"{question.key.upper()}=" for question in QUESTIONS)
        sys.stderr.write(
            f"\nerror: no answer; nothing was written. Answer, or give {', '.join(variables)} and {last}\n"
        )
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nnothing was written\n")
        return 130
    sys.stdout.write(folder.describe_next_steps(draft))
    return 0


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m components.stack_file.new_stack",
        description=(__doc__ or "").partition(":")[0] + ".",
        allow_abbrev=False,
    )
    parser.add_argument("stack", help="the stack's name; the file is Pulumi.STACK.yaml")
    for question in QUESTIONS:
        parser.add_argument(f"--{question.key}", metavar=question.key.upper(), help=question.text)
    parser.add_argument("--project", type=Path, metavar="DIR", default=Path.cwd(), help="the project (default: .)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
