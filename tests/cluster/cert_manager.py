"""cert-manager's controller, with the rights that its chart gave it and no others.

Source: cert-manager 1.21, pkg/controller/issuers and pkg/controller/certificates: what it writes, and which conditions.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any, Final

from .api import Api, ApiError, Object
from .mirror import Mirror

API: Final = "cert-manager.io/v1"
KINDS: Final = (
    (API, "Issuer"),
    (API, "Certificate"),
    ("apps/v1", "Deployment"),
    ("gateway.networking.k8s.io/v1", "Gateway"),
    ("v1", "Secret"),
)
NAMESPACE: Final = "cert-manager"
_KEYS: Final = ("ca.crt", "tls.crt", "tls.key")


@dataclass
class CertManager:
    """Works while its pods run."""

    api: Api
    mirror: Mirror
    refused: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._acting = self.api.acting_as("cert-manager", NAMESPACE)

    def step(self) -> None:
        """Register with authorities, issue certificates, and say so."""
        deployment = self.mirror.one("Deployment", "cert-manager", NAMESPACE)
        if not (deployment and deployment.get("status", {}).get("readyReplicas")):
            return
        for act, kind in ((self._make_ready, "Issuer"), (self._issue, "Certificate")):
            for item in self.mirror.all(kind):
                try:
                    act(item)
                except ApiError as error:
                    if error.is_race:
                        continue
                    if error.code != 403:
                        raise
                    self.refused.append(str(error))

    def _make_ready(self, issuer: Object) -> None:
        """An authority of the cluster needs its key pair; the others sign for everybody who has an account."""
        authority = issuer["spec"].get("ca")
        if authority and self.mirror.one("Secret", authority["secretName"], issuer["metadata"]["namespace"]) is None:
            return
        self._say_ready(issuer)

    def _issue(self, certificate: Object) -> None:
        spec, namespace = certificate["spec"], certificate["metadata"]["namespace"]
        issuer = self.mirror.one("Issuer", spec["issuerRef"]["name"], namespace)
        if issuer is None or not is_ready(issuer) or not self._is_answered(issuer):
            return
        if self.mirror.one("Secret", spec["secretName"], namespace) is None:
            metadata = {"name": spec["secretName"], "namespace": namespace}
            data = dict.fromkeys(_KEYS, "eA==")
            secret = {"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls"}
            self.mirror.put({**self._acting.create({**secret, "metadata": metadata, "data": data}), "kind": "Secret"})
        self._say_ready(certificate)

    def _is_answered(self, issuer: Object) -> bool:
        """Whether the authority's question reaches an answer: through each Gateway of HTTP-01, or through DNS."""
        for solver in issuer["spec"].get("acme", {}).get("solvers", ()):
            for parent in solver.get("http01", {}).get("gatewayHTTPRoute", {}).get("parentRefs", ()):
                gateway = self.mirror.one("Gateway", parent["name"], parent["namespace"])
                if gateway is None or not gateway.get("status", {}).get("addresses"):
                    return False
        return True

    def _say_ready(self, item: Object) -> None:
        if is_ready(item):
            return
        namespace, name = item["metadata"]["namespace"], item["metadata"]["name"]
        now = datetime.datetime.now(tz=datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        condition = {"type": "Ready", "status": "True", "reason": "Ready", "lastTransitionTime": now}
        condition |= {"observedGeneration": item["metadata"]["generation"]}
        path = f"{self.api.path(API, item['kind'], namespace, name)}/status"
        answer = self._acting.ask("PUT", path, {**item, "status": {"conditions": [condition]}})
        self.mirror.put({**answer, "kind": item["kind"]})


def is_ready(item: Object) -> bool:
    """Whether the controller has said so of the object as it is now."""
    conditions: list[Any] = item.get("status", {}).get("conditions", [])
    return any(
        one["type"] == "Ready"
        and one["status"] == "True"
        and one["observedGeneration"] == item["metadata"]["generation"]
        for one in conditions
    )


__all__ = ["KINDS", "CertManager"]
