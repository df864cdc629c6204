"""Envoy Gateway and AKS's load balancer, with the rights that the chart gave the controller and no others.

Source: Envoy Gateway 1.9, internal/infrastructure/kubernetes/proxy and internal/gatewayapi/status: what it makes for a
Gateway, and what conditions say.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any, Final

from .api import Api, ApiError, Object
from .azure_view import AzureView
from .mirror import Mirror

API: Final = "gateway.networking.k8s.io/v1"
ENVOY: Final = "gateway.envoyproxy.io/v1alpha1"
KINDS: Final = (
    (API, "GatewayClass"),
    (API, "Gateway"),
    (API, "HTTPRoute"),
    (ENVOY, "EnvoyProxy"),
    ("v1", "Service"),
    ("apps/v1", "Deployment"),
    ("batch/v1", "Job"),
    ("v1", "Secret"),
)
NAMESPACE: Final = "airflow-gateway"
_FINALIZER: Final = "gateway-exists-finalizer.gateway.networking.k8s.io"
_CERTIFICATES: Final = ("envoy-gateway", "envoy")
_ANNOTATION: Final = "service.beta.kubernetes.io/azure"
# The port of a container, which opens none below 1024.
_SHIFT: Final = 10000


@dataclass
class EnvoyGateway:
    """Works while its pods run."""

    api: Api
    mirror: Mirror
    azure: AzureView
    refused: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._acting = self.api.acting_as("envoy-gateway", NAMESPACE)
        self._certgen = self.api.acting_as("envoy-gateway-gateway-helm-certgen", NAMESPACE)

    def step(self) -> None:
        """Make certificates, proxies and addresses, and say so."""
        for act in (self._make_certificates, self._reconcile, self._assign_addresses):
            try:
                act()
            except ApiError as error:
                if error.is_race or error.code == 404:
                    continue
                if error.code != 403:
                    raise
                self.refused.append(str(error))

    def _make_certificates(self) -> None:
        """What the Job of the chart does, whose pod has no container here."""
        jobs = [job for job in self.mirror.all("Job") if job["metadata"]["name"].endswith("-certgen")]
        for name in _CERTIFICATES if jobs else ():
            if self.mirror.one("Secret", name, NAMESPACE) is None:
                data = dict.fromkeys(("ca.crt", "tls.crt", "tls.key"), "eA==")
                metadata = {"name": name, "namespace": NAMESPACE}
                self._certgen.create({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": data})

    def _reconcile(self) -> None:
        deployment = self.mirror.one("Deployment", "envoy-gateway", NAMESPACE)
        if not (deployment and deployment.get("status", {}).get("readyReplicas")):
            return
        gateways = self.mirror.all("Gateway")
        for gateway_class in self.mirror.all("GatewayClass"):
            self._accept(gateway_class, any(gateways))
            for gateway in gateways:
                self._serve(gateway, gateway_class)
        for route in self.mirror.all("HTTPRoute"):
            self._attach(route)

    def _accept(self, gateway_class: Object, has_gateways: bool) -> None:
        metadata = gateway_class["metadata"]
        finalizers = [name for name in metadata.get("finalizers", []) if name != _FINALIZER]
        wanted = [*finalizers, _FINALIZER] if has_gateways else finalizers
        if wanted != metadata.get("finalizers", []):
            self.mirror.put(
                self._whole(self._acting.patch(gateway_class, {"metadata": {"finalizers": wanted}}), "GatewayClass")
            )
        elif not _is(gateway_class, "Accepted"):
            self._say(gateway_class, {"conditions": [_condition(gateway_class, "Accepted")]})

    def _serve(self, gateway: Object, gateway_class: Object) -> None:
        reference = gateway_class["spec"]["parametersRef"]
        proxy = self.mirror.one("EnvoyProxy", reference["name"], reference["namespace"])
        if proxy is None:
            return
        kubernetes = proxy["spec"]["provider"]["kubernetes"]
        made = f"{gateway['metadata']['generation']}/{proxy['metadata']['generation']}"
        name = kubernetes["envoyDeployment"]["name"]
        found = self.mirror.one("Deployment", name, NAMESPACE)
        if found is None or found["metadata"].get("annotations", {}).get("played") != made:
            for item in _infrastructure(gateway, gateway_class, kubernetes, made):
                self._acting.apply(item, "envoy-gateway")
        service = self.mirror.one("Service", name, NAMESPACE)
        addresses = (service or {}).get("status", {}).get("loadBalancer", {}).get("ingress", [])
        available = (found or {}).get("status", {}).get("availableReplicas")
        if not addresses or not available or _is(gateway, "Programmed"):
            return
        conditions = [_condition(gateway, "Accepted"), _condition(gateway, "Programmed")]
        listeners = [
            {
                "name": listener["name"],
                "attachedRoutes": 1,
                "supportedKinds": [{"group": API.partition("/")[0], "kind": "HTTPRoute"}],
                "conditions": [_condition(gateway, "Accepted"), _condition(gateway, "Programmed")],
            }
            for listener in gateway["spec"]["listeners"]
        ]
        value = [{"type": "IPAddress", "value": one["ip"]} for one in addresses]
        self._say(gateway, {"addresses": value, "conditions": conditions, "listeners": listeners})

    def _attach(self, route: Object) -> None:
        if route.get("status", {}).get("parents"):
            return
        parents = [
            {
                "parentRef": parent,
                "controllerName": "gateway.envoyproxy.io/gatewayclass-controller",
                "conditions": [_condition(route, "Accepted"), _condition(route, "ResolvedRefs")],
            }
            for parent in route["spec"]["parentRefs"]
        ]
        self._say(route, {"parents": parents})

    def _assign_addresses(self) -> None:
        """AKS gives a load balancer the address that its annotations name."""
        for service in self.mirror.all("Service"):
            if service["spec"]["type"] != "LoadBalancer" or service.get("status", {}).get("loadBalancer"):
                continue
            annotations = service["metadata"].get("annotations", {})
            address = annotations.get(f"{_ANNOTATION}-load-balancer-ipv4") or self.azure.public_address(
                annotations.get(f"{_ANNOTATION}-pip-name", "")
            )
            if address is not None:
                status = {"status": {"loadBalancer": {"ingress": [{"ip": address}]}}}
                self.mirror.put(self._whole(self.api.patch(service, status, "status"), "Service"))

    def _say(self, item: Object, status: Object) -> None:
        """Write a status as a whole: the controller may update one, not patch it."""
        namespace = item["metadata"].get("namespace")
        path = f"{self.api.path(item['apiVersion'], item['kind'], namespace, item['metadata']['name'])}/status"
        self.mirror.put(self._whole(self._acting.ask("PUT", path, {**item, "status": status}), item["kind"]))

    def _whole(self, answer: Object, kind: str) -> Object:
        return {**answer, "kind": kind}


def _infrastructure(gateway: Object, gateway_class: Object, kubernetes: Object, made: str) -> list[Object]:
    """The account, the configuration, the Deployment, the Service and the disruption budget of the proxies."""
    deployment, service = kubernetes["envoyDeployment"], kubernetes["envoyService"]
    labels = {
        "app.kubernetes.io/component": "proxy",
        "app.kubernetes.io/managed-by": "envoy-gateway",
        "app.kubernetes.io/name": "envoy",
        "gateway.envoyproxy.io/owning-gateway-name": gateway["metadata"]["name"],
        "gateway.envoyproxy.io/owning-gateway-namespace": gateway["metadata"]["namespace"],
    }
    owner = {"apiVersion": API, "kind": "GatewayClass", "name": gateway_class["metadata"]["name"]}
    owner["uid"] = gateway_class["metadata"]["uid"]
    name = deployment["name"]
    metadata = {"name": name, "namespace": NAMESPACE, "labels": labels, "ownerReferences": [owner]}
    ports = [listener["port"] for listener in gateway["spec"]["listeners"]]
    (shutdown,) = deployment["patch"]["value"]["spec"]["template"]["spec"]["containers"]
    container = deployment["container"]
    containers = [
        {
            "name": "envoy",
            "image": container["image"],
            "resources": container["resources"],
            "securityContext": container["securityContext"],
            "ports": [{"containerPort": port + _SHIFT} for port in ports],
            "volumeMounts": [{"name": "certs", "mountPath": "/certs", "readOnly": True}],
        },
        {**shutdown, "image": container["image"], "securityContext": container["securityContext"]},
    ]
    pod = {
        "automountServiceAccountToken": False,
        "serviceAccountName": name,
        "containers": containers,
        "volumes": [{"name": "certs", "secret": {"secretName": "envoy"}}, {"name": "sds", "configMap": {"name": name}}],
        **deployment["pod"],
    }
    return [
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata},
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"xds-certificate.json": "{}"}},
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {**metadata, "annotations": {"played": made}},
            "spec": {
                "replicas": deployment["replicas"],
                "selector": {"matchLabels": labels},
                "template": {"metadata": {"labels": labels}, "spec": pod},
            },
        },
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {**metadata, "name": service["name"], "annotations": service["annotations"]},
            "spec": {
                "type": service["type"],
                "externalTrafficPolicy": service["externalTrafficPolicy"],
                "selector": labels,
                "ports": [{"name": f"port-{port}", "port": port, "targetPort": port + _SHIFT} for port in ports],
            },
        },
        {
            "apiVersion": "policy/v1",
            "kind": "PodDisruptionBudget",
            "metadata": {**metadata, "name": kubernetes["envoyPDB"]["name"]},
            "spec": {
                "maxUnavailable": kubernetes["envoyPDB"]["maxUnavailable"],
                "selector": {"matchLabels": labels},
            },
        },
    ]


def _condition(item: Object, kind: str) -> Any:
    return {
        "type": kind,
        "status": "True",
        "reason": kind,
        "message": "",
        "observedGeneration": item["metadata"]["generation"],
        "lastTransitionTime": datetime.datetime.now(tz=datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _is(item: Object, kind: str) -> bool:
    """Whether a condition is true of the object as it is now."""
    return any(
        one["type"] == kind and one["status"] == "True" and one["observedGeneration"] == item["metadata"]["generation"]
        for one in item.get("status", {}).get("conditions", [])
    )


__all__ = ["KINDS", "EnvoyGateway"]
