"""The proxy of a cluster that exists, held against `proxy`: AKS keeps a proxy that a stack file does not name."""

from __future__ import annotations

from collections.abc import Iterator

from components.preflight.findings import Finding, passed, warn
from components.preflight.operations import GET_CLUSTER
from components.preflight.situation import Situation
from components.preflight.stack_in_azure import CLUSTER
from components.stack_file.problems import key_path

_HTTP = key_path("proxy", "http")


def check_proxy(situation: Situation) -> Iterator[Finding]:
    """A cluster that exists has the proxy of the stack file, and no other."""
    proxy, names = situation.settings.proxy, situation.names
    wanted = proxy.http if proxy is not None else None
    if not situation.stack.has(CLUSTER, names.cluster):
        yield passed("the cluster does not exist yet" if wanted else "none")
        return
    cluster = situation.arm.get(GET_CLUSTER, group=names.resource_group, name=names.cluster).get("properties") or {}
    config = cluster.get("httpProxyConfig") or {}
    found = str(config.get("httpProxy") or "").rstrip("/") if config.get("enabled", True) else ""
    if found and wanted is None:
        yield warn(
            f"the cluster has the proxy {found}, and AKS sets its variables in every pod that has none",
            f"set {_HTTP}, or run `az aks update --disable-http-proxy`, which reimages every node",
            _HTTP,
        )
    elif wanted is not None and found != wanted:
        had = f"the proxy {found}" if found else "no proxy"
        yield warn(
            f"the cluster has {had}, and the next update sets {wanted}: AKS reimages every node, one after another",
            "update when tasks may stop",
            _HTTP,
        )
    else:
        yield passed(f"{found} is the cluster's already" if found else "none")
