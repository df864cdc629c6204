"""The gateway and its routes in the Gateway API's own kinds, which every gateway class understands, as plain values.

Source: Gateway API, "API Specification", standard channel.
"""

from __future__ import annotations

from typing import Any, Final

from .certificate_secret import TLS_SECRET

API: Final = "gateway.networking.k8s.io/v1"
GROUP: Final = "gateway.networking.k8s.io"
# Names of the Gateway and its listeners, to which cert-manager's challenges and the routes refer.
GATEWAY: Final = "airflow"
HTTP_LISTENER: Final = "http"
HTTPS_LISTENER: Final = "https"
HTTP_PORT: Final = 80
HTTPS_PORT: Final = 443
_NAMESPACE_LABEL: Final = "kubernetes.io/metadata.name"

Spec = dict[str, Any]


def gateway_spec(gateway_class: str, host: str, route_namespace: str) -> Spec:
    """Return a Gateway with two listeners.

    HTTP accepts the routes of the Gateway's own namespace: the redirect, and cert-manager's challenges. HTTPS accepts
    the routes of one other namespace, so that nobody else can serve anything under the host.
    """
    from_airflow = {"from": "Selector", "selector": {"matchLabels": {_NAMESPACE_LABEL: route_namespace}}}
    return {
        "gatewayClassName": gateway_class,
        "listeners": [
            {
                "name": HTTP_LISTENER,
                "port": HTTP_PORT,
                "protocol": "HTTP",
                "hostname": host,
                "allowedRoutes": {"namespaces": {"from": "Same"}},
            },
            {
                "name": HTTPS_LISTENER,
                "port": HTTPS_PORT,
                "protocol": "HTTPS",
                "hostname": host,
                "tls": {"mode": "Terminate", "certificateRefs": [{"group": "", "kind": "Secret", "name": TLS_SECRET}]},
                "allowedRoutes": {"namespaces": from_airflow},
            },
        ],
    }


def redirect_route_spec() -> Spec:
    """Return the route that sends every HTTP request to HTTPS.

    It is attached to the HTTP listener alone. The route of a challenge names a whole path, so it wins over this one.
    """
    redirect = {"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "statusCode": 301}}
    return {
        "parentRefs": [_parent(HTTP_LISTENER)],
        "rules": [{"matches": [_below("/")], "filters": [redirect]}],
    }


def airflow_route_spec(gateway_namespace: str, host: str, path: str, service: str, port: int) -> Spec:
    """Return the route to Airflow, which forwards the path as it is, prefix included.

    Airflow believes these headers, so a client must not be able to choose them. The gateway itself sets
    X-Forwarded-For and X-Forwarded-Proto.
    """
    headers = {
        "set": [
            {"name": "X-Forwarded-Host", "value": host},
            {"name": "X-Forwarded-Port", "value": str(HTTPS_PORT)},
        ],
        "remove": ["Forwarded", "X-Forwarded-Prefix"],
    }
    return {
        "parentRefs": [{**_parent(HTTPS_LISTENER), "namespace": gateway_namespace}],
        "hostnames": [host],
        "rules": [
            {
                "matches": [_below(path)],
                "filters": [{"type": "RequestHeaderModifier", "requestHeaderModifier": headers}],
                "backendRefs": [{"group": "", "kind": "Service", "name": service, "port": port, "weight": 1}],
                # None: the log of a running task is a response that may take hours, and an upload is as slow as its
                # sender.
                "timeouts": {"request": "0s"},
            }
        ],
    }


def _parent(listener: str) -> Spec:
    return {"group": GROUP, "kind": "Gateway", "name": GATEWAY, "sectionName": listener}


def _below(path: str) -> Spec:
    return {"path": {"type": "PathPrefix", "value": path}}
