"""The roles that the cluster needs outside of the stack, and that the program leaves to others to assign."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from pulumi import Input, Output

from components.settings.network_section import NetworkSettings

from .required_grants import command_grant
from .roles import NETWORK_CONTRIBUTOR, PRIVATE_DNS_ZONE_CONTRIBUTOR

_OF_NETWORK: Final = "airflow-aks:network.existing.grantAccess"
_OF_ZONE: Final = "airflow-aks:network.privateDns.grantAccess"


class _Grant(NamedTuple):
    """A role on a scope, its key in the output, and the setting that leaves it to others."""

    key: str
    role: str
    scope: Input[str]
    left_by: str


def list_grants(
    settings: NetworkSettings, network_id: Input[str], principal_id: Output[str]
) -> Mapping[str, Output[str]] | None:
    """Return, by what each is for, the commands that give the cluster's identity its roles; None if there are none."""
    commands = {
        grant.key: command_grant(grant.left_by, grant.role, principal_id, grant.scope)
        for grant in _left_to_others(settings, network_id)
    }
    return commands or None


def _left_to_others(settings: NetworkSettings, network_id: Input[str]) -> Iterator[_Grant]:
    existing, zone_id = settings.existing, settings.private_dns.zones.cluster
    if existing is not None and not existing.grant_access:
        for key, subnet_id in existing.ids_for_cluster.items():
            yield _Grant(key, NETWORK_CONTRIBUTOR, subnet_id, _OF_NETWORK)
        if zone_id is not None:
            # AKS links its zone to the network of the nodes.
            yield _Grant("nodeNetwork", NETWORK_CONTRIBUTOR, network_id, _OF_NETWORK)
    if zone_id is not None and not settings.private_dns.grant_access:
        yield _Grant("zones.cluster", PRIVATE_DNS_ZONE_CONTRIBUTOR, zone_id, _OF_ZONE)
