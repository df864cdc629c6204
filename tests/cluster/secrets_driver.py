"""The Secrets Store CSI driver with its provider for the Key Vault, over the simulated vault.

Source: Secrets Store CSI Driver, "Sync as Kubernetes Secret" and "Auto rotation of mounted contents".
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from tests.cluster import references

from .add_ons import SECRET_PROVIDER_CLASSES
from .api import Api, ApiError, Object
from .azure_view import AzureView
from .mirror import Mirror

KINDS: Final = ((SECRET_PROVIDER_CLASSES, "SecretProviderClass"), ("apps/v1", "ReplicaSet"), ("v1", "Secret"))
_MANAGED: Final = {"secrets-store.csi.k8s.io/managed": "true"}


@dataclass
class SecretsDriver:
    """Mounts classes, and makes the Secrets that they name while a pod mounts one."""

    api: Api
    mirror: Mirror
    azure: AzureView
    mounted: dict[str, dict[str, str]] = field(default_factory=dict)

    def mount(self, pod: Object) -> str | None:
        """Mount the class of a pod, if it has one; why that fails."""
        name, namespace = references.provider_class(pod), pod["metadata"]["namespace"]
        if name is None:
            return None
        if not self.azure.has_secrets_driver():
            return f"driver name {references.SECRETS_DRIVER} not found in the list of registered CSI drivers"
        found = self.mirror.one("SecretProviderClass", name, namespace)
        if found is None:
            return f'secretproviderclasses.secrets-store.csi.x-k8s.io "{name}" not found'
        subject = f"system:serviceaccount:{namespace}:{pod['spec']['serviceAccountName']}"
        if subject not in self.azure.subjects():
            return f"AADSTS70021: no matching federated identity record for {subject}"
        vault = self.azure.vault()
        wanted = [yaml.safe_load(text)["objectName"] for text in _array(found)]
        missing = [entry for entry in wanted if entry not in vault]
        if missing:
            return f"SecretNotFound: a secret with name {missing[0]} was not found in this key vault"
        self.mounted[pod["metadata"]["uid"]] = {entry: vault[entry] for entry in wanted}
        return None

    def step(self) -> None:
        """Make the Secrets of every class that a pod mounts; the driver does not change one that is there."""
        for pod in self.mirror.all("Pod"):
            content = self.mounted.get(pod["metadata"]["uid"])
            if content is None and _runs(pod) and references.provider_class(pod) is not None:
                # A pod that was there before the driver came: it mounts what the vault holds by now.
                self.mount(pod)
                content = self.mounted.get(pod["metadata"]["uid"])
            if content is not None and "deletionTimestamp" not in pod["metadata"]:
                self._sync(pod, content, rotate=False)

    def rotate(self) -> None:
        """Look at the vault again, as the add-on does at its interval: mounts first, then the Secrets."""
        for pod in self.mirror.all("Pod"):
            if pod["metadata"]["uid"] in self.mounted and self.mount(pod) is None:
                self._sync(pod, self.mounted[pod["metadata"]["uid"]], rotate=True)

    def is_ready(self, pod: Object) -> bool:
        """What the keeper's readiness probe finds out: whether each Secret's copy is what its mount holds."""
        content = self.mounted.get(pod["metadata"]["uid"])
        if content is None:
            return True
        pairs = _pairs(pod)
        return all(self._copy(place, pod["metadata"]["namespace"]) == content[name] for name, place in pairs)

    def _copy(self, place: str, namespace: str) -> str | None:
        secret, _, key = place.partition("/")
        found = self.mirror.one("Secret", secret, namespace) or {}
        held = (found.get("data") or {}).get(key)
        return None if held is None else base64.b64decode(held).decode()

    def _sync(self, pod: Object, content: dict[str, str], *, rotate: bool) -> None:
        namespace = pod["metadata"]["namespace"]
        found = self.mirror.one("SecretProviderClass", references.provider_class(pod) or "", namespace)
        for wanted in found["spec"].get("secretObjects", []) if found else ():
            known = self.mirror.one("Secret", wanted["secretName"], namespace)
            if any(entry["objectName"] not in content for entry in wanted["data"]):
                continue
            data = {entry["key"]: _encoded(content[entry["objectName"]]) for entry in wanted["data"]}
            owners = [_plain_owner(owner) for owner in pod["metadata"].get("ownerReferences", [])]
            try:
                if known is None:
                    self._create(wanted, namespace, data, owners)
                else:
                    self._own(known, data if rotate else {}, owners)
            except ApiError as error:
                if not error.is_race:
                    raise

    def _create(self, wanted: Object, namespace: str, data: dict[str, str], owners: list[Object]) -> None:
        secret = {
            "apiVersion": "v1",
            "kind": "Secret",
            "type": wanted["type"],
            "metadata": {
                "name": wanted["secretName"],
                "namespace": namespace,
                "labels": {**wanted.get("labels", {}), **_MANAGED},
                "ownerReferences": owners,
            },
            "data": data,
        }
        self.mirror.put({"apiVersion": "v1", "kind": "Secret", **self.api.create(secret)})

    def _own(self, known: Object, data: dict[str, str], owners: list[Object]) -> None:
        """Sign a Secret over to those who mount it now, too. One without the driver's label is none of its own."""
        metadata = known["metadata"]
        if metadata.get("labels", {}).get("secrets-store.csi.k8s.io/managed") != "true":
            return
        held = metadata.get("ownerReferences", [])
        more = [owner for owner in owners if owner["uid"] not in {one["uid"] for one in held}]
        change: dict[str, Any] = {}
        if more:
            change["metadata"] = {"ownerReferences": [*held, *more]}
        if data and data != known.get("data"):
            change["data"] = data
        if change:
            self.mirror.put({"apiVersion": "v1", "kind": "Secret", **self.api.patch(known, change)})


def _array(provider_class: Object) -> list[str]:
    objects = yaml.safe_load(provider_class["spec"]["parameters"]["objects"])
    return list(objects["array"])


def _pairs(pod: Object) -> list[tuple[str, str]]:
    """Vault secret and place of its copy, as they stand behind the script of the keeper's probe."""
    probe = pod["spec"]["containers"][0].get("readinessProbe", {}).get("exec", {}).get("command", [])
    words = probe[4:]
    return list(zip(words[::2], words[1::2], strict=True))


def _plain_owner(owner: Object) -> Object:
    return {key: owner[key] for key in ("apiVersion", "kind", "name", "uid")}


def _runs(pod: Object) -> bool:
    return bool(pod.get("status", {}).get("phase") == "Running")


def _encoded(value: str) -> str:
    return base64.b64encode(value.encode()).decode()


__all__ = ["KINDS", "SecretsDriver"]
