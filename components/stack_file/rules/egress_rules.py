"""Rules for `network.egress` and the hosts that it allows."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from components.stack_file.problems import Problem, key_path

from .context import Context, Rule


def hosts_are_for_restricted_egress(context: Context) -> Iterator[Problem]:
    """Hosts are listed only where pods do not reach every address anyway."""
    network = context.settings.network
    if network.allowed_hosts and not network.restricted:
        yield Problem(
            path=key_path("network", "allowedHosts"),
            message=f"is for {key_path('network', 'egress')}: restricted (is open, and pods reach every address on "
            "port 443); remove one",
        )


def hosts_are_outside_the_cluster(context: Context) -> Iterator[Problem]:
    """No listed host is a service of the cluster, which Cilium does not match by its name."""
    for index, host in enumerate(context.settings.network.allowed_hosts):
        if host.lower().endswith((".svc", ".cluster.local")):
            yield Problem(
                path=key_path("network", "allowedHosts", index),
                message=f"{host} is a service of the cluster: allow it with {key_path('network', 'allowedEgress')}, "
                "{host: <service>.<namespace>.svc, port: ...}",
            )


def restricted_egress_has_no_way_around(context: Context) -> Iterator[Problem]:
    """With restricted egress, no entry opens a port at every address."""
    network = context.settings.network
    if not network.restricted:
        return
    for index, entry in enumerate(network.allowed_egress):
        if entry.cidr is not None and ipaddress.IPv4Network(entry.cidr).prefixlen == 0:
            yield Problem(
                path=key_path("network", "allowedEgress", index, "cidr"),
                message=f"{entry.cidr} is every address, and {key_path('network', 'egress')} is restricted: name the "
                "hosts or ranges, or set egress to open",
            )


EGRESS_ERRORS: tuple[Rule, ...] = (
    hosts_are_for_restricted_egress,
    hosts_are_outside_the_cluster,
    restricted_egress_has_no_way_around,
)
