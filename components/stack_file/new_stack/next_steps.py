"""What the user does after the file of a new stack is written."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from components.settings.git_address import GitAddress, parse_git_address
from components.stack_file.checker import SECRET_KEYS
from components.stack_file.problems import Problem, key_path

# Azure DevOps has no other host key. Source: docs/dags.md, "SSH key".
_RSA_HOSTS: Final = frozenset({"ssh.dev.azure.com"})


def describe_next_steps(
    stack: str, missing: Iterable[Problem], warnings: Iterable[Problem], *, repository: str | None, private: bool
) -> str:
    """Return the warnings, and what to do next, a command on each line.

    `missing`: the values that are still to be set, before the dry run, which needs them. `private`: only the network
    reaches the API server.
    """
    address = parse_git_address(repository) if repository is not None else None
    steps = [
        (f"pulumi stack select --create {stack}", "creates the stack, without resources"),
        *((_make_config_command(problem.path, address), "sets what the file cannot hold") for problem in missing),
        (f"make dry-run STACK={stack}", "shows what the stack creates, without an account"),
        (f"make preflight STACK={stack}", "asks Azure whether the first update can succeed"),
        ("pulumi up", "deploys it"),
    ]
    if not missing:
        # The dry run needs no stack: who only tries the file creates none.
        steps = [*steps[1:3], steps[0], *steps[3:]]
    width = max(len(command) for command, _ in steps)
    lines = [f"  {command.ljust(width)}  {what}" for command, what in steps]
    if private:
        lines.append(
            "The first `pulumi up` stops at the private API server, unless this machine has a path into the network: "
            "docs/private-network.md says how it gets one."
        )
    return "\n".join([*(f"warning: {warning}" for warning in warnings), "What comes next:", *lines, ""])


def _make_config_command(key: str, repository: GitAddress | None) -> str:
    """Return the command of docs/dags.md that sets a value."""
    if key == key_path("dagsGitSshKey"):
        return f"pulumi config set --secret {key} < airflow-dags"
    if key == key_path("dagsGitKnownHosts") and repository is not None:
        kind = "rsa" if repository.host in _RSA_HOSTS else "ed25519"
        port = "" if repository.port == 22 else f" -p {repository.port}"
        return f"ssh-keyscan -t {kind}{port} {repository.host} | pulumi config set {key}"
    return f"pulumi config set {'--secret ' if key in map(key_path, SECRET_KEYS) else ''}{key}"
