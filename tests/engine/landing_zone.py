"""The whole landing zone of the shipped example: everything that a company has there, and the roles that it assigns."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from tests import landing_zone_example
from tests.landing_zone_cases import EXAMPLE_FILE, GROUP, REGISTRY

from .existing_objects import CloudObject
from .existing_places import VAULT, WORKSPACE, lend_places
from .existing_registry import lend_registry
from .existing_subnets import lend_network
from .existing_zones import lend_zones
from .security_team import lend_keys

if TYPE_CHECKING:
    from .simulated_cloud import SimulatedCloud

ROLE: Final = "azure-native:authorization:RoleAssignment"
_COMMAND: Final = re.compile(
    r"--assignee-object-id (\S+) --assignee-principal-type \S+ --role (\S+) --scope ([^\s\"]+)"
)


def example() -> str:
    """The shipped example, with the names that the simulated cloud lends. Two of them have capitals."""
    text = EXAMPLE_FILE.read_text(encoding="utf-8")
    for section, key, lent in (
        ("registry", "existingId", REGISTRY),
        ("keyVault", "existingId", VAULT),
        ("monitoring", "workspaceId", WORKSPACE),
        ("resourceGroup", "existingName", GROUP),
    ):
        text = text.replace(landing_zone_example.section(section)[key], lent)
    return text


def lend_landing_zone(cloud: SimulatedCloud) -> None:
    """Make everything that the example names, and the certificate of the gateway."""
    lend_network(cloud)
    lend_zones(cloud)
    lend_registry(cloud)
    lend_places(cloud)
    lend_keys(cloud)
    name = landing_zone_example.section("access")["tls"]["certificate"]
    place = {"resourceGroupName": VAULT.split("/")[4], "vaultName": VAULT.rpartition("/")[2], "secretName": name}
    key = f"{VAULT}/secrets/{name}"
    inputs = {**place, "properties": {"value": "a certificate with its key"}}
    cloud.objects[key] = CloudObject("azure-native:keyvault:Secret", f"lent-{name}", inputs, dict(inputs), key)


def contents(cloud: SimulatedCloud, keys: set[str]) -> dict[str, str]:
    """What objects look like, to the last byte, but for images in a registry; one that is gone is missing."""
    found = {}
    for key in keys & cloud.objects.keys():
        content = asdict(cloud.objects[key])
        content["outputs"].pop("images", None)
        found[key] = json.dumps(content, sort_keys=True)
    return found


def commands(text: str) -> set[tuple[str, str, str]]:
    """Who gets which role where, of each command in an output."""
    return set(_COMMAND.findall(text))


def assign(cloud: SimulatedCloud, grants: set[tuple[str, str, str]]) -> set[str]:
    """Assign roles, as the owners of what exists do; return the ids of the assignments."""
    made = set()
    for principal, role, scope in grants:
        name = f"lent-{scope.rpartition('/')[2]}-{role}"
        inputs = {"principalId": principal, "roleDefinitionId": f"/roleDefinitions/{role}", "scope": scope}
        made.add(cloud.create_outside(ROLE, name, inputs))
    return made
