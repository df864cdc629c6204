"""Role assignments that the program leaves to others, as commands for them."""

from __future__ import annotations

import pulumi
from pulumi import Input, Output


def command_grant(setting: str, role: str, principal_id: Input[str], scope: Input[str]) -> Output[str]:
    """Return the command that gives an identity a role on a scope; `setting` is why the program does not assign it.

    Each update shows the command too: the first one stops until somebody has run it, and an update that fails publishes
    no outputs.
    """

    def show(command: str) -> str:
        pulumi.log.info(f"An identity of the stack needs a role that {setting} leaves to others: {command}")
        return command

    return Output.format(
        "az role assignment create --assignee-object-id {0} --assignee-principal-type ServicePrincipal "
        "--role {1} --scope {2}",
        principal_id,
        role,
        scope,
    ).apply(show)
