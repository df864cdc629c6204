"""Runs the Azure CLI's commands for a registry and interprets their output."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_NOT_THERE = ("not found", "not be found", "does not exist", "not known")


class AzureCliError(Exception):
    """A command could not run, or failed; the message gives the reason and the remedy."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A command's exit code and output."""

    code: int
    out: str = ""
    err: str = ""

    @property
    def reason(self) -> str:
        """The last line of the command's error output, without the prefix `ERROR:`."""
        lines = [line.strip() for line in self.err.splitlines() if line.strip()]
        return lines[-1].removeprefix("ERROR: ") if lines else f"exit code {self.code}"


# A function that runs `az` with arguments. The boolean is true for a long command, whose output goes to the terminal
# instead of into the Answer.
Az = Callable[[Sequence[str], bool], Answer]


def run_az(arguments: Sequence[str], to_terminal: bool) -> Answer:
    """Run the Azure CLI; raises AzureCliError when it is not installed."""
    program = shutil.which("az")
    if program is None:
        raise AzureCliError(
            "the Azure CLI (`az`) is not installed or not on the path; `--print` shows the commands without it"
        )
    kept = None if to_terminal else subprocess.PIPE
    # Without standard input, a command that would ask for a password fails instead of waiting.
    done = subprocess.run(  # noqa: S603 - the arguments are ours
        [program, *arguments], stdin=subprocess.DEVNULL, stdout=kept, stderr=kept, text=True, check=False
    )
    return Answer(code=done.returncode, out=(done.stdout or "").strip(), err=done.stderr or "")


def find_subscription(az: Az) -> str:
    """Return the CLI's current subscription; raises AzureCliError when nobody is signed in."""
    answer = az(["account", "show", "--query", "id", "--output", "tsv"], False)
    if answer.code or not answer.out:
        raise AzureCliError(f"the Azure CLI is not signed in: run `az login` ({answer.reason})")
    return answer.out


def show_login_server(registry: str, place: Sequence[str]) -> list[str]:
    """Return the command that shows the address of a registry; `place` are the options that say where it is."""
    return ["acr", "show", "--name", registry, *place, "--query", "loginServer", "--output", "tsv"]


def find_login_server(az: Az, registry: str, subscription: str, place: Sequence[str], remedy: str) -> str:
    """Return the address of a registry; raises AzureCliError when it does not exist or access is denied.

    `place` are the options that say where it is, and `remedy` what to do if it does not exist.
    """
    answer = az(show_login_server(registry, place), False)
    if answer.code == 0 and answer.out:
        return answer.out
    if _says_not_there(answer):
        raise AzureCliError(f"subscription {subscription} has no registry {registry}: {remedy}")
    raise AzureCliError(f"registry {registry} cannot be read: {answer.reason}")


def has_tag(az: Az, registry: str, subscription: str, image: str) -> bool | None:
    """Return whether a registry has `repository:tag`; None if it does not answer, for example a private registry."""
    command = ["acr", "repository", "show", "--name", registry, "--subscription", subscription, "--image", image]
    answer = az([*command, "--output", "none"], False)
    if answer.code == 0:
        return True
    return False if _says_not_there(answer) else None


def import_base(az: Az, command: Sequence[str]) -> None:
    """Import the base image into the registry unless the registry has the tag; raises AzureCliError on failure."""
    answer = az(command, False)
    if answer.code and "already exists" not in answer.err.lower():
        raise AzureCliError(f"the base image was not imported: {answer.reason}")


def build(az: Az, command: Sequence[str]) -> None:
    """Build and push the image; raises AzureCliError on failure."""
    if az(command, True).code:
        raise AzureCliError("the build failed; its log stands above")


def _says_not_there(answer: Answer) -> bool:
    text = answer.err.lower()
    return any(words in text for words in _NOT_THERE)
