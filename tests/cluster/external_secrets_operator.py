"""The External Secrets operator over the simulated vault, with the rights that its chart gave it and no others.

Source: external-secrets, pkg/controllers/externalsecret: what it writes, when it looks again, what its condition says.
"""

from __future__ import annotations

import base64
import datetime
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any, Final

from .api import Api, ApiError, Object
from .azure_view import AzureView
from .mirror import Mirror

API: Final = "external-secrets.io/v1"
KINDS: Final = (
    (API, "SecretStore"),
    (API, "ExternalSecret"),
    ("v1", "ServiceAccount"),
    ("v1", "Secret"),
    ("apps/v1", "Deployment"),
)
_FINALIZER: Final = "externalsecrets.external-secrets.io/externalsecret-cleanup"
_BY: Final = "reconcile.external-secrets.io"


@dataclass
class ExternalSecretsOperator:
    """Works in one namespace, `scope`, while its pods run. `stopped` lets it do nothing.

    `name` is that of its release, with the namespace, the Deployment and the account of that name.
    """

    api: Api
    mirror: Mirror
    azure: AzureView
    name: str = "external-secrets"
    scope: str = "airflow"
    stopped: bool = False
    refused: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._acting = self.api.acting_as(self.name, self.name)

    def step(self) -> None:
        """Look at every store and every ExternalSecret that was changed since it was looked at."""
        if self.stopped or not self._runs():
            return
        for store in self._in_scope("SecretStore"):
            self._guard(self._validate, store)
        for wanted in self._in_scope("ExternalSecret"):
            self._guard(self._reconcile, wanted)

    def refresh(self) -> None:
        """Look at the vault again, as the refresh interval says."""
        for wanted in self._in_scope("ExternalSecret"):
            self._sync(wanted)

    def _in_scope(self, kind: str) -> list[Object]:
        return [item for item in self.mirror.all(kind) if item["metadata"]["namespace"] == self.scope]

    def _runs(self) -> bool:
        deployment = self.mirror.one("Deployment", self.name, self.name)
        return bool(deployment and deployment.get("status", {}).get("readyReplicas"))

    def _guard(self, act: Any, item: Object) -> None:
        try:
            act(item)
        except ApiError as error:
            if error.is_race:
                return
            if error.code != 403:
                raise
            self.refused.append(str(error))

    def _validate(self, store: Object) -> None:
        if _condition(store) is not None:
            return
        account = store["spec"]["provider"]["azurekv"]["serviceAccountRef"]["name"]
        namespace = store["metadata"]["namespace"]
        problem = self._sign_in(account, namespace)
        condition = _ready("ValidationFailed", problem) if problem else _ready("Valid", "store validated")
        status = {"conditions": [{**condition, "status": "False" if problem else "True"}], "capabilities": "ReadWrite"}
        self.mirror.put({**store, **self._acting.patch(store, {"status": status}, "status")})

    def _sign_in(self, account: str, namespace: str) -> str | None:
        """Mint a token for the account, which Entra exchanges when it trusts its subject; what refuses it."""
        path = f"{self.api.path('v1', 'ServiceAccount', namespace, account)}/token"
        request = {
            "apiVersion": "authentication.k8s.io/v1",
            "kind": "TokenRequest",
            "spec": {"audiences": ["api://AzureADTokenExchange"], "expirationSeconds": 600},
        }
        self._acting.ask("POST", path, request)
        subject = f"system:serviceaccount:{namespace}:{account}"
        if subject in self.azure.subjects():
            return None
        return f"AADSTS70021: no matching federated identity record for {subject}"

    def _reconcile(self, wanted: Object) -> None:
        metadata = wanted["metadata"]
        finalizers = metadata.get("finalizers", [])
        if "deletionTimestamp" in metadata:
            rest = [name for name in finalizers if name != _FINALIZER]
            if rest != finalizers:
                self._acting.patch(wanted, {"metadata": {"finalizers": rest}})
            return
        if _FINALIZER not in finalizers:
            self._acting.patch(wanted, {"metadata": {"finalizers": [*finalizers, _FINALIZER]}})
        if wanted.get("status", {}).get("syncedResourceVersion") != _version(wanted) or not self._kept(wanted):
            self._sync(wanted)

    def _kept(self, wanted: Object) -> bool:
        """Whether the Secret is there: one that somebody deletes comes back."""
        target = wanted["spec"]["target"]["name"]
        return self.mirror.one("Secret", target, wanted["metadata"]["namespace"]) is not None

    def _sync(self, wanted: Object) -> None:
        metadata, spec = wanted["metadata"], wanted["spec"]
        store = self.mirror.one("SecretStore", spec["secretStoreRef"]["name"], metadata["namespace"])
        vault = self.azure.vault()
        missing = [entry["remoteRef"]["key"] for entry in spec["data"] if entry["remoteRef"]["key"] not in vault]
        status = dict(wanted.get("status", {}))
        if store is None or (_condition(store) or {}).get("status") != "True" or missing:
            self._mark(wanted, status, _ready("SecretSyncedError", "could not get secret data from provider"), "False")
            return
        data = {
            entry["secretKey"]: base64.b64encode(vault[entry["remoteRef"]["key"]].encode()).decode()
            for entry in spec["data"]
        }
        self._write(wanted, data)
        status |= {
            "refreshTime": _now(),
            "syncedResourceVersion": _version(wanted),
            "binding": {"name": spec["target"]["name"]},
        }
        self._mark(wanted, status, _ready("SecretSynced", "secret synced"), "True")

    def _write(self, wanted: Object, data: dict[str, str]) -> None:
        """The Secret, owned by its ExternalSecret unless that lets it go, with the labels and annotations of that.

        What a template would make of the data is left out: its keys get the same content.
        """
        metadata, target = wanted["metadata"], wanted["spec"]["target"]
        template = target.get("template", {})
        if "data" in template:
            data = dict.fromkeys(template["data"], next(iter(data.values())))
        owner = {"apiVersion": API, "kind": "ExternalSecret", "name": metadata["name"], "uid": metadata["uid"]}
        owner |= {"controller": True, "blockOwnerDeletion": True}
        secret = {
            "apiVersion": "v1",
            "kind": "Secret",
            "type": template.get("type", "Opaque"),
            "metadata": {
                "name": target["name"],
                "namespace": metadata["namespace"],
                "labels": {
                    **template.get("metadata", metadata).get("labels", {}),
                    f"{_BY}/created-by": hashlib.sha224(metadata["name"].encode()).hexdigest(),
                    f"{_BY}/managed": "true",
                },
                "annotations": {**metadata.get("annotations", {}), f"{_BY}/data-hash": _hash(data)},
                "ownerReferences": [owner] if target["creationPolicy"] == "Owner" else [],
            },
            "data": data,
        }
        found = self.mirror.one("Secret", secret["metadata"]["name"], metadata["namespace"])
        if found is None:
            written = self._acting.create(secret)
        else:
            # A key that is no longer asked for goes.
            gone = dict.fromkeys(set(found.get("data") or {}) - set(data))
            written = self._acting.patch(secret, {**secret, "data": {**gone, **data}})
        self.mirror.put({"apiVersion": "v1", "kind": "Secret", **written})

    def _mark(self, wanted: Object, status: Object, condition: Object, value: str) -> None:
        """The time of a condition stays as long as its status does."""
        old = _condition(wanted)
        condition |= {"status": value}
        if old is not None and old["status"] == value:
            condition["lastTransitionTime"] = old["lastTransitionTime"]
        if old is not None and value == "False" and old.get("message") == condition["message"]:
            return
        marked = self._acting.patch(wanted, {"status": {**status, "conditions": [condition]}}, "status")
        self.mirror.put({**wanted, **marked})


def _version(wanted: Object) -> str:
    metadata = wanted["metadata"]
    return f"{metadata['generation']}-{_hash([metadata.get('annotations'), metadata.get('labels')])}"


def _hash(value: Any) -> str:
    return hashlib.sha224(json.dumps(value, sort_keys=True).encode()).hexdigest()


def _condition(item: Object) -> Object | None:
    conditions = item.get("status", {}).get("conditions", [])
    return next((condition for condition in conditions if condition["type"] == "Ready"), None)


def _ready(reason: str, message: str) -> Object:
    return {"type": "Ready", "reason": reason, "message": message, "lastTransitionTime": _now()}


def _now() -> str:
    return datetime.datetime.now(tz=datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


__all__ = ["KINDS", "ExternalSecretsOperator"]
