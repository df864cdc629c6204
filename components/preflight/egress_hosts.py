"""The command line: `python -m components.preflight.egress_hosts STACK [--json] [--project DIR] [--config FILE]`."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from typing import Final

import pulumi

from components.airflow.outside_hosts import OutsideHost, merge, outside_hosts
from components.settings.model import Settings
from components.settings.names import Names, physical_names, stack_names
from components.stack_file.reader import StackFileError

from .arguments import parse_arguments
from .sign_in import PreflightError, RunCommand, run_command, select_subscription
from .stack_settings import read_settings

# Ends the names of a stack whose suffix is not known. A suffix of the stack file has six characters at most.
_UNKNOWN: Final = "unknown"


def main(
    arguments: list[str] | None = None,
    *,
    run: RunCommand = run_command,
    environment: Mapping[str, str] = os.environ,
) -> int:
    """Print the hosts, one a line, and return the exit code: 1 if the stack file is wrong."""
    options = _parse(arguments)
    try:
        settings, config = read_settings(options.stack, options.project.resolve(), options.config)
    except (StackFileError, pulumi.RunError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    problem: PreflightError | None = None
    try:
        subscription_id, _ = select_subscription(config, environment, run)
        names = stack_names(settings, subscription_id)
    except PreflightError as error:
        problem, names = error, physical_names(settings, settings.naming.suffix or _UNKNOWN)
    found = list(outside_hosts(settings, names))
    # The names of a pattern, and of services that exist, do not depend on the subscription.
    if problem is not None and any(_UNKNOWN in host.host for host in found):
        sys.stderr.write(f"warning: {problem}: the names of the stack's services are * below\n")
    hosts = merge(map(_widen, found))
    sys.stdout.write(_show_json(settings, hosts) if options.json else _show_lines(settings, names, hosts))
    return 0


def _widen(found: OutsideHost) -> OutsideHost:
    """Replace a name that is not known, the first label of a host, by a wildcard."""
    name, _, domain = found.host.partition(".")
    return replace(found, host=f"*.{domain}") if _UNKNOWN in name else found


def _show_json(settings: Settings, hosts: list[OutsideHost]) -> str:
    """Return the hosts as JSON. Only with a proxy each says whether it is reached through it."""
    entries = [{**asdict(found), "protocol": "tcp"} for found in hosts]
    if settings.proxy is None or settings.proxy.http is None:
        for entry in entries:
            del entry["proxied"]
    return json.dumps(entries, indent=2) + "\n"


def _show_lines(settings: Settings, names: Names, hosts: list[OutsideHost]) -> str:
    width = max((len(found.host) for found in hosts), default=0)
    cluster = names.cluster.replace(_UNKNOWN, "<suffix>")
    lines = [
        f"# What {cluster} reaches from the subnet of its nodes: host, protocol, port, and what reaches it",
        *(f"{found.host:{width}} tcp {found.port:>5}  # {found.purpose}" for found in hosts if not found.proxied),
    ]
    if settings.network.isolated:
        lines.append("# network.outbound is none: nodes start from the registry and reach none of these hosts.")
        lines.append("# Pods reach them by a proxy or a route of your network")
    if not settings.cluster.private_api_server:
        lines.append("# Pods call the API server by its address too, on port 443: allow it when the cluster exists")
    lines += _describe_what_exists(settings, proxied=any(found.proxied for found in hosts))
    if settings.has_airflow and not settings.network.restricted:
        lines.append("# network.egress is open: the hosts that DAGs call are not among these")
    if proxied := [found for found in hosts if found.proxied]:
        lines.append("# Through the proxy, whose own rules must let them pass; the firewall need not")
        lines += [f"{found.host:{width}} tcp {found.port:>5}  # {found.purpose}" for found in proxied]
    return "\n".join(lines) + "\n"


def _describe_what_exists(settings: Settings, *, proxied: bool) -> Iterator[str]:
    """Yield what only the owners of a registry and a Key Vault know."""
    registry_id, vault_id = settings.registry.existing_id, settings.key_vault.existing_id
    if registry_id is not None:
        name = registry_id.rpartition("/")[2]
        yield (
            f"# The registry {name} exists: `az acr show-endpoints --name {name}` tells its login server and data "
            "endpoints. With a private endpoint for these nodes, they need no rule"
        )
        if proxied and settings.network.private:
            yield (
                f"# Of its data endpoints, that in {settings.location} goes around the proxy: name another one in "
                "proxy.noProxy"
            )
    if settings.has_airflow and vault_id is not None:
        name = vault_id.rpartition("/")[2]
        yield f"# The Key Vault {name} exists. With a private endpoint for these nodes, it needs no rule"


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    return parse_arguments(
        arguments,
        command="components.preflight.egress_hosts",
        description="List the hosts that a firewall must let the stack reach. Asks Azure nothing.",
        json="print JSON",
    )


if __name__ == "__main__":
    sys.exit(main())
