"""The registry that exists: whether the stack can use it, and what becomes of the stack's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from components.azure.bootstrap_cache import CACHE_RULE, CACHE_SOURCE, CACHE_TARGET
from components.azure.endpoints import REGISTRY_ZONE
from components.preflight.arm_client import ArmError
from components.preflight.findings import Finding, fail, passed, unanswered, unsure, warn
from components.preflight.operations import GET_CACHE_RULE, GET_REGISTRY
from components.preflight.situation import Situation
from components.preflight.stack_in_azure import REGISTRY
from components.settings.registry_section import REPOSITORY_ROLE
from components.stack_file.problems import key_path

_SETTING: Final = key_path("registry", "existingId")
_PULL_ROLE: Final = key_path("registry", "pullRole")
_NO_WAY_OUT: Final = f"{key_path('network', 'outbound')}: none"
_PUBLIC_ACCESS: Final = key_path("registry", "publicAccess")
# Values of a registry's properties. Source: the models of azure-mgmt-containerregistry.
_BY_REPOSITORY: Final = "AbacRepositoryPermissions"
_CLOSED: Final = "Disabled"
_ZONE: Final = "Microsoft.Network/privateDnsZones"

Properties = Mapping[str, Any]


def check_existing_registry(situation: Situation) -> Iterator[Finding]:
    """The registry exists, honors the role of the nodes, and lets in nodes and imports."""
    registry = situation.settings.registry
    if registry.existing_id is None:
        yield passed("the registry is the stack's own")
        return
    name = registry.existing_id.rpartition("/")[2]
    try:
        properties = situation.arm.get(GET_REGISTRY, scope=registry.existing_id).get("properties") or {}
    except ArmError as error:
        if error.status == 404:
            yield fail(f"{registry.existing_id} does not exist", "correct the id", _SETTING)
        else:
            yield unanswered(error, registry.existing_id)
        return
    problems = [
        *_check_role(name, registry.pull_role, properties),
        *_check_way_in(name, properties),
        *_check_own(situation, name, properties),
        *_check_cache(situation, registry.existing_id, properties),
    ]
    yield from problems
    if not problems:
        yield passed(f"{name} suits")


def _check_role(name: str, role: str, properties: Properties) -> Iterator[Finding]:
    """A registry with ABAC repository permissions does not honor AcrPull, and has a role of its own.

    Source: Azure Container Registry, "Azure ABAC repository permissions", effect on existing role assignments.
    """
    by_repository = properties.get("roleAssignmentMode") == _BY_REPOSITORY
    if by_repository and role != REPOSITORY_ROLE:
        yield fail(
            f"{name} has ABAC repository permissions, and does not honor {role}: no node could pull",
            f"set {_PULL_ROLE} to {REPOSITORY_ROLE}",
            _PULL_ROLE,
        )
    if not by_repository and role == REPOSITORY_ROLE:
        yield warn(
            f"{name} has no ABAC repository permissions, for which {role} is",
            f"set {_PULL_ROLE} to AcrPull",
            _PULL_ROLE,
        )


def _check_way_in(name: str, properties: Properties) -> Iterator[Finding]:
    """Nodes reach the registry, and so do imports, which come from inside Azure.

    Source: Azure Container Registry, "Allow trusted services to securely access a network-restricted registry".
    """
    closed = properties.get("publicNetworkAccess") == _CLOSED
    filtered = (properties.get("networkRuleSet") or {}).get("defaultAction") == "Deny"
    if closed and not _endpoints(properties):
        yield fail(
            f"{name} has neither a public address nor an approved private endpoint: no node could pull",
            "ask its owners for a private endpoint that serves the nodes",
            _SETTING,
        )
    elif closed:
        yield unsure(
            f"{name} has no public address: only its owners know whether a private endpoint of it serves the nodes",
            "make sure that the nodes' network resolves its name to that endpoint, and reaches it on port 443",
            _SETTING,
        )
    elif filtered:
        yield unsure(
            f"{name} lets in some addresses only, and it is unknown whether the nodes' are among them",
            "make sure that the nodes leave by an address that it lets in, or reach a private endpoint of it",
            _SETTING,
        )
    if (closed or filtered) and properties.get("networkRuleBypassOptions") == "None":
        yield unsure(
            f"{name} is closed to Azure's trusted services, among them the import of images",
            "ask its owners to allow trusted Microsoft services",
            _SETTING,
        )


def _check_own(situation: Situation, name: str, properties: Properties) -> Iterator[Finding]:
    """The stack has no registry of its own, which the update would delete, and no zone that hides the other one."""
    own = situation.names.registry
    if situation.stack.has(REGISTRY, own):
        yield warn(
            f"the stack has the registry {own} of its own: `pulumi up` deletes it at its end, with every image in it, "
            "and refuses to begin as long as it is protected",
            "read in docs/existing-services.md how a stack changes its registry",
            _SETTING,
        )
    if situation.stack.has(_ZONE, REGISTRY_ZONE) and _endpoints(properties):
        yield fail(
            f"the stack's own zone {REGISTRY_ZONE} hides the address of {name} from the nodes until `pulumi up` ends",
            f"remove {_SETTING} for now, set {_PUBLIC_ACCESS} to true, and run `pulumi up`, which deletes the zone",
            _SETTING,
        )


def _check_cache(situation: Situation, registry_id: str, properties: Properties) -> Iterator[Finding]:
    """Nodes without a way out start from a private endpoint of the registry, which caches Microsoft's images.

    Source: AKS, "Create a network isolated AKS cluster", bring your own registry.
    """
    if not situation.settings.network.isolated:
        return
    name = registry_id.rpartition("/")[2]
    if properties.get("publicNetworkAccess") != _CLOSED and not _endpoints(properties):
        yield fail(
            f"{name} has no private endpoint, and with {_NO_WAY_OUT} no node starts from a public address",
            "ask its owners for a private endpoint that serves the nodes",
            _SETTING,
        )
    remedy = f"ask its owners for the cache rule {CACHE_RULE} from {CACHE_SOURCE} to {CACHE_TARGET}"
    try:
        rule = situation.arm.get(GET_CACHE_RULE, scope=registry_id, name=CACHE_RULE).get("properties") or {}
    except ArmError as error:
        if error.status == 404:
            yield fail(f"{name} has no cache rule {CACHE_RULE}: no node could start", remedy, _SETTING)
        else:
            yield unanswered(error, registry_id)
        return
    if (rule.get("sourceRepository"), rule.get("targetRepository")) != (CACHE_SOURCE, CACHE_TARGET):
        yield fail(f"the cache rule {CACHE_RULE} of {name} is another than nodes start from", remedy, _SETTING)


def _endpoints(properties: Properties) -> list[Properties]:
    """Return the approved private endpoints. The name of a registry that has one is resolved by a private zone."""
    connections = [entry.get("properties") or {} for entry in properties.get("privateEndpointConnections") or ()]
    return [
        connection
        for connection in connections
        if (connection.get("privateLinkServiceConnectionState") or {}).get("status") == "Approved"
    ]
