"""The Azure CLI's commands for a registry, and what its answers mean."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_NOT_THERE = ("not found", "not be found", "does not exist", "not known")


class AzureCliError(Exception):
    """A command cannot be run, or failed; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """How a command ended, and what it wrote."""

    code: int
    out: str = ""
    err: str = ""

    @property
    def reason(self) -> str:
        """The last line of what it complained, without the CLI's mark."""
        lines = [line.strip() for line in self.err.splitlines() if line.strip()]
        return lines[-1].removeprefix("ERROR: ") if lines else f"exit code {self.code}"


# Runs `az` with arguments; True lets it write to the terminal, for a command that takes long.
Az = Callable[[Sequence[str], bool], Answer]


def run_az(arguments: Sequence[str], to_terminal: bool) -> Answer:
    """Run the Azure CLI; raises AzureCliError when it is not there."""
    program = shutil.which("az")
    if program is None:
        raise AzureCliError(
            "the Azure CLI (`az`) is not installed or not on the path; `--print` shows the commands without it"
        )
    kept = None if to_terminal else subprocess.PIPE
    # Without input, it fails where it would ask for a password.
    done = subprocess.run(  # noqa: S603 - the arguments are ours
        [program, *arguments], stdin=subprocess.DEVNULL, stdout=kept, stderr=kept, text=True, check=False
    )
    return Answer(code=done.returncode, out=(done.stdout or "").strip(), err=done.stderr or "")


def signed_in_subscription(az: Az) -> str:
    """The subscription that the CLI is set to; raises AzureCliError when nobody is signed in."""
    answer = az(["account", "show", "--query", "id", "--output", "tsv"], False)
    if answer.code or not answer.out:
        raise AzureCliError(f"the Azure CLI is not signed in: run `az login` ({answer.reason})")
    return answer.out


def login_server(az: Az, registry: str, subscription: str, stack: str) -> str:
    """The address of a stack's registry; raises AzureCliError when there is none or it may not be read."""
    query = ["--query", "loginServer", "--output", "tsv"]
    answer = az(["acr", "show", "--name", registry, "--subscription", subscription, *query], False)
    if answer.code == 0 and answer.out:
        return answer.out
    if _says_not_there(answer):
        raise AzureCliError(
            f"subscription {subscription} has no registry {registry}: deploy stack {stack} once "
            f"(`pulumi up --stack {stack}`), or name its subscription with --subscription"
        )
    raise AzureCliError(f"registry {registry} cannot be read: {answer.reason}")


def has_tag(az: Az, registry: str, subscription: str, image: str) -> bool | None:
    """Whether a registry has `repository:tag`; None when it cannot be asked from here, as a private one."""
    command = ["acr", "repository", "show", "--name", registry, "--subscription", subscription, "--image", image]
    answer = az([*command, "--output", "none"], False)
    if answer.code == 0:
        return True
    return False if _says_not_there(answer) else None


def import_base(az: Az, command: Sequence[str]) -> None:
    """Copy the base image into the registry, unless it is there; raises AzureCliError when that fails."""
    answer = az(command, False)
    if answer.code and "already exists" not in answer.err.lower():
        raise AzureCliError(f"the base image was not imported: {answer.reason}")


def build(az: Az, command: Sequence[str]) -> None:
    """Build and push; raises AzureCliError when that fails."""
    if az(command, True).code:
        raise AzureCliError("the build failed; its log stands above")


def _says_not_there(answer: Answer) -> bool:
    text = answer.err.lower()
    return any(words in text for words in _NOT_THERE)
