"""The section of the stack file for teams: Entra groups with rights in a namespace of their own."""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from .allowed_traffic import NamespaceName
from .base import Guid, Section
from .quantities import Cores, Disk, Memory

TeamRole = Literal["viewer", "developer", "admin"]
_NAME: Final = re.compile(r"[a-z]([a-z0-9-]{0,28}[a-z0-9])?")


def _team_name(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise ValueError(
            "must be 1 to 30 lower-case letters, digits and hyphens, the first a letter, the last no hyphen, for "
            "example data-science"
        )
    return text


class TeamQuota(Section):
    """What all pods of a team's namespace may request together."""

    cpu: Cores = Field("8", description='Cores, for example "8".')
    memory: Memory = Field("32Gi", description="Memory, for example 32Gi.")
    disk: Disk = Field("100Gi", description="Local disk, for example 100Gi.")
    pods: int = Field(50, ge=1, le=5000, description="Number of pods.")


class TeamSettings(Section):
    """An Entra group with rights in one namespace of the cluster and nowhere else."""

    name: Annotated[str, AfterValidator(_team_name)] = Field(
        description="Name of the team, for example data-science; part of the names of its objects."
    )
    group_id: Guid = Field(description="Object id of the Entra group.")
    namespace: NamespaceName = Field(description="Namespace that the program creates for the team.")
    role: TeamRole = Field(
        "developer",
        description="viewer: reads; developer: runs workloads; admin: also secrets, accounts, policies and rights.",
    )
    runs_tasks: bool = Field(
        False, description="True: KubernetesExecutor may run tasks in the namespace; a DAG says which tasks."
    )
    quota: TeamQuota = Field(TeamQuota(), description="What the namespace may use.")
