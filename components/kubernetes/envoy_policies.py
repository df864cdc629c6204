"""What only Envoy Gateway understands: its proxies, its class, and its policies, as plain values.

Source: Envoy Gateway 1.9, "Gateway API Extensions", and the schemas of its CRDs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from .gateway_objects import GATEWAY, GROUP

API: Final = "gateway.envoyproxy.io/v1alpha1"
CONTROLLER: Final = "gateway.envoyproxy.io/gatewayclass-controller"
# Labels that Envoy Gateway gives the proxies' pods.
PROXY_LABELS: Final = {
    "app.kubernetes.io/component": "proxy",
    "app.kubernetes.io/managed-by": "envoy-gateway",
    "app.kubernetes.io/name": "envoy",
}
# Name of the proxies' Deployment, Service and disruption budget.
PROXY: Final = "airflow-gateway"
# What the two containers of a proxy's pod request.
PROXY_REQUESTS: Final = {"cpu": "250m", "memory": "512Mi", "ephemeral-storage": "512Mi"}
SHUTDOWN_REQUESTS: Final = {"cpu": "10m", "memory": "64Mi", "ephemeral-storage": "256Mi"}
_PROXY_LIMITS: Final = {**PROXY_REQUESTS, "cpu": "1"}
_SHUTDOWN_LIMITS: Final = {**SHUTDOWN_REQUESTS, "cpu": "100m"}
_LOCKED: Final = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "privileged": False,
    "runAsGroup": 65532,
    "runAsNonRoot": True,
    "runAsUser": 65532,
    "seccompProfile": {"type": "RuntimeDefault"},
}

Spec = dict[str, Any]


def proxy_spec(
    replicas: int, image: str, node_selector: Mapping[str, str], service_annotations: Mapping[str, str]
) -> Spec:
    """Return the EnvoyProxy: the Deployment, the Service and the disruption budget of the proxies."""
    return {
        "concurrency": 2,
        # Nobody waits long for an update: a browser opens the stream of a log again.
        "shutdown": {"drainTimeout": "60s", "minDrainDuration": "15s"},
        "provider": {
            "type": "Kubernetes",
            "kubernetes": {
                "envoyDeployment": {
                    "name": PROXY,
                    "replicas": replicas,
                    "container": {
                        "image": image,
                        "resources": {"requests": PROXY_REQUESTS, "limits": _PROXY_LIMITS},
                        "securityContext": _LOCKED,
                    },
                    "pod": {
                        "nodeSelector": dict(node_selector),
                        "topologySpreadConstraints": [
                            _spread("topology.kubernetes.io/zone"),
                            _spread("kubernetes.io/hostname"),
                        ],
                    },
                    # Envoy Gateway has no field for the size of this container.
                    "patch": {"type": "StrategicMerge", "value": _resize_shutdown_manager()},
                },
                "envoyService": {
                    "name": PROXY,
                    "type": "LoadBalancer",
                    # A node passes requests on to its own proxies only, so that they see the clients' addresses.
                    "externalTrafficPolicy": "Local",
                    "annotations": dict(service_annotations),
                },
                "envoyPDB": {"name": PROXY, "maxUnavailable": 1},
            },
        },
    }


def class_spec(namespace: str) -> Spec:
    """Return the GatewayClass, whose proxies the EnvoyProxy of the Gateway's namespace describes."""
    return {
        "controllerName": CONTROLLER,
        "parametersRef": {
            "group": API.partition("/")[0],
            "kind": "EnvoyProxy",
            "name": GATEWAY,
            "namespace": namespace,
        },
    }


def client_traffic_spec() -> Spec:
    """Return the policy of connections from clients.

    The client's address is that of its connection: no header of a client is trusted. Keep-alive packets hold an idle
    connection open, such as that of a task which logs nothing: Azure's load balancer drops it after four minutes.
    """
    return {
        "targetRefs": [{"group": GROUP, "kind": "Gateway", "name": GATEWAY}],
        "tls": {"minVersion": "1.2"},
        "tcpKeepalive": {"idleTime": "60s", "interval": "30s", "probes": 4},
        # Names of variables, connections and runs may have slashes, which the API takes as %2F.
        "path": {"escapedSlashesAction": "KeepUnchanged"},
    }


def backend_traffic_spec(route: str) -> Spec:
    """Return the policy of connections to Airflow. By default, Envoy ends a stream after five minutes of silence."""
    return {
        "targetRefs": [_route(route)],
        "timeout": {"tcp": {"connectTimeout": "10s"}, "http": {"requestTimeout": "0s", "streamIdleTimeout": "2h"}},
    }


def allowed_cidrs_spec(route: str, cidrs: Sequence[str]) -> Spec:
    """Return the policy that lets address ranges in.

    It is for the route to Airflow alone: on the Gateway it would stop the challenges of Let's Encrypt too, whose
    addresses are not published.
    """
    allow = {"name": "allowed-cidrs", "action": "Allow", "principal": {"clientCIDRs": list(cidrs)}}
    return {"targetRefs": [_route(route)], "authorization": {"defaultAction": "Deny", "rules": [allow]}}


def _route(name: str) -> Spec:
    return {"group": GROUP, "kind": "HTTPRoute", "name": name}


def _spread(topology: str) -> Spec:
    return {
        "maxSkew": 1,
        "topologyKey": topology,
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": dict(PROXY_LABELS)},
        "matchLabelKeys": ["pod-template-hash"],
    }


def _resize_shutdown_manager() -> Spec:
    resources = {"requests": SHUTDOWN_REQUESTS, "limits": _SHUTDOWN_LIMITS}
    container = {"name": "shutdown-manager", "resources": resources}
    return {"spec": {"template": {"spec": {"containers": [container]}}}}
