"""The right of nodes to pull from the stack's registry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pulumi import Input, Output, Resource

from components.settings.registry_section import REPOSITORY_ROLE, RegistrySettings

from .required_grants import command_grant
from .resource_id import ResourceId
from .roles import ACR_PULL, REPOSITORY_READER, RoleGrant, grant_to_identity

# The ids of the roles that `registry.pullRole` names.
PULL_ROLES: Final = {"AcrPull": ACR_PULL, REPOSITORY_ROLE: REPOSITORY_READER}


@dataclass(frozen=True, kw_only=True)
class PullAccess:
    """A registry, and how nodes get the right to pull from it: by a role that the program or somebody else assigns."""

    settings: RegistrySettings
    registry_id: Input[str]
    subscription_id: Input[str]

    @property
    def is_granted(self) -> bool:
        """Whether the program assigns the role."""
        return self.settings.existing_id is None or self.settings.grant_access

    def grant(self, nodes: str, action: str, principal_id: Input[str], parent: Resource) -> list[Output[str]]:
        """Assign the role to the identity of some nodes, and return the assignment's id; none if others assign it.

        `nodes` and `action` name the assignment. On a registry that exists, registry and role are in the name too. So
        another registry or role adds an assignment before one is removed: nodes can pull all the time, and a move that
        stopped can be taken back.
        """
        if not self.is_granted:
            return []
        name = f"{nodes}-{action}"
        if self.settings.existing_id is not None:
            registry = ResourceId.of(self.settings.existing_id).name.lower()
            name = f"{nodes}-{registry}-{action}{'' if self._role == ACR_PULL else '-by-repository'}"
        grant = RoleGrant(name=name, role=self._role, scope=self.registry_id)
        return [grant_to_identity(name, grant, principal_id, self.subscription_id, parent).id]

    def require(self, key: str, principal_id: Output[str]) -> dict[str, Output[str]]:
        """Return the command for those who assign the role, by a key for the nodes; none if the program assigns it.

        Until somebody has run it, pods of the first update wait for their images; if nodes start from the registry too,
        the update stops at the cluster.
        """
        if self.is_granted:
            return {}
        return {key: command_grant("airflow-aks:registry.grantAccess", self._role, principal_id, self.registry_id)}

    @property
    def _role(self) -> str:
        return PULL_ROLES[self.settings.pull_role]
