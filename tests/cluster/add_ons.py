"""The kinds that AKS's add-ons bring, as far as the program and its charts use them.

Sources: Secrets Store CSI Driver, "SecretProviderClass"; KEDA, "ScaledObject specification"; Cilium, "Network Policy".
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, Final

from .api import Api, ApiError, Object
from .azure_view import AzureView
from .references import SECRETS_DRIVER

SECRET_PROVIDER_CLASSES: Final = "secrets-store.csi.x-k8s.io/v1"
_DRIVER_KIND: Final = "SecretProviderClass"
_TEXT: Final = {"type": "string"}
_NUMBER: Final = {"type": "integer"}
_TEXTS: Final = {"type": "object", "additionalProperties": _TEXT}
_ANYTHING: Final = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}


def _object(required: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, **({"required": list(required)} if required else {})}


def _list(of: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": of}


_SECRET_PROVIDER_CLASS: Final = _object(
    provider=_TEXT,
    parameters=_TEXTS,
    secretObjects=_list(
        _object(
            secretName=_TEXT,
            type=_TEXT,
            labels=_TEXTS,
            annotations=_TEXTS,
            data=_list(_object(objectName=_TEXT, key=_TEXT)),
        )
    ),
)
_CILIUM_SELECTOR: Final = _object(matchLabels=_TEXTS, matchExpressions=_list(_ANYTHING))
_CILIUM_HOST: Final = _object(matchName=_TEXT, matchPattern=_TEXT)
_CILIUM_PORTS: Final = _list(
    _object(
        ports=_list(_object(("port",), port=_TEXT, protocol=_TEXT)),
        rules=_object(dns=_list(_CILIUM_HOST)),
    )
)
_CILIUM_NETWORK_POLICY: Final = _object(
    endpointSelector=_CILIUM_SELECTOR,
    egress=_list(
        _object(
            toEndpoints=_list(_CILIUM_SELECTOR),
            toEntities=_list(_TEXT),
            toFQDNs=_list(_CILIUM_HOST),
            toPorts=_CILIUM_PORTS,
        )
    ),
    egressDeny=_list(_object(toCIDR=_list(_TEXT))),
)
_SCALED_OBJECT: Final = _object(
    ("scaleTargetRef", "triggers"),
    scaleTargetRef=_object(("name",), apiVersion=_TEXT, kind=_TEXT, name=_TEXT, envSourceContainerName=_TEXT),
    pollingInterval=_NUMBER,
    initialCooldownPeriod=_NUMBER,
    cooldownPeriod=_NUMBER,
    idleReplicaCount=_NUMBER,
    minReplicaCount=_NUMBER,
    maxReplicaCount=_NUMBER,
    advanced=_ANYTHING,
    fallback=_ANYTHING,
    triggers=_list(
        _object(
            ("type", "metadata"),
            type=_TEXT,
            name=_TEXT,
            useCachedMetrics={"type": "boolean"},
            metadata=_TEXTS,
            authenticationRef=_object(("name",), name=_TEXT, kind=_TEXT),
            metricType=_TEXT,
        )
    ),
)


def kinds(azure: AzureView) -> dict[tuple[str, str], tuple[str, dict[str, Any]]]:
    """Version and specification by group and kind, of what the cluster's description turns on."""
    found: dict[tuple[str, str], tuple[str, dict[str, Any]]] = {}
    if azure.has_secrets_driver():
        found["secrets-store.csi.x-k8s.io", _DRIVER_KIND] = ("v1", _SECRET_PROVIDER_CLASS)
    if azure.has_cilium():
        found["cilium.io", "CiliumNetworkPolicy"] = ("v2", _CILIUM_NETWORK_POLICY)
    if azure.has_keda():
        found["keda.sh", "ScaledObject"] = ("v1alpha1", _SCALED_OBJECT)
    return found


@dataclass
class AddOns:
    """Installs what the cluster's description turns on; what is turned off stays, as AKS leaves kinds behind."""

    api: Api
    azure: AzureView
    _made: set[str] = field(default_factory=set)

    def step(self) -> None:
        """Install what is lacking."""
        for (group, kind), (version, spec) in kinds(self.azure).items():
            if kind in self._made:
                continue
            self._made.add(kind)
            self._define(group, version, kind, spec)
            if kind == _DRIVER_KIND:
                driver = {"apiVersion": "storage.k8s.io/v1", "kind": "CSIDriver", "metadata": {"name": SECRETS_DRIVER}}
                self.api.apply({**driver, "spec": {"attachRequired": False, "podInfoOnMount": True}})

    def _define(self, group: str, version: str, kind: str, spec: dict[str, Any]) -> None:
        plural = _plural(kind.lower())
        schema = _object(apiVersion=_TEXT, kind=_TEXT, metadata={"type": "object"}, spec=spec, status=_ANYTHING)
        definition: Object = {
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {"name": f"{plural}.{group}"},
            "spec": {
                "group": group,
                "scope": "Namespaced",
                "names": {"kind": kind, "plural": plural, "singular": kind.lower(), "listKind": f"{kind}List"},
                "versions": [
                    {
                        "name": version,
                        "served": True,
                        "storage": True,
                        "schema": {"openAPIV3Schema": schema},
                        "subresources": {"status": {}},
                    }
                ],
            },
        }
        self.api.apply(definition)
        end = time.monotonic() + 30
        while not self.api.serves(f"{group}/{version}"):
            if time.monotonic() > end:
                raise ApiError(f"{plural}.{group}", {"message": "is not served"}, 404)
            time.sleep(0.05)


def _plural(word: str) -> str:
    if word.endswith("y"):
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith("s") else f"{word}s"


__all__ = ["SECRET_PROVIDER_CLASSES", "AddOns", "kinds"]
