"""What a pod needs before a kubelet starts it. Source: Kubernetes, "Secrets", "ConfigMaps", "Volumes"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .api import Object
from .mirror import Mirror

SECRETS_DRIVER = "secrets-store.csi.k8s.io"
_KINDS = {"secretRef": "Secret", "secretKeyRef": "Secret", "configMapRef": "ConfigMap", "configMapKeyRef": "ConfigMap"}


@dataclass(frozen=True)
class Need:
    """A Secret or ConfigMap with some keys, by a volume or by a container."""

    kind: str
    name: str
    keys: tuple[str, ...]
    volume: str | None
    optional: bool


@dataclass(frozen=True)
class Problem:
    """Why a pod does not start: the waiting reason of its containers, and what the kubelet says."""

    reason: str
    message: str


def needs(pod: Object) -> Iterator[Need]:
    """Every Secret and ConfigMap that a pod's volumes and containers name."""
    spec = pod["spec"]
    for volume in spec.get("volumes", []):
        yield from _of_volume(volume)
    for container in (*spec.get("initContainers", []), *spec["containers"]):
        for variable in container.get("env", []):
            for key, reference in (variable.get("valueFrom") or {}).items():
                if key in _KINDS:
                    yield _need(_KINDS[key], reference, (reference["key"],), None)
        for source in container.get("envFrom", []):
            for key, reference in source.items():
                if key in _KINDS:
                    yield _need(_KINDS[key], reference, (), None)


def problem(pod: Object, mirror: Mirror) -> Problem | None:
    """The first thing that keeps a pod from starting: volumes before variables, as a kubelet goes."""
    namespace = pod["metadata"]["namespace"]
    for need in sorted(needs(pod), key=lambda need: need.volume is None):
        found = mirror.one(need.kind, need.name, namespace)
        lacking = _lacking(need, found)
        if lacking is None or need.optional:
            continue
        if need.volume is not None:
            return Problem("ContainerCreating", f'MountVolume.SetUp failed for volume "{need.volume}" : {lacking}')
        return Problem("CreateContainerConfigError", _of_variable(need, found, namespace))
    for volume in pod["spec"].get("volumes", []):
        claim = volume.get("persistentVolumeClaim", {}).get("claimName")
        if claim is not None:
            bound = mirror.one("PersistentVolumeClaim", claim, namespace)
            if bound is None or bound.get("status", {}).get("phase") != "Bound":
                return Problem("ContainerCreating", f"persistentvolumeclaim {claim} is not bound")
    return None


def claims(pod: Object) -> set[str]:
    """The claims that a pod mounts."""
    volumes = pod["spec"].get("volumes", [])
    return {volume["persistentVolumeClaim"]["claimName"] for volume in volumes if "persistentVolumeClaim" in volume}


def provider_class(pod: Object) -> str | None:
    """The SecretProviderClass that a pod mounts, if any."""
    for volume in pod["spec"].get("volumes", []):
        if volume.get("csi", {}).get("driver") == SECRETS_DRIVER:
            return str(volume["csi"]["volumeAttributes"]["secretProviderClass"])
    return None


def _of_volume(volume: dict[str, Any]) -> Iterator[Need]:
    name = volume["name"]
    if "secret" in volume:
        yield _need("Secret", volume["secret"], _items(volume["secret"]), name, "secretName")
    if "configMap" in volume:
        yield _need("ConfigMap", volume["configMap"], _items(volume["configMap"]), name)
    for source in volume.get("projected", {}).get("sources", []):
        for key, kind in (("secret", "Secret"), ("configMap", "ConfigMap")):
            if key in source:
                yield _need(kind, source[key], _items(source[key]), name)


def _items(source: dict[str, Any]) -> tuple[str, ...]:
    return tuple(item["key"] for item in source.get("items") or ())


def _need(kind: str, reference: dict[str, Any], keys: tuple[str, ...], volume: str | None, name: str = "name") -> Need:
    return Need(kind, reference[name], keys, volume, bool(reference.get("optional")))


def _lacking(need: Need, found: Object | None) -> str | None:
    kind = need.kind.lower()
    if found is None:
        return f'{kind} "{need.name}" not found'
    held = {*(found.get("data") or {}), *(found.get("binaryData") or {})}
    missing = [key for key in need.keys if key not in held]
    return f"references non-existent {kind} key: {missing[0]}" if missing else None


def _of_variable(need: Need, found: Object | None, namespace: str) -> str:
    if found is None:
        return f'{need.kind.lower()} "{need.name}" not found'
    key = next(key for key in need.keys if key not in (found.get("data") or {}))
    return f"couldn't find key {key} in {need.kind} {namespace}/{need.name}"


__all__ = ["SECRETS_DRIVER", "Need", "Problem", "claims", "needs", "problem", "provider_class"]
