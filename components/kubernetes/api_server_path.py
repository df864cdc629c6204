"""Checks that this machine reaches a private API server, before the Kubernetes provider fails to."""

from __future__ import annotations

import socket
import time
import urllib.request
from typing import Final
from urllib.parse import urlsplit

import yaml
from pulumi import RunError

_ATTEMPTS: Final = 3
_TIMEOUT_SECONDS: Final = 5.0
# Names below it never resolve, so only a simulated cluster has one. Source: RFC 6761, section 6.4.
_SIMULATED: Final = ".invalid"


def check_path(kubeconfig: str) -> str:
    """Return the kubeconfig if a TCP connection to its API server opens, or if a proxy would open it.

    The provider says only "configured Kubernetes cluster is unreachable", whatever the reason.

    Raises:
        pulumi.RunError: the name of the API server does not resolve here, or no connection opens.

    """
    config = yaml.safe_load(kubeconfig)
    server = urlsplit(config["clusters"][0]["cluster"]["server"])
    host, port = server.hostname or "", server.port or 443
    # The provider, a Go program, uses the same variables.
    proxied = "https" in urllib.request.getproxies_environment() and not urllib.request.proxy_bypass(host)
    if host.endswith(_SIMULATED) or proxied:
        return kubeconfig
    for attempt in range(_ATTEMPTS):
        time.sleep(attempt)
        try:
            socket.create_connection((host, port), timeout=_TIMEOUT_SECONDS).close()
            return kubeconfig
        except OSError as error:
            reason = "does not resolve on" if isinstance(error, socket.gaierror) else "is not reachable from"
    raise RunError(
        f"the private API server {host}:{port} {reason} this machine, so Pulumi cannot create anything in the cluster. "
        "airflow-aks:cluster.privateApiServer or airflow-aks:network.private closes it: run Pulumi in the stack's "
        "network, or in a network that is peered with it and resolves this name, as docs/private-network.md says, and "
        "run `pulumi up` again. What exists in Azure stays"
    )
